"""A frame is shown without copying it, with the shape it has."""

import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from tests.fakes.controls import frame
from vigint_core.domain.frame import Frame
from vigint_core.domain.ids import CameraId
from vigint_desktop.ui.widgets.picture import image_of, paint_image


def test_the_image_shares_the_frames_memory() -> None:
    pixels = np.zeros((2, 8), np.uint8)
    made = frame("door")
    shared = Frame(CameraId("door"), 1, made.at, 2, 2, 8, pixels.data.cast("B"))
    image = image_of(shared)

    pixels[0, :3] = (10, 20, 200)  # B G R

    assert image.pixelColor(0, 0).getRgb()[:3] == (200, 20, 10)


def test_rows_that_are_longer_than_their_pixels_are_read_rightly() -> None:
    image = image_of(frame("door", size=(3, 2), padding=20, grey=77))

    assert (image.width(), image.height(), image.bytesPerLine()) == (3, 2, 32)
    assert {image.pixelColor(x, y).red() for x in range(3) for y in range(2)} == {77}


def test_a_wide_picture_leaves_bars_and_is_not_stretched(qapp: QApplication) -> None:
    canvas = QImage(160, 160, QImage.Format.Format_RGB32)
    canvas.fill(0)
    painter = QPainter(canvas)

    target = paint_image(painter, image_of(frame("door", size=(64, 36), grey=200)), QRect(0, 0, 160, 160))
    painter.end()

    assert target == QRect(0, 35, 160, 90)
    assert canvas.pixelColor(80, 80).red() == 200
    assert canvas.pixelColor(80, 20).red() == 0


def test_a_picture_of_nearly_the_right_size_is_not_scaled(qapp: QApplication) -> None:
    canvas = QImage(160, 92, QImage.Format.Format_RGB32)
    canvas.fill(0)
    painter = QPainter(canvas)

    target = paint_image(painter, image_of(frame("door", size=(158, 90), grey=200)), QRect(0, 0, 160, 92))
    painter.end()

    assert target == QRect(1, 1, 158, 90)
    assert [canvas.pixelColor(x, 46).red() for x in (0, 1, 158, 159)] == [0, 200, 200, 0]
