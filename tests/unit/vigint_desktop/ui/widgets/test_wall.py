"""The wall brings pictures to their tiles and asks for what it shows, no more."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.fakes.controls import FakeControls, frame
from tests.fakes.moments import NOON_S, StandingClock, camera, incident, status
from vigint_core.domain.ids import CameraId
from vigint_core.domain.incident import IncidentState
from vigint_core.domain.status import Activity
from vigint_core.domain.verdict import Severity
from vigint_core.domain.window import Span
from vigint_desktop.ui.models.cameras import CameraModel
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.theme.tokens import DARK
from vigint_desktop.ui.widgets.wall import INTERVAL_MS, Wall

DOOR, TILL = CameraId("door"), CameraId("till")


class Stage:
    """A wall with two cameras on screen."""

    def __init__(self, words: Texts, theme: Theme, clock: StandingClock) -> None:
        self.controls = FakeControls([camera("Door"), camera("Till")])
        self.model = CameraModel(words)
        self.model.set_cameras(self.controls.cameras())
        self.clock = clock
        self.wall = Wall(self.controls, self.model, words, theme, clock)
        self.wall.resize(1000, 400)

    def edge(self, camera_id: CameraId) -> str:
        return self.wall.tile(camera_id).grab().toImage().pixelColor(1, 100).name()


@pytest.fixture
def stage(qtbot: QtBot, words: Texts, theme: Theme, clock: StandingClock) -> Stage:
    made = Stage(words, theme, clock)
    qtbot.addWidget(made.wall)
    made.wall.show()
    made.wall.clearFocus()
    return made


def test_frames_reach_their_tiles_and_are_counted(stage: Stage) -> None:
    stage.controls.frames = {DOOR: frame("door", mono_s=stage.clock.monotonic() - 0.1)}

    stage.wall.tick()
    stage.wall.grab()

    figures = stage.wall.figures
    assert (figures.tiles[DOOR].shown, figures.tiles[TILL].shown) == (1, 0)
    assert figures.tiles[DOOR].age_s.largest == pytest.approx(0.1)


def test_a_frame_of_a_camera_that_has_left_is_dropped(stage: Stage) -> None:
    stage.controls.frames = {CameraId("garage"): frame("garage")}

    stage.wall.tick()

    assert stage.controls.frames == {}


def test_the_first_frame_is_told_once(stage: Stage) -> None:
    told: list[bool] = []
    stage.wall.first_frame_shown.connect(lambda: told.append(True))
    for camera_id in (DOOR, TILL):
        stage.controls.frames = {camera_id: frame(camera_id, mono_s=stage.clock.monotonic())}
        stage.wall.tick()
        stage.wall.grab()

    assert told == [True]


def test_sizes_are_told_once_and_again_only_when_they_change(stage: Stage) -> None:
    stage.controls.shown_at.clear()
    stage.wall.tick()
    stage.wall.tick()
    assert [told[0] for told in stage.controls.shown_at] in ([], [DOOR, TILL])

    stage.controls.shown_at.clear()
    stage.wall.resize(2000, 800)
    stage.wall.tick()

    assert [camera_id for camera_id, *_ in stage.controls.shown_at] == [DOOR, TILL]
    assert all(width / height == pytest.approx(16 / 9, abs=0.01) for _, width, height in stage.controls.shown_at)


def test_a_pixel_of_rounding_is_not_told(stage: Stage) -> None:
    stage.wall.tick()
    wanted = stage.wall.tile(DOOR).wanted_size()
    stage.controls.shown_at.clear()

    stage.controls.frames = {DOOR: frame("door", size=(wanted.width() // 2 * 2, wanted.height() // 2 * 2 - 2))}
    stage.wall.tick()

    assert stage.controls.shown_at == []


def test_alone_a_camera_has_the_wall_and_the_others_send_nothing(stage: Stage) -> None:
    stage.wall.tick()
    stage.controls.shown_at.clear()

    stage.wall.show_alone(TILL)
    stage.wall.tick()

    assert stage.wall.alone == TILL
    assert stage.wall.tile(TILL).width() == stage.wall.width()
    assert (DOOR, 0, 0) in stage.controls.shown_at


def test_number_keys_toggle_and_escape_goes_back(stage: Stage, qtbot: QtBot) -> None:
    stage.wall.show_alone_at(0)
    assert stage.wall.alone == DOOR
    stage.wall.show_alone_at(0)
    assert stage.wall.alone is None
    stage.wall.show_alone_at(7)
    assert stage.wall.alone is None

    stage.wall.show_alone_at(1)
    qtbot.keyClick(stage.wall, Qt.Key.Key_Escape)
    assert stage.wall.alone is None


def test_arrows_go_from_tile_to_tile(stage: Stage, qtbot: QtBot) -> None:
    stage.wall.activateWindow()
    stage.wall.tile(DOOR).setFocus()
    qtbot.waitUntil(lambda: stage.wall.tile(DOOR).hasFocus(), timeout=30_000)

    qtbot.keyClick(stage.wall.tile(DOOR), Qt.Key.Key_Right)
    assert stage.wall.tile(TILL).hasFocus()
    qtbot.keyClick(stage.wall.tile(TILL), Qt.Key.Key_Right)
    assert stage.wall.tile(TILL).hasFocus()


def test_hidden_it_asks_for_no_pictures(stage: Stage) -> None:
    stage.wall.tick()
    stage.controls.shown_at.clear()

    stage.wall.hide()

    assert stage.controls.shown_at == [(DOOR, 0, 0), (TILL, 0, 0)]


def test_a_late_timer_is_measured(stage: Stage) -> None:
    stage.wall.tick()
    before = stage.wall.figures.stall_s.count
    stage.clock.advance(0.5 + INTERVAL_MS / 1000)
    stage.wall.tick()

    assert stage.wall.figures.stall_s.count == before + 1
    assert stage.wall.figures.stall_s.largest == pytest.approx(0.5)


def test_an_incident_frames_its_tile_for_a_minute(stage: Stage) -> None:
    stage.wall.mark_incident(incident(1, "till", severity=Severity.LOW))
    stage.wall.mark_incident(incident(2, "till", severity=Severity.CRITICAL))
    stage.clock.advance(3)
    stage.wall.tick()
    assert stage.edge(TILL) == DARK.critical
    assert stage.edge(DOOR) != DARK.critical

    stage.wall.mark_incident(incident(2, "till", severity=Severity.CRITICAL, state=IncidentState.VETOED))
    assert stage.edge(TILL) == DARK.low

    stage.clock.advance(60)
    stage.wall.tick()
    assert stage.edge(TILL) != DARK.low


def test_movement_is_shown_on_its_tile(stage: Stage, words: Texts) -> None:
    stage.model.upsert(status("door"))
    still = stage.wall.tile(DOOR).grab().toImage()

    stage.wall.set_activity(Activity(DOOR, Span(NOON_S, NOON_S + 1), closed=False))
    stage.wall.set_activity(Activity(CameraId("garage"), Span(NOON_S, NOON_S + 1), closed=False))
    assert stage.wall.tile(DOOR).grab().toImage() != still

    stage.wall.set_activity(Activity(DOOR, Span(NOON_S, NOON_S + 2), closed=True))
    assert stage.wall.tile(DOOR).grab().toImage() == still


def test_other_cameras_replace_tiles_and_keep_those_that_stay(stage: Stage) -> None:
    kept = stage.wall.tile(TILL)
    stage.wall.show_alone(DOOR)

    stage.model.set_cameras([camera("Till"), camera("Garage")])

    assert stage.wall.tile(TILL) is kept
    assert stage.wall.alone is None
    assert kept.isVisible()
    with pytest.raises(KeyError):
        stage.wall.tile(DOOR)


def test_reconnecting_names_the_camera(stage: Stage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(stage.wall.reconnect_requested) as asked:
        stage.wall.tile(TILL).reconnect_requested.emit()

    assert asked.args == [TILL]
