"""How the timeline is painted: time scale, lanes, signs, now."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPen
from PySide6.QtWidgets import QWidget

from vigint_core.domain.incident import Incident, IncidentState
from vigint_core.domain.status import WindowResult
from vigint_desktop.ui.rows.timeline import Block, Lane, Mark, View, ticks
from vigint_desktop.ui.theme.signs import paint_severity
from vigint_desktop.ui.theme.style import Theme

NAMES_PX: Final = 132
AXIS_PX: Final = 22
_SIGN_PX: Final = 16


class TimelinePainter:
    """Paints one picture of the timeline onto ``widget``."""

    def __init__(self, painter: QPainter, widget: QWidget, theme: Theme) -> None:
        self._painter = painter
        self._theme = theme
        self._font = widget.font()
        self._width, self._height = widget.width(), widget.height()
        self._lane_width = max(1.0, float(self._width - NAMES_PX))

    def paint(self, view: View, lanes: Sequence[Lane], now_s: float, current: Incident | None) -> None:
        """Everything but the words of an empty timeline."""
        self._painter.fillRect(QRect(0, 0, self._width, self._height), self._theme.colour("panel"))
        if not lanes:
            return
        self._paint_axis(view)
        for lane in lanes:
            self._paint_lane(lane, current)
        self._paint_now(view, now_s)

    def _paint_axis(self, view: View) -> None:
        self._painter.setFont(self._small_font())
        for tick in ticks(view, self._lane_width):
            x = NAMES_PX + tick.x
            self._painter.setPen(self._theme.colour("line"))
            self._painter.drawLine(QPointF(x, AXIS_PX - 4), QPointF(x, self._height))
            self._painter.setPen(self._theme.colour("muted"))
            box = QRectF(x - 44, 0, 88, AXIS_PX - 4)
            if box.left() >= NAMES_PX - 8 and box.right() <= self._width + 8:
                self._painter.drawText(box, Qt.AlignmentFlag.AlignCenter, tick.label)

    def _paint_lane(self, lane: Lane, current: Incident | None) -> None:
        top = AXIS_PX + lane.top
        self._painter.setPen(self._theme.colour("line"))
        self._painter.drawLine(QPointF(0, top), QPointF(self._width, top))
        self._painter.setFont(self._font)
        self._painter.setPen(self._theme.colour("text"))
        room = QRectF(8, top, NAMES_PX - 16, lane.height)
        name = self._painter.fontMetrics().elidedText(lane.name, Qt.TextElideMode.ElideRight, int(room.width()))
        self._painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
        self._painter.save()
        self._painter.setClipRect(QRect(NAMES_PX, 0, self._width - NAMES_PX, self._height))
        self._painter.translate(NAMES_PX, top)
        self._paint_blocks(lane)
        for mark in lane.marks:
            self._paint_mark(lane, mark, current)
        self._painter.restore()

    def _paint_blocks(self, lane: Lane) -> None:
        """Outcomes as a band with movement as a thinner bar below it."""
        outcome_top, outcome_height = lane.height * 0.24, lane.height * 0.36
        for block in lane.outcomes:
            self._paint_outcome(block, outcome_top, outcome_height)
        for block in lane.activity:
            box = QRectF(block.x0, lane.height * 0.68, max(block.x1 - block.x0, 1.5), max(lane.height * 0.12, 2.0))
            self._painter.fillRect(box, self._theme.colour("activity"))

    def _paint_outcome(self, block: Block, top: float, height: float) -> None:
        if block.run is None:
            return
        box = QRectF(block.x0, top, max(block.x1 - block.x0, 2.0), height)
        paint_result(self._painter, block.run.result, box, self._theme)

    def _paint_mark(self, lane: Lane, mark: Mark, current: Incident | None) -> None:
        box = QRectF(mark.x - _SIGN_PX / 2, lane.height * 0.42 - _SIGN_PX / 2, _SIGN_PX, _SIGN_PX)
        incident = mark.incident
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if current is not None and current.id == incident.id:
            self._painter.setPen(QPen(self._theme.colour("accent"), 2))
            self._painter.setBrush(self._theme.colour("raised"))
            self._painter.drawEllipse(box.adjusted(-3, -3, 3, 3))
        vetoed = incident.state is IncidentState.VETOED
        colour = self._theme.tokens.muted if vetoed else self._theme.tokens.severity(incident.severity)
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(self._theme.colour("panel"))
        self._painter.drawEllipse(box.adjusted(-1, -1, 1, 1))
        paint_severity(self._painter, incident.severity, box, colour, filled=incident.state is IncidentState.CONFIRMED)
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _paint_now(self, view: View, now_s: float) -> None:
        x = NAMES_PX + view.x(now_s, self._lane_width)
        if NAMES_PX <= x <= self._width:
            self._painter.setPen(QPen(self._theme.colour("accent"), 1))
            self._painter.drawLine(QPointF(x, AXIS_PX - 4), QPointF(x, self._height))

    def _small_font(self) -> QFont:
        font = QFont(self._font)
        font.setPointSizeF(font.pointSizeF() * 0.9)
        return font


def paint_result(painter: QPainter, result: WindowResult, box: QRectF, theme: Theme) -> None:
    """An outcome in its pattern: clear plain, waiting hollow, not analysed hatched, suspected solid and bright."""
    colour = QColor(theme.tokens.result(result))
    if result is WindowResult.WAITING:
        painter.setPen(QPen(colour, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
        return
    if result is WindowResult.NOT_ANALYSED:
        painter.fillRect(box, theme.colour("ground"))
        painter.setBrushOrigin(QPoint(0, 0))
        painter.fillRect(box, QBrush(colour, Qt.BrushStyle.BDiagPattern))
        painter.setPen(QPen(colour, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
        return
    painter.fillRect(box, colour)
