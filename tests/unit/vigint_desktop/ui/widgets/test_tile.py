"""A tile shows its camera, and tells the truth about it."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.fakes.controls import frame
from tests.fakes.moments import StandingClock, camera, status
from vigint_core.domain.camera import Camera, CameraState, SourceKind
from vigint_core.domain.fault import Code
from vigint_core.domain.status import CameraStatus
from vigint_core.domain.verdict import Severity
from vigint_desktop.ui.rows.tile import tile_row
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.theme.tokens import DARK
from vigint_desktop.ui.widgets.tile import Tile
from vigint_desktop.ui.widgets.tile_band import BAND_PX

DOOR = camera("Door")
Make = Callable[..., Tile]


@pytest.fixture
def tile(qtbot: QtBot, words: Texts, theme: Theme, clock: StandingClock) -> Make:
    def make(told: CameraStatus | None = None, of: Camera = DOOR, size: tuple[int, int] = (400, 300)) -> Tile:
        made = Tile(tile_row(of, told, words), words, theme, clock)
        qtbot.addWidget(made)
        made.resize(*size)
        made.show()
        return made

    return make


def colour(tile: Tile, x: int, y: int) -> QColor:
    return tile.grab().toImage().pixelColor(x, y)


def test_a_live_picture_is_painted_as_it_is(tile: Make) -> None:
    made = tile(status("door"))
    made.set_frame(frame("door", mono_s=1000.0, grey=120))

    assert colour(made, 200, BAND_PX + 130).red() == 120


def test_the_last_picture_of_a_camera_that_is_not_live_is_dimmed(tile: Make, words: Texts) -> None:
    made = tile(status("door"))
    made.set_frame(frame("door", mono_s=1000.0, grey=120))

    made.set_row(tile_row(DOOR, status("door", CameraState.FAILED, Code.CAMERA_LOST), words))

    assert colour(made, 20, BAND_PX + 40).red() < 60


def test_the_words_over_a_failed_picture_are_painted(tile: Make, words: Texts) -> None:
    made = tile(status("door", CameraState.FAILED))
    silent = made.grab().toImage()

    made.set_row(tile_row(DOOR, status("door", CameraState.FAILED, Code.CAMERA_LOST), words))

    assert made.grab().toImage() != silent


@pytest.mark.parametrize("size", [(100, 80), (147, 75), (60, 30)])
def test_a_tiny_tile_is_painted_without_complaint(tile: Make, size: tuple[int, int]) -> None:
    made = tile(status("door", CameraState.FAILED, Code.CAMERA_UNREACHABLE, 1009.0), size=size)

    assert not made.grab().isNull()


def test_a_frame_counts_as_shown_once_with_its_age(tile: Make, qtbot: QtBot, clock: StandingClock) -> None:
    made = tile(status("door"))
    shown: list[float] = []
    made.frame_shown.connect(shown.append)

    made.set_frame(frame("door", mono_s=clock.monotonic() - 0.25))
    made.grab()
    made.grab()

    assert shown == [pytest.approx(0.25)]


def test_the_age_is_told_as_the_picture_gets_old(tile: Make, clock: StandingClock) -> None:
    made = tile(status("door"))
    made.set_frame(frame("door", mono_s=clock.monotonic()))
    fresh = made.grab().toImage()

    clock.advance(12)
    made.tick()

    assert made.grab().toImage() != fresh
    made.set_row(made.row)
    assert made.accessibleName() == "Door, late"


def test_a_tick_without_news_paints_nothing(tile: Make, qtbot: QtBot) -> None:
    made = tile(status("door"))
    qtbot.waitExposed(made)
    QTest.qWait(0)
    painted: list[bool] = []
    made.update = lambda *_: painted.append(True)  # type: ignore[method-assign, assignment]

    made.tick()

    assert painted == []


def test_the_wanted_size_keeps_the_pictures_shape(tile: Make) -> None:
    made = tile(status("door"), size=(400, BAND_PX + 300))
    assert made.wanted_size() == QSize(400, 225)

    made.set_frame(frame("door", mono_s=1000.0, size=(40, 30)))
    assert made.wanted_size() == QSize(400, 300)

    made.hide()
    assert made.wanted_size() == QSize(0, 0)


def test_an_incident_makes_a_firm_frame(tile: Make) -> None:
    made = tile(status("door"))
    made.set_severity(Severity.CRITICAL)
    assert colour(made, 1, 150).name() == DARK.critical

    made.set_severity(None)
    assert colour(made, 1, 150).name() != DARK.critical


def test_an_open_gate_makes_a_hairline_only_while_live(tile: Make, words: Texts) -> None:
    made = tile(status("door"))
    made.set_moving(True)
    assert colour(made, 0, 150).name() == DARK.muted
    assert colour(made, 2, 150).name() == DARK.picture

    made.set_row(tile_row(DOOR, status("door", CameraState.STALLED), words))
    assert colour(made, 0, 150).name() == DARK.picture


def test_a_demo_camera_is_marked(tile: Make) -> None:
    real, demo = tile(None), tile(None, of=camera("Door", SourceKind.DEMO))

    assert real.grab().toImage() != demo.grab().toImage()


def test_double_click_and_enter_choose_the_tile(tile: Make, qtbot: QtBot) -> None:
    made = tile(status("door"))
    with qtbot.waitSignal(made.chosen):
        qtbot.mouseDClick(made, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(made.chosen):
        qtbot.keyClick(made, Qt.Key.Key_Return)


def test_the_menu_reconnects(tile: Make, qtbot: QtBot) -> None:
    made = tile(status("door"))
    menu = made.menu()

    with qtbot.waitSignal(made.reconnect_requested):
        menu.actions()[1].trigger()
    menu.close()
