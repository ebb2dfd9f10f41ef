"""What the canvas paints over a picture; drawing on it is tried in the dialog's tests."""

import numpy as np
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from tests.fakes.pictures import moment
from vigint_core.domain.frame import Frame
from vigint_core.domain.ids import CameraId
from vigint_core.domain.zone import Line, Scene, Zone, ZoneUse
from vigint_desktop.ui.rows.drawing import Drawing
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.scene_canvas import SceneCanvas, heat_image

WHITE = Frame(CameraId("door"), 1, moment(1000.0), 64, 36, 256, memoryview(b"\xff" * (256 * 36)))
SQUARE = ((0.4, 0.3), (0.6, 0.3), (0.6, 0.7), (0.4, 0.7))


def painted(drawing: Drawing, qtbot: QtBot, words: Texts, theme: Theme) -> QImage:
    """As it is on a picture that is all white, 640 x 360."""
    canvas = SceneCanvas(drawing, str, words, theme)
    qtbot.addWidget(canvas)
    canvas.resize(640, 360)
    canvas.set_frame(WHITE)
    canvas.show_view(None)
    return canvas.grab().toImage()


def darkest(image: QImage, row: int, columns: range) -> int:
    return min(image.pixelColor(column, row).lightness() for column in columns)


def test_heat_is_seen_from_a_fifth_of_the_threshold_and_never_hides_the_picture() -> None:
    image = heat_image(np.array([[0.0, 0.19, 0.21, 1.0, 100.0]], np.float32))
    alphas = [image.pixelColor(place, 0).alpha() for place in range(5)]

    assert alphas[:2] == [0, 0]
    assert 0 < alphas[2] < alphas[3] < alphas[4] < 128


def test_what_is_drawn_is_seen_on_a_white_picture(qtbot: QtBot, words: Texts, theme: Theme) -> None:
    zone = Zone("z1", "Pin pad", ZoneUse.PRIVACY, SQUARE)
    drawing = Drawing(Scene((zone,), (Line("z2", "Door", (0.8, 0.1), (0.8, 0.9)),)))
    drawing.begin("privacy")
    drawing.pending = [(0.1, 0.1), (0.1, 0.9)]
    image = painted(drawing, qtbot, words, theme)

    assert darkest(image, 10, range(640)) == 255
    for place in (64, 256, 512):  # what is being drawn, the zone's left edge, the line
        assert darkest(image, 230, range(place - 5, place)) < 160


def test_a_long_name_leaves_the_picture_to_be_seen_and_stays_on_it(qtbot: QtBot, words: Texts, theme: Theme) -> None:
    low = tuple((x - 0.35, y) for x, y in SQUARE)
    image = painted(Drawing(Scene((Zone("z1", "Shelf " * 10, ZoneUse.WATCH, low),))), qtbot, words, theme)

    assert darkest(image, 180, range(6)) < 160
    assert darkest(image, 180, range(270, 640)) == 255
