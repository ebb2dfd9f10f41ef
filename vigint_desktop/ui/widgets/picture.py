"""A camera's frame on the screen, without copying its pixels."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter

from vigint_core.domain.frame import Frame
from vigint_desktop.ui.rows.grid import Box, fit

VEIL = QColor(0, 0, 0, 165)  # over a picture that words have to be read on, even where it is white


def image_of(frame: Frame) -> QImage:
    """The frame as an image that shares its memory. The caller keeps the frame while the image lives."""
    return QImage(frame.pixels, frame.width, frame.height, frame.stride, QImage.Format.Format_RGB32)


def paint_image(painter: QPainter, image: QImage, area: QRect) -> QRect:
    """Paint the image as large as it fits, aspect kept; returns where it is."""
    box = fit(image.width(), image.height(), Box(area.x(), area.y(), area.width(), area.height()))
    target = QRect(box.x, box.y, box.width, box.height)
    scaled = image.size() != target.size() * painter.device().devicePixelRatio()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scaled)
    painter.drawImage(target, image)
    return target
