"""Frames reach every tile of their camera, once; the capture is asked for what is shown, and for no more."""

import pytest
from PySide6.QtCore import QSize
from pytestqt.qtbot import QtBot

from tests.fakes.controls import frame
from tests.fakes.moments import NOON_S, StandingClock, camera, incident, status
from tests.fakes.walls import DOOR, TILL, WallSet
from vigint_core.domain.frame import Frame
from vigint_core.domain.ids import CameraId, IncidentId
from vigint_core.domain.incident import IncidentState
from vigint_core.domain.status import Activity, CameraEffort, CameraRecording
from vigint_core.domain.verdict import Severity
from vigint_core.domain.window import Span
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.theme.tokens import DARK
from vigint_desktop.ui.widgets.projection import EARLY_S, INTERVAL_MS
from vigint_desktop.ui.widgets.wall import Wall


@pytest.fixture
def walls(qtbot: QtBot, words: Texts, theme: Theme, clock: StandingClock) -> WallSet:
    return WallSet(words, theme, clock)


@pytest.fixture
def wall(walls: WallSet, qtbot: QtBot) -> Wall:
    made, _ = walls.wall()
    qtbot.addWidget(made)
    made.show()
    made.clearFocus()
    return made


def edge(wall: Wall, camera_id: CameraId) -> str:
    return wall.tile(camera_id).grab().toImage().pixelColor(1, 100).name()


def test_frames_reach_their_tiles_and_are_counted(walls: WallSet, wall: Wall) -> None:
    walls.send(DOOR, age_s=0.1)
    wall.grab()

    figures = walls.projection.figures.tiles
    assert (figures[DOOR].shown, figures[TILL].shown) == (1, 0)
    assert figures[DOOR].age_s.largest == pytest.approx(0.1)


