"""How the timeline is painted: time scale, lanes, signs, now."""

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPen, QPolygonF

from vigint_core.domain.camera import CameraState
from vigint_core.domain.coverage import Cover
from vigint_core.domain.ids import IncidentId
from vigint_core.domain.incident import IncidentState
from vigint_core.domain.status import WindowResult
from vigint_desktop.ui.rows.coverage import CoverBlock
from vigint_desktop.ui.rows.timeline import Lane, Mark, Tick, View
from vigint_desktop.ui.theme.signs import SignStore
from vigint_desktop.ui.theme.style import Theme

NAMES_PX: Final = 132
AXIS_PX: Final = 22
_SIGN_PX: Final = 16
_STRIP_PX: Final = {Cover.OFF: 1.0, Cover.QUIET: 1.0, Cover.NOT_LOOKED_AT: 5.0, Cover.OFFLINE: 4.0, Cover.INCIDENT: 3.0}
_PATTERNS: Final = {  # so that no two states of a camera that is not well look alike
    CameraState.STALLED: Qt.BrushStyle.VerPattern,
    CameraState.FROZEN: Qt.BrushStyle.HorPattern,
    CameraState.BLACK: Qt.BrushStyle.Dense2Pattern,
    CameraState.COVERED: Qt.BrushStyle.DiagCrossPattern,
    CameraState.UNAUTHORIZED: Qt.BrushStyle.CrossPattern,
    CameraState.UNSUPPORTED: Qt.BrushStyle.Dense6Pattern,
}
_RESULTS: Final = {"saving": WindowResult.NOT_ANALYSED, "spared": WindowResult.CLEAR}
_LOOKS: Final[Mapping[str, Qt.BrushStyle]] = {  # all others are filled
    WindowResult.WAITING: Qt.BrushStyle.NoBrush,
    WindowResult.NOT_ANALYSED: Qt.BrushStyle.BDiagPattern,
    "saving": Qt.BrushStyle.Dense6Pattern,
    "spared": Qt.BrushStyle.HorPattern,
}


class TimelinePainter:
    """Paints parts of the timeline, ``width`` pixels wide, each from its own upper left corner."""

    def __init__(self, painter: QPainter, width: int, font: QFont, theme: Theme, signs: SignStore) -> None:
        self._painter = painter
        self._width = width
        self._font = font
        self._theme = theme
        self._signs = signs

    def paint_axis(self, ticks: Sequence[Tick]) -> None:
        """The time scale."""
        font = QFont(self._font)
        font.setPointSizeF(font.pointSizeF() * 0.9)
        self._painter.fillRect(QRect(0, 0, self._width, AXIS_PX), self._theme.colour("panel"))
        self._painter.setFont(font)
        for tick in ticks:
            x = NAMES_PX + tick.x
            self._painter.setPen(self._theme.colour("line"))
            self._painter.drawLine(QPointF(x, AXIS_PX - 4), QPointF(x, AXIS_PX))
            self._painter.setPen(self._theme.colour("muted"))
            box = QRectF(x - 44, 0, 88, AXIS_PX - 4)
            if box.left() >= NAMES_PX - 8 and box.right() <= self._width + 8:
                self._painter.drawText(box, Qt.AlignmentFlag.AlignCenter, tick.label)

    def paint_lane(self, lane: Lane, ticks: Sequence[Tick], current: IncidentId | None) -> None:
        """A camera's row: name, what was wrong with it, what was looked at, movement, snapshots, incidents."""
        self._painter.fillRect(QRectF(0, 0, self._width, lane.height), self._theme.colour("panel"))
        self._painter.setPen(self._theme.colour("line"))
        self._painter.drawLine(QPointF(0, 0), QPointF(self._width, 0))
        for tick in ticks:
            self._painter.drawLine(QPointF(NAMES_PX + tick.x, 0), QPointF(NAMES_PX + tick.x, lane.height))
        self._painter.setFont(self._font)
        self._painter.setPen(self._theme.colour("text"))
        room = QRectF(8, 0, NAMES_PX - 16, lane.height)
        name = self._painter.fontMetrics().elidedText(lane.name, Qt.TextElideMode.ElideRight, int(room.width()))
        self._painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
        self._painter.setClipRect(QRectF(NAMES_PX, 0, self._width - NAMES_PX, lane.height))
        self._painter.translate(NAMES_PX, 0)
        self._paint_blocks(lane)
        paint_coverage(self._painter, lane.coverage, lane.height, self._theme)
        for snapshot in lane.snapshots:
            paint_snapshot(self._painter, QPointF(snapshot.x, lane.height * 0.86), self._theme)
        for mark in lane.marks:
            self._paint_mark(lane, mark, chosen=mark.incident.id == current)

    def paint_now(self, view: View, now_s: float, height: int) -> None:
        """A line through all lanes."""
        x = NAMES_PX + view.x(now_s, max(1.0, float(self._width - NAMES_PX)))
        if NAMES_PX <= x <= self._width:
            self._painter.setPen(QPen(self._theme.colour("accent"), 1))
            self._painter.drawLine(QPointF(x, AXIS_PX - 4), QPointF(x, height))

    def _paint_blocks(self, lane: Lane) -> None:
        """What was wrong behind everything, outcomes as a band, movement as a thinner bar below it."""
        for unwell in lane.health:
            box = QRectF(unwell.x0, lane.height * 0.1, max(unwell.x1 - unwell.x0, 3.0), lane.height * 0.8)
            paint_health_run(self._painter, unwell.health.state, box, self._theme)
        for look, boxes in self._by_look(lane).items():
            paint_look(self._painter, look, boxes, self._theme)
        top, height = lane.height * 0.68, max(lane.height * 0.12, 2.0)
        bars = [QRectF(block.x0, top, max(block.x1 - block.x0, 1.5), height) for block in lane.activity]
        _fill(self._painter, bars, self._theme.colour("activity"))

    @staticmethod
    def _by_look(lane: Lane) -> dict[str, list[QRectF]]:
        """Boxes of one look together, the gravest last: hundreds are painted in one go."""
        top, height = lane.height * 0.24, lane.height * 0.36
        boxes: dict[str, list[QRectF]] = {}
        for block in lane.outcomes:
            if block.run is not None:
                box = QRectF(block.x0, top, max(block.x1 - block.x0, 2.0), height)
                boxes.setdefault(block.run.look, []).append(box)
        return boxes

    def _paint_mark(self, lane: Lane, mark: Mark, *, chosen: bool) -> None:
        box = QRectF(mark.x - _SIGN_PX / 2, lane.height * 0.42 - _SIGN_PX / 2, _SIGN_PX, _SIGN_PX)
        if chosen:
            self._painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._painter.setPen(QPen(self._theme.colour("accent"), 2))
            self._painter.setBrush(self._theme.colour("raised"))
            self._painter.drawEllipse(box.adjusted(-3, -3, 3, 3))
            self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        ratio = self._painter.device().devicePixelRatio()
        pixmap = self._signs.severity(mark.incident.severity, _SIGN_PX, ratio, **_look(mark))
        self._painter.drawPixmap(box.topLeft() - QPointF(1, 1), pixmap)


