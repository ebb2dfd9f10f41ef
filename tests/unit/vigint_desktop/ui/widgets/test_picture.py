"""A frame is shown without copying it, with the shape it has."""

import numpy as np
from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from tests.fakes.controls import frame
from vigint_core.domain.frame import Frame
from vigint_core.domain.ids import CameraId
from vigint_desktop.ui.rows.zoom import Zoom
from vigint_desktop.ui.widgets.picture import image_of, margins, paint_image, paint_map, placed


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


def test_a_zoomed_picture_fills_the_place_of_the_whole_one() -> None:
    area = QRect(0, 28, 800, 500)
    whole, part = placed(1600, 900, area, 1.0), placed(1600, 900, area, 1.0, Zoom(4.0))

    assert part.target == whole.target
    assert part.source is not None
    assert (part.source.width(), part.source.height()) == (400, 225)


def test_where_pixels_are_pixels_the_cut_begins_at_a_whole_one() -> None:
    place = placed(1600, 900, QRect(0, 0, 800, 450), 1.0, Zoom(2.0, 0.4003, 0.5001))

    assert place.source == QRectF(240, 225, 800, 450)


def test_the_margins_cover_all_that_the_picture_leaves_and_no_more() -> None:
    area, target = QRect(0, 20, 100, 80), QRect(10, 30, 80, 60)
    free = margins(area, target)

    covered = sum(rect.width() * rect.height() for rect in free)
    assert covered == 100 * 80 - 80 * 60
    assert not any(rect.intersects(target) for rect in free)
    assert margins(target, target) == ()


def test_the_map_draws_lines_and_hides_nothing(qapp: QApplication) -> None:
    canvas = QImage(400, 225, QImage.Format.Format_RGB32)
    canvas.fill(QColor("#808080"))
    painter = QPainter(canvas)

    paint_map(painter, QRect(0, 0, 400, 225), Zoom(4.0), QColor("white"))
    painter.end()

    changed = sum(canvas.pixelColor(x, y).name() != "#808080" for x in range(400) for y in range(225))
    assert 0 < changed < 0.02 * 400 * 225
