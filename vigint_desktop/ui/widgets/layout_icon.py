"""A layout as a small drawing, made of its own geometry: what is drawn is what comes."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap

from vigint_desktop.ui.rows.grid import AUTO, boxes, lattice

_SIDE = 96  # device pixels of the drawing, reduced to whatever a button needs
_MARGIN = 6
_WIDTH, _HEIGHT = _SIDE - 2 * _MARGIN, 66
_FEW = 12  # more places than these run into each other on a button: a number says it better


def layout_icon(layout: str, colour: str) -> QIcon:
    """The icon of a layout in one colour; the automatic one and those of many places are a frame around a word."""
    pixmap = QPixmap(_SIDE, _SIDE)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(_MARGIN, (_SIDE - _HEIGHT) / 2)
    if layout == AUTO:
        _paint_word(painter, "A", QColor(colour))
    elif layout.isdigit() and int(layout) > _FEW:
        _paint_word(painter, layout, QColor(colour))
    else:
        _paint_places(painter, layout, QColor(colour))
    painter.end()
    return QIcon(pixmap)


def _paint_places(painter: QPainter, layout: str, colour: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    shape = lattice(layout, 0, 16, 9)
    for box in boxes(shape, _WIDTH, _HEIGHT, 12):
        painter.drawRoundedRect(QRectF(box.x, box.y, box.width, box.height), 4, 4)


def _paint_word(painter: QPainter, word: str, colour: QColor) -> None:
    pen = painter.pen()
    pen.setColor(colour)
    pen.setWidth(6)
    painter.setPen(pen)
    frame = QRectF(3, 3, _WIDTH - 6, _HEIGHT - 6)
    painter.drawRoundedRect(frame, 8, 8)
    font = painter.font()
    font.setPixelSize(46)
    font.setBold(True)
    painter.setFont(font)
    painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, word)
