"""A tile shows its camera, and tells the truth about it."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QAction, QColor, QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.fakes.controls import frame
from tests.fakes.moments import StandingClock, camera, status
from vigint_core.domain.camera import Camera, CameraState, SourceKind
from vigint_core.domain.fault import Code
from vigint_core.domain.status import CameraStatus
from vigint_core.domain.verdict import Severity
from vigint_desktop.ui.rows.tile import TileWish, tile_row
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


def action(tile: Tile, text: str) -> QAction:
    return next(a for a in tile.menu().actions() if a.text().partition("\t")[0] == text)


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


def test_a_camera_that_shows_something_else_keeps_its_picture_and_can_be_confirmed(tile: Make, qtbot: QtBot) -> None:
    made = tile(status("door", CameraState.COVERED, Code.CAMERA_COVERED))
    made.set_frame(frame("door", mono_s=1000.0, size=(400, 225), grey=120))
    assert colour(made, 20, BAND_PX + 40).red() == 120

    with qtbot.waitSignal(made.wished) as wished:
        action(made, "The new view is meant").trigger()
    assert wished.args == [TileWish.CONFIRM_VIEW]


def test_a_live_camera_has_nothing_to_confirm(tile: Make) -> None:
    assert not [a for a in tile(status("door")).menu().actions() if a.text() == "The new view is meant"]


@pytest.mark.parametrize("state", [s for s in CameraState if s not in {CameraState.LIVE, CameraState.COVERED}])
def test_a_picture_that_is_not_now_is_veiled_in_every_other_state(tile: Make, state: CameraState) -> None:
    made = tile(status("door", state))
    made.set_frame(frame("door", mono_s=1000.0, size=(400, 225), grey=120))

    assert colour(made, 20, BAND_PX + 40).red() < 60


@pytest.mark.parametrize(
    ("key", "modifier", "wish"),
    [
        (Qt.Key.Key_S, Qt.KeyboardModifier.NoModifier, TileWish.SNAPSHOT),
        (Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier, TileWish.COPY),
        (Qt.Key.Key_E, Qt.KeyboardModifier.NoModifier, TileWish.CLIP_30),
        (Qt.Key.Key_E, Qt.KeyboardModifier.ShiftModifier, TileWish.CLIP_60),
    ],
)
def test_keys_ask_for_what_the_menu_offers(
    tile: Make, qtbot: QtBot, words: Texts, key: Qt.Key, modifier: Qt.KeyboardModifier, wish: TileWish
) -> None:
    made = tile(status("door"))
    with qtbot.waitSignal(made.wished) as by_key:
        qtbot.keyClick(made, key, modifier)
    with qtbot.waitSignal(made.wished) as by_menu:
        action(made, words(f"tile.menu.{wish}")).trigger()

    assert by_key.args == by_menu.args == [wish]


@pytest.mark.parametrize("mark", ["set_moving", "set_saving", "set_recording"])
def test_each_mark_is_seen(tile: Make, mark: str) -> None:
    made = tile(status("door"))
    before = made.grab().toImage()

    getattr(made, mark)(True)
    marked = made.grab().toImage()
    getattr(made, mark)(False)

    assert marked != before
    assert made.grab().toImage() == before


def test_the_clock_is_the_pictures_own_and_needs_room(tile: Make, clock: StandingClock) -> None:
    wide = tile(status("door"), size=(600, 360))
    wide.set_frame(frame("door", mono_s=clock.monotonic()))
    wide.set_row(wide.row)
    then = wide.grab(QRect(0, 0, 600, BAND_PX)).toImage()

    clock.advance(1)
    wide.set_frame(frame("door", number=2, mono_s=clock.monotonic()))
    wide.tick()

    assert wide.grab(QRect(0, 0, 600, BAND_PX)).toImage() != then


def alone(tile: Make, clock: StandingClock, size: tuple[int, int] = (800, BAND_PX + 450)) -> Tile:
    """A tile that has the wall to itself, with a picture of twice its size."""
    made = tile(status("door"), size=size)
    made.set_alone(True)
    made.set_frame(frame("door", mono_s=clock.monotonic(), size=(1600, 900)))
    return made


def turn(tile: Tile, at: QPoint, notches: int) -> None:
    event = QWheelEvent(
        QPointF(at),
        QPointF(tile.mapToGlobal(at)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(tile, event)


def test_the_wheel_zooms_around_the_pointer(tile: Make, clock: StandingClock) -> None:
    made = alone(tile, clock)

    turn(made, QPoint(200, BAND_PX + 225), 2)

    assert made.zoom.factor == pytest.approx(1.5625)
    cut = made.zoom.cut(800, 450)
    assert cut.x + 0.25 * cut.width == pytest.approx(200)


def test_only_a_tile_that_is_alone_is_zoomed(tile: Make, clock: StandingClock, qtbot: QtBot) -> None:
    made = alone(tile, clock)
    turn(made, QPoint(200, 200), 3)

    made.set_alone(False)
    assert not made.zoom.on
    turn(made, QPoint(200, 200), 3)
    qtbot.keyClick(made, Qt.Key.Key_Plus)
    assert not made.zoom.on


def test_keys_zoom_and_move_and_escape_shows_all_first(tile: Make, clock: StandingClock, qtbot: QtBot) -> None:
    made = alone(tile, clock)
    for _ in range(4):
        qtbot.keyClick(made, Qt.Key.Key_Plus)
    zoomed = made.zoom
    qtbot.keyClick(made, Qt.Key.Key_Right)
    assert made.zoom.x > zoomed.x
    qtbot.keyClick(made, Qt.Key.Key_Minus)
    assert made.zoom.factor < zoomed.factor

    qtbot.keyClick(made, Qt.Key.Key_Escape)
    assert not made.zoom.on
    qtbot.keyClick(made, Qt.Key.Key_Plus)
    qtbot.keyClick(made, Qt.Key.Key_0)
    assert not made.zoom.on


def test_the_zooms_keys_are_not_the_windows_while_it_is_on(tile: Make, clock: StandingClock) -> None:
    made = alone(tile, clock)
    escape = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
    escape.ignore()
    QApplication.sendEvent(made, escape)
    assert not escape.isAccepted()

    turn(made, QPoint(200, 200), 3)
    QApplication.sendEvent(made, escape)
    assert escape.isAccepted()


def test_a_drag_moves_the_picture_and_nothing_else(tile: Make, clock: StandingClock, qtbot: QtBot) -> None:
    made = alone(tile, clock)
    turn(made, QPoint(400, 250), 4)
    before = made.zoom

    qtbot.mousePress(made, Qt.MouseButton.LeftButton, pos=QPoint(400, 250))
    qtbot.mouseMove(made, QPoint(320, 250))
    qtbot.mouseRelease(made, Qt.MouseButton.LeftButton, pos=QPoint(320, 250))

    assert made.zoom.x == pytest.approx(before.x + 0.1 / before.factor)
    assert made.zoom.y == before.y


def test_while_zoomed_the_whole_picture_is_wanted_larger(tile: Make, clock: StandingClock) -> None:
    made = alone(tile, clock)
    assert made.wanted_size() == QSize(800, 450)

    turn(made, QPoint(400, 250), 2)

    assert made.wanted_size() == QSize(1600, 900)


def test_at_its_own_pixels_the_picture_is_painted_crisp(tile: Make, clock: StandingClock) -> None:
    made = alone(tile, clock)
    stripes = np.zeros((900, 1600, 4), np.uint8)
    stripes[:, ::2] = 255
    seen = frame("door", number=2, mono_s=clock.monotonic(), size=(1600, 900))
    made.set_frame(replace(seen, pixels=stripes.data.cast("B")))

    turn(made, QPoint(400, 250), 3)

    assert made.zoom.factor == 2.0
    row = made.grab().toImage()
    levels = [row.pixelColor(x, BAND_PX + 200).red() for x in range(100, 140)]
    assert sorted(set(levels)) == [0, 255]
    assert all(one != other for one, other in pairwise(levels))


def test_a_frame_that_waited_too_long_is_replaced_before_it_is_painted(tile: Make, clock: StandingClock) -> None:
    made = tile(status("door"))
    made.grab()
    made.set_frame(frame("door", mono_s=clock.monotonic(), grey=50))
    clock.advance(5)  # the window thread stood still
    fresh = frame("door", number=2, mono_s=clock.monotonic() - 0.02, grey=200)
    made.outdated.connect(lambda: made.set_frame(fresh))
    ages: list[float] = []
    made.frame_shown.connect(ages.append)

    image = made.grab().toImage()

    assert image.pixelColor(200, BAND_PX + 130).red() == 200
    assert ages == [pytest.approx(0.02)]


def test_a_band_that_reads_the_same_is_not_painted_again(tile: Make, clock: StandingClock) -> None:
    made = tile(status("door"))
    made.set_frame(frame("door", mono_s=clock.monotonic()))
    made.tick()
    band = made._band_pixmap().cacheKey()

    made.set_frame(frame("door", number=2, mono_s=clock.monotonic()))
    made.grab()
    assert made._band_pixmap().cacheKey() == band

    made.set_saving(True)
    assert made._band_pixmap().cacheKey() != band


def test_the_menu_reconnects(tile: Make, qtbot: QtBot) -> None:
    made = tile(status("door"))
    menu = made.menu()

    with qtbot.waitSignal(made.reconnect_requested):
        menu.actions()[1].trigger()
    menu.close()
