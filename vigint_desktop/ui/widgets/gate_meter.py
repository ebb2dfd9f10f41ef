"""What the gate sees, as a bar with its threshold, and what the last hour would have been at this sensitivity."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from vigint_core.domain.gate_view import GateView
from vigint_desktop.ui.theme.style import Theme

_MINUTES: Final = 60
_FULL: Final = 2.0
"""Scores at the right edge or the upper one; what is higher is shown as that."""


class ScoreBar(QWidget):
    """The score now, and the threshold in the middle."""

    def __init__(self, name: str, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._view: GateView | None = None
        self._times = 1.0
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(200, 18)

    def show_view(self, view: GateView | None, times: float = 1.0) -> None:
        """The newest look; ``times``: by how much another sensitivity would raise its score."""
        self._view, self._times = view, times
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Bar and threshold."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colour("ground"))
        if self._view is not None:
            score = self._view.score * self._times
            share = min(score, _FULL) / _FULL
            colour = self._theme.colour("attention" if score >= 1 else "activity")
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
        self._minutes: list[float | None] = []
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """A small graph."""
        return QSize(240, 56)

    def show_peaks(self, peaks: Sequence[float | None], sensitivity: float) -> None:
        """``peaks``: one a second at sensitivity 1, oldest first."""
        minutes = [peaks[max(end - 60, 0) : end] for end in range(len(peaks), 0, -60)][:_MINUTES]
        highest = [max((peak for peak in minute if peak is not None), default=None) for minute in reversed(minutes)]
        self._minutes = [None if peak is None else peak * sensitivity for peak in highest]
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Columns from the right, the newest last; what would open the gate stands out, unseen minutes are hatched."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colour("ground"))
        wide = self.width() / _MINUTES
        missing = _MINUTES - len(self._minutes)
        for place, score in enumerate([*[None] * missing, *self._minutes]):
            if score is None:
                hatched = QBrush(self._theme.colour("line"), Qt.BrushStyle.BDiagPattern)
                painter.fillRect(QRectF(place * wide, 0, wide, self.height()), hatched)
                continue
            tall = min(score, _FULL) / _FULL * self.height()
            colour = self._theme.colour("attention" if score >= 1 else "activity")
            painter.fillRect(QRectF(place * wide, self.height() - tall, max(wide - 1, 1), tall), colour)
        painter.setPen(QPen(self._theme.colour("text"), 1))
        middle = self.height() / _FULL
        painter.drawLine(QPointF(0, middle), QPointF(self.width(), middle))
        painter.end()