def _look(mark: Mark) -> dict[str, bool]:
    return {"muted": mark.muted, "filled": mark.incident.state is IncidentState.CONFIRMED}


def paint_look(painter: QPainter, look: str, boxes: Sequence[QRectF], theme: Theme) -> None:
    """Outcomes of one ``Run.look`` in its pattern.

    Clear is plain, waiting hollow, not analysed hatched, suspected solid and bright. What nobody looked at because the
    machine was saving is dotted, what was clear by a look at less is striped.
    """
    colour = QColor(theme.tokens.result(_RESULTS.get(look) or WindowResult(look)))
    pattern = _LOOKS.get(look)
    if pattern is None:
        _fill(painter, boxes, colour)
        return
    if look != WindowResult.WAITING:
        _fill(painter, boxes, theme.colour("ground"))
    _outline(painter, boxes, colour, pattern)


def paint_coverage(painter: QPainter, blocks: Sequence[CoverBlock], height: float, theme: Theme) -> None:
    """The strip at a lane's foot: looked at is a line, a gap stands up from it, off is nothing.

    So that the eye finds what was missed without the colours, too.
    """
    boxes: dict[Cover, list[QRectF]] = {}
    for block in blocks:
        tall = _STRIP_PX.get(block.run.cover, 2.0)
        box = QRectF(block.x0, height - 1 - tall, max(block.x1 - block.x0, 1.0), tall)
        boxes.setdefault(block.run.cover, []).append(box)
    for cover, found in boxes.items():
        _fill(painter, found, QColor(theme.tokens.cover(cover)))


def paint_health_run(painter: QPainter, state: CameraState, box: QRectF, theme: Theme) -> None:
    """A stretch in which a camera was not well: in the colour of a fault, each state in a pattern of its own."""
    _fill(painter, [box], theme.colour("ground"))
    _outline(painter, [box], theme.colour("fault"), _PATTERNS.get(state, Qt.BrushStyle.FDiagPattern))


def paint_snapshot(painter: QPainter, at: QPointF, theme: Theme) -> None:
    """A small arrow head from below; it can be clicked."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("accent"))
    left, right, top = QPointF(at.x() - 4, at.y() + 4), QPointF(at.x() + 4, at.y() + 4), QPointF(at.x(), at.y() - 4)
    painter.drawPolygon(QPolygonF([left, top, right]))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)


def _fill(painter: QPainter, boxes: Sequence[QRectF], colour: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRects(boxes)


def _outline(painter: QPainter, boxes: Sequence[QRectF], colour: QColor, pattern: Qt.BrushStyle) -> None:
    painter.setBrushOrigin(QPoint(0, 0))
    painter.setPen(QPen(colour, 1))
    painter.setBrush(QBrush(colour, pattern))
    painter.drawRects([box.adjusted(0.5, 0.5, -0.5, -0.5) for box in boxes])
