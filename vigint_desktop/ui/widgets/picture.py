"""A camera's frame on the screen, without copying its pixels."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter

from vigint_core.domain.frame import Frame
from vigint_desktop.ui.rows.grid import Box, fit

SLACK_PX = 2  # of rounding between the size that was asked for and the one that came
VEIL = QColor(0, 0, 0, 165)  # over a picture that words have to be read on, even where it is white


def image_of(frame: Frame) -> QImage:
    """The frame as an image that shares its memory. The caller keeps the frame while the image lives."""
    return QImage(frame.pixels, frame.width, frame.height, frame.stride, QImage.Format.Format_RGB32)


def paint_image(painter: QPainter, image: QImage, area: QRect) -> QRect:
    """Paint the image as large as it fits, aspect kept; returns where it is, in logical pixels.

    An image of nearly the right size is painted as it is: scaling a large one by a pixel costs ten times as much.
    """
    ratio = painter.device().devicePixelRatio()
    box = fit(image.width(), image.height(), Box(area.x(), area.y(), area.width(), area.height()))
    target = QRect(box.x, box.y, box.width, box.height)
    width, height = round(image.width() / ratio), round(image.height() / ratio)
    spare = (area.width() - width, area.height() - height)
    as_it_is = min(spare) >= 0 and abs(width - box.width) <= SLACK_PX and abs(height - box.height) <= SLACK_PX
    if as_it_is:
        target = QRect(area.x() + spare[0] // 2, area.y() + spare[1] // 2, width, height)
        image.setDevicePixelRatio(ratio)
        painter.drawImage(target.topLeft(), image)
        return target
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(target, image)
    return target
