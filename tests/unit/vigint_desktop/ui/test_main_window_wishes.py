"""What is asked of a camera goes through the window to the program, and comes back to where people look."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.fakes.controls import FakeControls, FakePlayback, frame
from tests.fakes.moments import NOON_S, StandingClock, camera, snapshot
from vigint_core.domain.ids import CameraId
from vigint_desktop.bridge import Bridge
from vigint_desktop.ui.main_window import MainWindow
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme

Make = Callable[..., MainWindow]


@pytest.fixture
def controls() -> FakeControls:
    return FakeControls([camera("Door"), camera("Till")])


@pytest.fixture
def open_window(
    controls: FakeControls, bridge: Bridge, words: Texts, theme: Theme, clock: StandingClock, qtbot: QtBot
) -> Make:
    def make() -> MainWindow:
        made = MainWindow(controls, bridge, words, theme, clock)
        qtbot.addWidget(made)
        made.resize(1280, 720)
        made.show()
        return made

    return make


def test_what_a_tile_wishes_reaches_the_program_and_the_answer_the_timeline(
    open_window: Make, controls: FakeControls, bridge: Bridge, qtbot: QtBot
) -> None:
    made = open_window()
    made.wall.show_alone(CameraId("door"))

    qtbot.keyClick(made.wall.tile(CameraId("door")), Qt.Key.Key_S)
    assert controls.snapshots_asked == [CameraId("door")]
    bridge.publish(snapshot(NOON_S))

    assert "snapshot kept" in made.wishes.note.said()
    assert [lane.snapshots for lane in made.models.timeline.lanes()] == [[snapshot(NOON_S)], []]
    made.timeline.snapshot_chosen.emit(snapshot(NOON_S))
    assert "is gone" in made.wishes.note.said()


def test_what_was_recorded_is_played_from_the_timeline(open_window: Make, controls: FakeControls) -> None:
    controls.recordings = {CameraId("till"): FakePlayback()}
    made = open_window()

    made.timeline.recording_asked.emit("till", NOON_S - 60)

    assert controls.recordings_asked == [(CameraId("till"), NOON_S - 60)]
    assert made.player.clip.has_clip
    made.close()


def test_escape_leaves_the_zoom_before_the_one_camera(open_window: Make, clock: StandingClock, qtbot: QtBot) -> None:
    made = open_window()
    door = CameraId("door")
    made.wall.show_alone(door)
    tile = made.wall.tile(door)
    tile.set_frame(frame("door", mono_s=clock.monotonic(), size=(640, 360)))
    qtbot.keyClick(tile, Qt.Key.Key_Plus)
    assert tile.zoom.on

    qtbot.keyClick(tile, Qt.Key.Key_Escape)
    assert (tile.zoom.on, made.wall.alone) == (False, door)
    qtbot.keyClick(tile, Qt.Key.Key_Escape)
    assert made.wall.alone is None
