"""The thin band above a tile's picture: number, name, what the camera does, clock."""

from typing import Final

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from vigint_desktop.ui.rows.tile import BandRow
from vigint_desktop.ui.theme.signs import paint_health, paint_severity
from vigint_desktop.ui.theme.style import Theme

BAND_PX: Final = 28
SMALL_BAND_PX: Final = 20  # of small tiles, so that 36 of them still show mostly pictures
PAD: Final = 8
_SIGN: Final = 14
_SEVERITY_SIGN: Final = 16
_DOT: Final = 8
_NAME_SHARE: Final = 0.2  # of the band, kept for the name


class BandPainter:
    """Paints one band from both ends towards the name, which takes the room that is left."""

    def __init__(self, painter: QPainter, size: QSize, font: QFont, theme: Theme) -> None:
        self._painter = painter
        self._size = size
        self._theme = theme
        self._plain, self._bold = QFont(font), QFont(font)
        self._bold.setWeight(QFont.Weight.DemiBold)
        self._left, self._right = PAD, size.width() - PAD

    def paint(self, row: BandRow) -> None:
        """The whole band."""
        self._painter.fillRect(QRect(QPoint(0, 0), self._size), self._theme.colour("panel"))
        self._painter.setFont(self._plain)
        self._paint_clock(row)
        self._paint_state(row)
        for tag in row.tags:
            self._paint_tag(tag)
        self._paint_severity(row)
        self._paint_number(row)
        self._paint_name(row)

    def _paint_clock(self, row: BandRow) -> None:
        if row.clock:
            width = self._painter.fontMetrics().horizontalAdvance(row.clock)
            self._write(row.clock, QRect(self._right - width, 0, width, self._size.height()), self._colour("muted"))
            self._right -= width + 2 * PAD

    def _paint_state(self, row: BandRow) -> None:
        """Words at the right, their sign before them, and the dot of a recording before that."""
        colour = self._theme.tokens.unknown if row.rests else self._theme.tokens.health(row.health)
        metrics = self._painter.fontMetrics()
        name_px = round(self._size.width() * _NAME_SHARE)
        room = max(0, self._right - self._left - name_px - _SIGN - PAD // 2)
        said = metrics.elidedText(row.said, Qt.TextElideMode.ElideLeft, room)
        self._right -= metrics.horizontalAdvance(said)
        baseline = (self._size.height() + metrics.capHeight()) // 2
        self._painter.setPen(QColor(colour))
        self._painter.drawText(QPoint(self._right, baseline), said)
        self._right -= _SIGN + PAD // 2
        paint_health(self._painter, row.health, self._box(self._right, _SIGN), colour)
        if row.recording:
            self._right -= _DOT + PAD
            self._paint_recording(self._box(self._right, _DOT))
        self._right -= PAD

    def _paint_recording(self, box: QRectF) -> None:
        """A full dot in a ring: no other sign is one."""
        colour = self._colour("recording")
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._painter.setPen(QPen(colour, 1.2))
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.drawEllipse(box.adjusted(-1.5, -1.5, 1.5, 1.5))
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(colour)
        self._painter.drawEllipse(box.adjusted(0.8, 0.8, -0.8, -0.8))
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _paint_tag(self, tag: str) -> None:
        metrics = self._painter.fontMetrics()
        width, height = metrics.horizontalAdvance(tag) + PAD, self._size.height() - 8
        box = QRectF(self._right - width + 0.5, (self._size.height() - height) / 2 + 0.5, width - 1, height - 1)
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._painter.setPen(self._colour("muted"))
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.drawRoundedRect(box, 3, 3)
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        self._painter.drawText(box, Qt.AlignmentFlag.AlignCenter, tag)
        self._right -= width + PAD

    def _paint_severity(self, row: BandRow) -> None:
        if row.severity is not None:
            colour = self._theme.tokens.severity(row.severity)
            paint_severity(self._painter, row.severity, self._box(self._left, _SEVERITY_SIGN), colour)
            self._left += _SEVERITY_SIGN + PAD

    def _paint_number(self, row: BandRow) -> None:
        width = self._painter.fontMetrics().horizontalAdvance(row.number)
        if row.number and self._right - self._left > 4 * width:
            self._write(row.number, QRect(self._left, 0, width, self._size.height()), self._colour("muted"))
            self._left += width + PAD

    def _paint_name(self, row: BandRow) -> None:
        self._painter.setFont(self._bold)
        room = QRect(self._left, 0, max(0, self._right - self._left), self._size.height())
        name = self._painter.fontMetrics().elidedText(row.name, Qt.TextElideMode.ElideRight, room.width())
        self._write(name, room, self._colour("text"))

    def _write(self, text: str, room: QRect, colour: QColor) -> None:
        self._painter.setPen(colour)
        self._painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)

    def _box(self, left: float, side: float) -> QRectF:
        corner = QPointF(left, (self._size.height() - side) / 2)
        return QRectF(corner.x(), corner.y(), side, side)

    def _colour(self, token: str) -> QColor:
        return self._theme.colour(token)
