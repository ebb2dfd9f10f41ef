"""Shapes that say the same as the colours: severities and healths, for eyes that do not tell colours apart."""

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from vigint_core.domain.status import Health
from vigint_core.domain.verdict import Severity
from vigint_desktop.ui.theme.style import Theme

_CORNERS = {Severity.MEDIUM: (3, -90.0), Severity.HIGH: (4, -90.0), Severity.CRITICAL: (8, -67.5)}


def severity_path(severity: Severity, box: QRectF) -> QPainterPath:
    """Low circle, medium triangle, high diamond, critical octagon."""
    path = QPainterPath()
    if severity is Severity.LOW:
        path.addEllipse(box.adjusted(1, 1, -1, -1))
        return path
    corners, first = _CORNERS[severity]
    centre, radius = box.center(), box.width() / 2
    if severity is Severity.MEDIUM:  # a triangle's middle lies below that of its circle
        centre += QPointF(0, radius * 0.18)
    turns = [math.radians(first + 360.0 * corner / corners) for corner in range(corners)]
    points = [centre + QPointF(math.cos(turn) * radius, math.sin(turn) * radius) for turn in turns]
    path.addPolygon(QPolygonF(points))
    path.closeSubpath()
    return path


def paint_severity(painter: QPainter, severity: Severity, box: QRectF, colour: str, *, filled: bool = True) -> None:
    """Paint a severity's sign; hollow when the incident was vetoed or nobody confirmed it."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    path = severity_path(severity, box.adjusted(1, 1, -1, -1))
    pen = QPen(QColor(colour), 1.6)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(QColor(colour) if filled else Qt.BrushStyle.NoBrush)
    painter.drawPath(path)
    painter.restore()


def paint_health(painter: QPainter, health: Health, box: QRectF, colour: str) -> None:
    """A tick, an exclamation mark in a triangle, a cross in a disc, a ring with a bar, a ring with three dots."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(box.topLeft())
    painter.scale(box.width() / 16.0, box.height() / 16.0)
    pen = QPen(QColor(colour), 2.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    _HEALTH_PAINTERS[health](painter)
    painter.restore()


def paint_note(painter: QPainter, box: QRectF, colour: str) -> None:
    """A small i in a ring: there is something to know, and nothing is wrong."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(box.topLeft())
    painter.scale(box.width() / 16.0, box.height() / 16.0)
    painter.setPen(QPen(QColor(colour), 1.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawEllipse(QPointF(8, 8), 6.6, 6.6)
    painter.drawPoint(QPointF(8, 4.9))
    painter.drawLine(QPointF(8, 7.9), QPointF(8, 11.3))
    painter.restore()


def _tick(painter: QPainter) -> None:
    painter.drawPolyline(QPolygonF([QPointF(3, 8.5), QPointF(6.8, 12.2), QPointF(13.2, 4.2)]))


def _warning(painter: QPainter) -> None:
    painter.drawPolygon(QPolygonF([QPointF(8, 2), QPointF(15, 14), QPointF(1, 14)]))
    painter.drawLine(QPointF(8, 6.5), QPointF(8, 9.4))
    painter.drawPoint(QPointF(8, 11.8))


def _cross(painter: QPainter) -> None:
    painter.drawEllipse(QPointF(8, 8), 6.6, 6.6)
    painter.drawLine(QPointF(5.6, 5.6), QPointF(10.4, 10.4))
    painter.drawLine(QPointF(10.4, 5.6), QPointF(5.6, 10.4))


def _bar(painter: QPainter) -> None:
    painter.drawEllipse(QPointF(8, 8), 6.6, 6.6)
    painter.drawLine(QPointF(5, 8), QPointF(11, 8))


def _dots(painter: QPainter) -> None:
    for x in (3.0, 8.0, 13.0):
        painter.drawPoint(QPointF(x, 8.5))


_HEALTH_PAINTERS = {
    Health.OK: _tick,
    Health.DEGRADED: _warning,
    Health.DOWN: _cross,
    Health.NOT_CONFIGURED: _bar,
    Health.UNKNOWN: _dots,
}


class SignStore:
    """Severities on a disc of the panel's colour, painted once for each size and look: a day shows hundreds of them."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._kept: dict[tuple[object, ...], QPixmap] = {}  # at most 4 severities x 4 looks for each screen and theme

    def severity(self, severity: Severity, side: int, ratio: float, *, filled: bool, muted: bool) -> QPixmap:
        """The sign in a pixmap that is a pixel larger on every side."""
        key = (severity, side, ratio, filled, muted, self._theme.name)
        if key not in self._kept:
            self._kept[key] = self._painted(severity, side, ratio, filled=filled, muted=muted)
        return self._kept[key]

    def _painted(self, severity: Severity, side: int, ratio: float, *, filled: bool, muted: bool) -> QPixmap:
        whole = side + 2
        made = QPixmap(round(whole * ratio), round(whole * ratio))
        made.setDevicePixelRatio(ratio)
        made.fill(Qt.GlobalColor.transparent)
        tokens = self._theme.tokens
        painter = QPainter(made)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("panel"))
        painter.drawEllipse(QRectF(0, 0, whole, whole))
        colour = tokens.muted if muted else tokens.severity(severity)
        paint_severity(painter, severity, QRectF(1, 1, side, side), colour, filled=filled)
        painter.end()
        return made
