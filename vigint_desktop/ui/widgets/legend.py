"""What the patterns of the timeline mean: those on screen first, as many as fit; the tool tip tells all."""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from vigint_core.domain.camera import CameraState
from vigint_core.domain.coverage import Cover, CoverRun
from vigint_core.domain.status import WindowResult
from vigint_desktop.ui.rows.coverage import CoverBlock
from vigint_desktop.ui.rows.legend import fitting
from vigint_desktop.ui.rows.words import Words
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.timeline_paint import (
    paint_coverage,
    paint_health_run,
    paint_look,
    paint_snapshot,
)

_SWATCH: Final = QSize(20, 10)
_GAP: Final = 6
_BETWEEN: Final = 14


@dataclass(frozen=True, slots=True)
class Entry:
    """A word, and how its pattern is painted into a box."""

    word: str
    paint: Callable[[QPainter, QRectF], None]


class Legend(QWidget):
    """Entries from left to right."""

    def __init__(self, words: Words, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._entries = _entries(words, theme)
        self._seen: AbstractSet[str] = frozenset()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setToolTip(", ".join(entry.word for entry in self._entries.values()))
        self.setAccessibleName(self.toolTip())

    def sizeHint(self) -> QSize:
        """All entries."""
        return QSize(sum(self._width_of(entry) for entry in self._entries.values()), self.fontMetrics().height() + 4)

    def set_seen(self, seen: AbstractSet[str]) -> None:
        """The names of the patterns that are on screen: where room is short, their words come first."""
        self._seen = seen
        self.update()

    def shown(self) -> list[str]:
        """The names of the entries there is room for."""
        widths = [(name, self._width_of(entry)) for name, entry in self._entries.items()]
        return fitting(widths, self._seen, self.width() + _BETWEEN)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Swatches and words."""
        painter = QPainter(self)
        left = 0
        for entry in (self._entries[name] for name in self.shown()):
            top = (self.height() - _SWATCH.height()) / 2
            painter.save()
            entry.paint(painter, QRectF(left, top, _SWATCH.width(), _SWATCH.height()))
            painter.restore()
            painter.setPen(self._theme.colour("muted"))
            start = left + _SWATCH.width() + _GAP
            room = QRect(start, 0, self.fontMetrics().horizontalAdvance(entry.word) + 1, self.height())
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, entry.word)
            left += self._width_of(entry)
        painter.end()

    def _width_of(self, entry: Entry) -> int:
        return _SWATCH.width() + _GAP + self.fontMetrics().horizontalAdvance(entry.word) + _BETWEEN


def _entries(words: Words, theme: Theme) -> Mapping[str, Entry]:
    def look(which: str) -> Callable[[QPainter, QRectF], None]:
        return lambda painter, box: paint_look(painter, which, [box], theme)

    def movement(painter: QPainter, box: QRectF) -> None:
        painter.fillRect(box.adjusted(0, 3, 0, -3), theme.colour("activity"))

    def strip(painter: QPainter, box: QRectF) -> None:
        third = box.width() / 3
        looked, missed = CoverRun(0, 1, Cover.QUIET), CoverRun(1, 2, Cover.NOT_LOOKED_AT)
        blocks = [
            CoverBlock(box.left(), box.left() + third, looked),
            CoverBlock(box.left() + third, box.left() + 2 * third, missed),
            CoverBlock(box.left() + 2 * third, box.right(), looked),
        ]
        paint_coverage(painter, blocks, box.bottom(), theme)

    painters: dict[str, Callable[[QPainter, QRectF], None]] = {
        "activity": movement,
        **{str(which): look(which) for which in WindowResult},
        "spared": look("spared"),
        "unwell": lambda painter, box: paint_health_run(painter, CameraState.FAILED, box, theme),
        "saving": look("saving"),
        "coverage": strip,
        "snapshot": lambda painter, box: paint_snapshot(painter, QPointF(box.center()), theme),
    }
    return {name: Entry(words(f"timeline.legend.{name}"), paint) for name, paint in painters.items()}