class Guest:
    """Somebody beside the walls."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []

    def set_frame(self, frame: Frame) -> None:
        self.frames.append(frame)

    def wanted_size(self) -> QSize:
        return QSize(1600, 900)


def test_a_guest_gets_the_frames_of_one_camera_at_the_size_he_wants_until_he_goes(walls: WallSet, wall: Wall) -> None:
    guest = Guest()
    walls.projection.lend(DOOR, guest)
    walls.send(DOOR, TILL)

    assert [known.camera_id for known in guest.frames] == [DOOR]
    assert wall.tile(DOOR).frame is guest.frames[0]
    walls.beat()
    assert walls.told()[DOOR] == (1600, 900)
    assert walls.told()[TILL] != (1600, 900)

    walls.projection.lend(DOOR, None)
    walls.send(DOOR, number=2)
    assert len(guest.frames) == 1
    assert walls.told()[DOOR] == tuple(wall.tile(DOOR).wanted_size().toTuple())


def test_without_a_wall_the_timer_runs_for_a_guest_alone(walls: WallSet) -> None:
    guest = Guest()
    walls.projection.lend(DOOR, guest)
    assert walls.projection._timer.isActive()
    walls.send(DOOR)
    assert len(guest.frames) == 1

    walls.projection.lend(DOOR, None)
    assert not walls.projection._timer.isActive()


def test_on_two_walls_a_frame_is_shown_twice_and_counted_once(walls: WallSet, wall: Wall, qtbot: QtBot) -> None:
    other, _ = walls.wall()
    qtbot.addWidget(other)
    other.show()

    for number in (1, 2):
        walls.send(DOOR, number=number)
        wall.grab()
        other.grab()

    assert wall.tile(DOOR).frame is other.tile(DOOR).frame
    assert walls.projection.figures.tiles[DOOR].shown == 2
    assert walls.projection.figures.tiles[DOOR].age_s.count == 2


def test_a_frame_of_a_camera_that_has_left_is_dropped(walls: WallSet, wall: Wall) -> None:
    walls.send(CameraId("garage"))

    assert walls.controls.frames == {}


def test_a_camera_that_was_hidden_comes_back_without_its_old_picture(walls: WallSet, wall: Wall) -> None:
    walls.model.upsert(status("till"))
    walls.send(TILL)
    wall.grab()
    walls.send(TILL, number=2)  # not painted any more
    wall.show_alone(DOOR)
    walls.clock.advance(60)

    wall.show_alone(None)
    wall.grab()

    till = walls.projection.figures.tiles[TILL]
    assert wall.tile(TILL).frame is None
    assert "60 s" not in wall.tile(TILL).said()
    assert wall.tile(TILL)._lines == ("…",), "one is being waited for"
    assert (till.shown, till.age_s.largest) == (1, 0.0)

    walls.send(TILL, number=3)
    assert wall.tile(TILL)._lines == ()
    wall.grab()
    assert (till.shown, till.age_s.largest) == (2, 0.0)


def test_a_frame_that_waited_while_nobody_looked_is_not_shown(walls: WallSet, wall: Wall) -> None:
    wall.hide()
    walls.clock.advance(60)
    wall.show()

    walls.send(DOOR, age_s=EARLY_S + 0.1)
    assert wall.tile(DOOR).frame is None

    walls.send(DOOR, number=2, age_s=EARLY_S - 0.1)
    assert wall.tile(DOOR).frame is not None


def test_the_first_frame_is_told_once(walls: WallSet, wall: Wall) -> None:
    told: list[bool] = []
    walls.projection.first_frame_shown.connect(lambda: told.append(True))
    for camera_id in (DOOR, TILL):
        walls.send(camera_id)
        wall.grab()

    assert told == [True]


def test_without_a_new_frame_a_tick_does_not_touch_a_tile(
    walls: WallSet, wall: Wall, monkeypatch: pytest.MonkeyPatch
) -> None:
    walls.beat()
    touched: list[str] = []
    for name in ("set_frame", "tick", "wanted_size", "update"):
        monkeypatch.setattr(type(wall.tile(DOOR)), name, lambda *_, name=name: touched.append(name))

    walls.projection.tick()

    assert touched == []


def test_words_age_four_times_a_second_and_clocks_with_them(walls: WallSet, wall: Wall, qtbot: QtBot) -> None:
    walls.model.upsert(status("door"))
    walls.send(DOOR)
    walls.clock.advance(12)

    with qtbot.waitSignal(walls.projection.beat):
        walls.beat()

    assert "12 s" in wall.tile(DOOR).said()


def test_sizes_are_told_once_and_again_only_when_they_change(walls: WallSet, wall: Wall) -> None:
    walls.beat()
    walls.controls.shown_at.clear()
    walls.beat()
    assert walls.controls.shown_at == []

    wall.resize(2000, 800)
    walls.projection.tick()
    assert walls.controls.shown_at == [], "not while somebody still pulls at the window"
    walls.beat()

    assert sorted(walls.told()) == [DOOR, TILL]
    assert all(width / height == pytest.approx(16 / 9, abs=0.01) for width, height in walls.told().values())


def test_a_pixel_of_rounding_is_not_told(walls: WallSet, wall: Wall) -> None:
    walls.beat()
    wanted = wall.tile(DOOR).wanted_size()
    walls.controls.shown_at.clear()

    walls.controls.frames = {DOOR: frame("door", size=(wanted.width() // 2 * 2, wanted.height() // 2 * 2 - 2))}
    walls.beat()

    assert walls.controls.shown_at == []


def test_of_two_walls_the_larger_picture_is_asked_for(walls: WallSet, wall: Wall, qtbot: QtBot) -> None:
    other, _ = walls.wall(1800, 1000)
    qtbot.addWidget(other)
    other.show()
    walls.beat()
    assert QSize(*walls.told()[DOOR]) == other.tile(DOOR).wanted_size()

    other.hide()
    walls.projection.tick()
    assert QSize(*walls.told()[DOOR]) == wall.tile(DOOR).wanted_size()


def test_a_camera_that_comes_on_screen_is_asked_for_at_once(walls: WallSet, wall: Wall) -> None:
    wall.show_alone(DOOR)
    walls.beat()
    walls.controls.shown_at.clear()

    wall.show_alone(TILL)
    walls.projection.tick()

    assert walls.told()[DOOR] == (0, 0)
    assert walls.told()[TILL][0] > 600


def test_hidden_it_asks_for_no_pictures(walls: WallSet, wall: Wall) -> None:
    walls.beat()
    walls.controls.shown_at.clear()

    wall.hide()

    assert walls.controls.shown_at == [(DOOR, 0, 0), (TILL, 0, 0)]


def test_a_camera_that_begins_anew_is_told_its_size_again(walls: WallSet, wall: Wall) -> None:
    walls.beat()
    before = walls.told()
    walls.controls.shown_at.clear()

    walls.model.set_cameras([camera("Door"), camera("Till")])
    walls.projection.tick()

    assert walls.told() == before


def test_a_late_timer_is_measured(walls: WallSet, wall: Wall) -> None:
    walls.projection.window_painted()
    walls.projection.tick()
    stalls = walls.projection.figures.stall_s
    before = stalls.count
    walls.clock.advance(0.5 + INTERVAL_MS / 1000)
    walls.projection.tick()

    assert stalls.count == before + 1
    assert stalls.largest == pytest.approx(0.5)


def test_what_comes_before_the_window_is_painted_is_no_stall(walls: WallSet, wall: Wall) -> None:
    walls.projection.tick()
    walls.clock.advance(2.0)
    walls.projection.window_painted()
    walls.projection.tick()

    assert walls.projection.figures.stall_s.count == 0


def test_while_nothing_is_on_screen_nothing_is_late(walls: WallSet, wall: Wall) -> None:
    walls.projection.window_painted()
    walls.projection.tick()
    wall.hide()
    walls.clock.advance(3600)
    wall.show()
    before = walls.projection.figures.stall_s.count
    walls.projection.tick()

    assert walls.projection.figures.stall_s.count == before


def test_an_incident_frames_its_tile_for_a_minute(walls: WallSet, wall: Wall) -> None:
    walls.projection.mark_incident(incident(1, "till", severity=Severity.LOW))
    walls.projection.mark_incident(incident(2, "till", severity=Severity.CRITICAL))
    walls.clock.advance(3)
    walls.beat()
    assert edge(wall, TILL) == DARK.critical
    assert edge(wall, DOOR) != DARK.critical

    walls.projection.mark_incident(incident(2, "till", severity=Severity.CRITICAL, state=IncidentState.VETOED))
    assert edge(wall, TILL) == DARK.low
    walls.projection.unmark_incident(IncidentId("i1"))
    assert edge(wall, TILL) != DARK.low
    walls.projection.mark_incident(incident(1, "till", severity=Severity.LOW))
    assert edge(wall, TILL) == DARK.low

    walls.clock.advance(60)
    walls.beat()
    assert edge(wall, TILL) != DARK.low


def test_movement_saving_and_recording_are_shown_on_the_tile(walls: WallSet, wall: Wall) -> None:
    walls.model.upsert(status("door"))
    calm = wall.tile(DOOR).grab().toImage()
    projection = walls.projection
    span = Span(NOON_S, NOON_S + 1)
    projection.set_activity(Activity(CameraId("garage"), span, closed=False))
    begin_and_end = (
        (lambda on: projection.set_activity(Activity(DOOR, span, closed=not on))),
        (lambda on: projection.set_effort(CameraEffort(DOOR, on, 0.0))),
        (lambda on: projection.set_recording(CameraRecording(DOOR, on))),
    )
    for tell in begin_and_end:
        tell(True)
        assert wall.tile(DOOR).grab().toImage() != calm
        tell(False)
        assert wall.tile(DOOR).grab().toImage() == calm


def test_a_tile_that_comes_later_knows_what_the_others_know(walls: WallSet, wall: Wall, qtbot: QtBot) -> None:
    walls.model.upsert(status("door"))
    walls.projection.set_effort(CameraEffort(DOOR, saving=True, unseen_s=0.0))
    walls.projection.mark_incident(incident(1, "door", severity=Severity.HIGH))

    other, _ = walls.wall()
    qtbot.addWidget(other)
    other.show()
    walls.beat()

    assert other.tile(DOOR).said() == wall.tile(DOOR).said()
    assert edge(other, DOOR) == DARK.high


def test_what_is_asked_of_a_camera_names_it(walls: WallSet, wall: Wall, qtbot: QtBot) -> None:
    with qtbot.waitSignal(walls.projection.reconnect_requested) as asked:
        wall.tile(TILL).reconnect_requested.emit()
    assert asked.args == [TILL]

    with qtbot.waitSignal(walls.projection.wished) as wished:
        wall.tile(DOOR).wished.emit("something")
    assert wished.args == [DOOR, "something"]
