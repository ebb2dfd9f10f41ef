"""A camera's frame on the screen, without copying its pixels."""

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from vigint_core.domain.frame import Frame
from vigint_desktop.ui.rows.grid import Box, fit
from vigint_desktop.ui.rows.zoom import Zoom

SLACK_PX = (
    5  # of rounding between the size that was asked for and the one that came (capture makes even, colourable widths)
)
VEIL = QColor(0, 0, 0, 165)  # over a picture that words have to be read on, even where it is white
_MAP_SHARE = 0.16  # of the picture's width
_MAP_GAP = 10
_WHOLE = Zoom()


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an image lies: ``target`` in logical pixels, ``source`` in its own; None paints it as it is."""

    target: QRect
    source: QRectF | None


def image_of(frame: Frame) -> QImage:
    """The frame as an image that shares its memory. The caller keeps the frame while the image lives."""
    return QImage(frame.pixels, frame.width, frame.height, frame.stride, QImage.Format.Format_RGB32)


def placed(width: int, height: int, area: QRect, ratio: float, zoom: Zoom = _WHOLE) -> Placement:
    """An image of this size as large as it fits, aspect kept; zoomed, its cut-out fills the same place.

    An image of nearly the right size is painted as it is: scaling a large one by a pixel costs ten times as much.
    """
    box = fit(width, height, Box(area.x(), area.y(), area.width(), area.height()))
    target = QRect(box.x, box.y, box.width, box.height)
    if zoom.on:
        return Placement(target, _cut_out(width, height, target, ratio, zoom))
    across, down = round(width / ratio), round(height / ratio)
    spare = (area.width() - across, area.height() - down)
    if min(spare) >= 0 and abs(across - box.width) <= SLACK_PX and abs(down - box.height) <= SLACK_PX:
        return Placement(QRect(area.x() + spare[0] // 2, area.y() + spare[1] // 2, across, down), None)
    return Placement(target, QRectF(0, 0, width, height))


def paint_placed(painter: QPainter, image: QImage, place: Placement) -> None:
    """Paint the image where it was placed."""
    if place.source is None:
        ratio = painter.device().devicePixelRatio()
        if ratio != 1.0:
            image.setDevicePixelRatio(ratio)
        painter.drawImage(place.target.topLeft(), image)
        return
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(QRectF(place.target), image, place.source)


def paint_image(painter: QPainter, image: QImage, area: QRect) -> QRect:
    """Paint the image as large as it fits, aspect kept; returns where it is, in logical pixels."""
    place = placed(image.width(), image.height(), area, painter.device().devicePixelRatio())
    paint_placed(painter, image, place)
    return place.target


def margins(area: QRect, target: QRect) -> tuple[QRect, ...]:
    """What of an area a picture leaves free: left, right, above, below; without the empty ones."""
    around = (
        QRect(area.left(), area.top(), target.left() - area.left(), area.height()),
        QRect(target.right() + 1, area.top(), area.right() - target.right(), area.height()),
        QRect(target.left(), area.top(), target.width(), target.top() - area.top()),
        QRect(target.left(), target.bottom() + 1, target.width(), area.bottom() - target.bottom()),
    )
    return tuple(rect for rect in around if not rect.isEmpty())


def paint_map(painter: QPainter, target: QRect, zoom: Zoom, light: QColor) -> None:
    """Which part of the picture is on screen: two outlines in the lower right corner, with nothing filled."""
    width = target.width() * _MAP_SHARE
    height = target.height() * _MAP_SHARE
    whole = QRectF(target.right() - _MAP_GAP - width, target.bottom() - _MAP_GAP - height, width, height)
    cut = zoom.cut(1, 1)
    part = QRectF(whole.left() + cut.x * width, whole.top() + cut.y * height, cut.width * width, cut.height * height)
    for colour, pixels in ((QColor(0, 0, 0, 160), 3.0), (light, 1.0)):  # dark under light: seen on any picture
        painter.setPen(QPen(colour, pixels))
        painter.drawRect(whole)
        painter.drawRect(part)


def paint_edge(painter: QPainter, area: QRect, pen: QPen) -> None:
    """A line just inside an area, with square corners."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    painter.setPen(pen)
    inset = pen.widthF() / 2
    painter.drawRect(QRectF(area).adjusted(inset, inset, -inset, -inset))


def _cut_out(width: int, height: int, target: QRect, ratio: float, zoom: Zoom) -> QRectF:
    """The visible part; where a pixel of the image is one of the screen, it begins at a whole one and is crisp."""
    cut = zoom.cut(width, height)
    across, down = target.width() * ratio, target.height() * ratio
    if abs(cut.width - across) < 1 and abs(cut.height - down) < 1:
        return QRectF(round(min(cut.x, width - across)), round(min(cut.y, height - down)), across, down)
    return QRectF(cut.x, cut.y, cut.width, cut.height)
