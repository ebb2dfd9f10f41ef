"""What the gate sees, as a bar with its threshold, and what the last hour would have been at this sensitivity."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from vigint_core.domain.gate_view import GateView
from vigint_desktop.ui.theme.style import Theme

_FULL: Final = 2.0
"""Scores at the right edge or the upper one; what is higher is shown as that."""


class ScoreBar(QWidget):
    """The score now, and the threshold in the middle."""

    def __init__(self, name: str, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._view: GateView | None = None
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(200, 18)

    def show_view(self, view: GateView | None) -> None:
        """The newest look."""
        self._view = view
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Bar and threshold."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colour("ground"))
        if self._view is not None:
            share = min(self._view.score, _FULL) / _FULL
            colour = self._theme.colour("attention" if self._view.open else "activity")
            painter.fillRect(QRectF(0, 3, self.width() * share, self.height() - 6), colour)
        painter.setPen(QPen(self._theme.colour("text"), 2))
        middle = self.width() / _FULL
        painter.drawLine(QPointF(middle, 0), QPointF(middle, self.height()))
        painter.end()


class HourGraph(QWidget):
    """The highest score of each minute of the last hour, and the threshold across."""

    def __init__(self, name: str, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._minutes: list[float] = []
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """A small graph."""
        return QSize(240, 56)

    def show_peaks(self, peaks: Sequence[float | None], sensitivity: float) -> None:
        """``peaks``: one a second at sensitivity 1, oldest first."""
        minutes = [peaks[start : start + 60] for start in range(0, len(peaks), 60)]
        self._minutes = [
            max((peak for peak in minute if peak is not None), default=0) * sensitivity for minute in minutes
        ]
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Columns from the right, the newest last; what would open the gate stands out."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colour("ground"))
        wide = self.width() / 60
        first = 60 - len(self._minutes)
        for place, score in enumerate(self._minutes, start=first):
            tall = min(score, _FULL) / _FULL * self.height()
            colour = self._theme.colour("attention" if score >= 1 else "activity")
            painter.fillRect(QRectF(place * wide, self.height() - tall, max(wide - 1, 1), tall), colour)
        painter.setPen(QPen(self._theme.colour("text"), 1))
        middle = self.height() / _FULL
        painter.drawLine(QPointF(0, middle), QPointF(self.width(), middle))
        painter.end()
