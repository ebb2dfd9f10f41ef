"""Wishes reach the program, and what came of them is said."""

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from tests.fakes.controls import FakeControls, FakePlayback, frame
from tests.fakes.moments import NOON_S, StandingClock, camera, snapshot
from tests.unit.vigint_desktop.ui.dialogs.test_snapshot import png
from vigint_core.domain.fault import Code, Fault
from vigint_core.domain.ids import CameraId
from vigint_core.domain.status import CheckResult
from vigint_desktop.bridge import Bridge
from vigint_desktop.ui.dialogs.around import Around
from vigint_desktop.ui.dialogs.player import PlayerDialog
from vigint_desktop.ui.dialogs.wishes import Wishes
from vigint_desktop.ui.models.cameras import CameraModel
from vigint_desktop.ui.rows.tile import TileWish
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.projection import Projection

DOOR = CameraId("door")


class Stage:
    """A window in which wishes are granted."""

    def __init__(self, bridge: Bridge, words: Texts, theme: Theme, clock: StandingClock, window: QMainWindow) -> None:
        self.controls = FakeControls([camera("Door")])
        self.bridge = bridge
        over = QWidget()
        window.setCentralWidget(over)
        self.player = PlayerDialog(words, theme, window)
        self.clock = clock
        self.cameras = CameraModel(words, window)
        self.cameras.set_cameras(self.controls.cameras())
        self.projection = Projection(self.controls, self.cameras, clock, window)
        self.wishes = Wishes(self.controls, bridge, Around(words, theme, clock), self.player, self.projection, over)

    @property
    def said(self) -> str:
        return self.wishes.note.said()


@pytest.fixture
def stage(qtbot: QtBot, bridge: Bridge, words: Texts, theme: Theme, clock: StandingClock) -> Stage:
    window = QMainWindow()
    qtbot.addWidget(window)
    made = Stage(bridge, words, theme, clock, window)
    window.resize(900, 500)
    window.show()
    return made


def test_a_snapshot_is_asked_for_and_told(stage: Stage) -> None:
    stage.wishes.grant("door", TileWish.SNAPSHOT)
    assert stage.controls.snapshots_asked == [DOOR]

    stage.bridge.publish(snapshot(NOON_S))

    assert stage.said.startswith("Door: snapshot kept as door-")
    assert "1920 × 1080" in stage.said


def test_without_a_chosen_camera_somebody_is_asked_to_choose_one(stage: Stage) -> None:
    stage.wishes.ask_for_camera()

    assert stage.said.startswith("No camera is chosen.")


def test_a_note_copies_the_snapshot(stage: Stage) -> None:
    QGuiApplication.clipboard().clear()
    stage.controls.snapshot_images = {snapshot(NOON_S).file: png()}
    stage.bridge.publish(snapshot(NOON_S))
    stage.wishes.note.press("Copy")

    assert QGuiApplication.clipboard().image().size() == QSize(64, 36)
    assert stage.said == "Copied."


def test_a_copied_picture_is_kept_as_well(stage: Stage) -> None:
    QGuiApplication.clipboard().clear()
    stage.controls.snapshot_images = {snapshot(NOON_S).file: png()}
    stage.wishes.grant("door", TileWish.COPY)
    stage.bridge.publish(snapshot(NOON_S))

    assert stage.controls.snapshots_asked == [DOOR]
    assert QGuiApplication.clipboard().image().size() == QSize(64, 36)
    assert "picture copied, and kept as" in stage.said


def test_a_snapshot_that_failed_says_why_and_is_not_copied_later(stage: Stage, words: Texts) -> None:
    QGuiApplication.clipboard().clear()
    stage.wishes.grant("door", TileWish.COPY)
    stage.bridge.publish(Fault(Code.PIPELINE_SNAPSHOT_FAILED, "door", "", NOON_S, "Door"))
    assert words.cause(Code.PIPELINE_SNAPSHOT_FAILED) in stage.said

    stage.controls.snapshot_images = {snapshot(NOON_S).file: png()}
    stage.bridge.publish(snapshot(NOON_S))
    assert QGuiApplication.clipboard().image().isNull()


def test_a_snapshot_is_looked_at_unless_it_is_gone(stage: Stage, qtbot: QtBot) -> None:
    assert stage.wishes.show_snapshot(snapshot(NOON_S)) is None
    assert "is gone" in stage.said

    stage.controls.snapshot_images = {snapshot(NOON_S).file: png()}
    dialog = stage.wishes.show_snapshot(snapshot(NOON_S))
    assert dialog is not None
    assert dialog.isVisible()
    dialog.close()


@pytest.mark.parametrize(("wish", "seconds"), [(TileWish.CLIP_30, 30.0), (TileWish.CLIP_60, 60.0)])
def test_the_last_seconds_are_cut_at_once(stage: Stage, wish: TileWish, seconds: float) -> None:
    stage.wishes.grant("door", wish)

    ((_, camera_id, span, _),) = stage.controls.saved_clips
    assert (camera_id, span.length_s, span.end_s) == (DOOR, seconds, NOON_S)
    assert stage.wishes.saving is not None
    stage.wishes.saving.chooser.reject()
    assert stage.wishes.saving is None


def test_one_clip_is_saved_at_a_time_and_its_failure_is_said(stage: Stage, words: Texts) -> None:
    stage.wishes.grant("door", TileWish.CLIP_30)
    stage.wishes.grant("door", TileWish.CLIP_60)
    ((check_id, *_),) = stage.controls.saved_clips

    stage.bridge.publish(CheckResult(check_id, False, (), Code.PIPELINE_CLIP_FAILED))

    assert words.remedy(Code.PIPELINE_CLIP_FAILED) in stage.said
    assert stage.wishes.saving is None


def test_a_new_view_that_is_meant_is_confirmed(stage: Stage) -> None:
    stage.wishes.grant("door", TileWish.CONFIRM_VIEW)

    assert stage.controls.confirmed_views == [DOOR]
    assert stage.said == "Door: the new view is taken as meant."


def test_what_was_recorded_is_played_without_an_incident_beside_it(stage: Stage) -> None:
    stage.controls.recordings = {DOOR: FakePlayback()}

    stage.wishes.play("door", NOON_S - 100)

    assert stage.controls.recordings_asked == [(DOOR, NOON_S - 100)]
    assert stage.player.clip.has_clip
    assert stage.player.row is None
    assert not stage.player.observations.isVisible()
    assert stage.player.windowTitle().startswith("Door · ")
    stage.player.close()


def test_where_nothing_was_recorded_it_says_how_to_keep_more(stage: Stage) -> None:
    stage.wishes.play("door", NOON_S - 100)

    assert "Nothing is kept of this camera" in stage.player.clip.canvas.said()
    stage.player.close()


def test_the_zones_of_a_camera_are_opened_once(stage: Stage) -> None:
    stage.wishes.grant("door", TileWish.ZONES)
    dialog = stage.wishes.open_scene(CameraId("door"))
    assert dialog is not None
    assert stage.wishes.open_scene(CameraId("door")) is dialog
    assert stage.wishes.open_scene(CameraId("nobody")) is None
    dialog.reject()


def test_zones_are_drawn_on_a_picture_of_their_own_size_though_no_wall_shows_the_camera(stage: Stage) -> None:
    stage.wishes.grant("door", TileWish.ZONES)
    dialog = stage.wishes.open_scene(DOOR)
    assert dialog is not None
    stage.controls.frames = {DOOR: frame(DOOR, mono_s=stage.clock.monotonic())}
    stage.projection.tick()

    assert dialog.canvas.picture_size is not None
    camera_id, width, height = stage.controls.shown_at[-1]
    assert (camera_id, QSize(width, height)) == (DOOR, dialog.canvas.wanted_size())
    assert width > 600

    dialog.reject()
    stage.projection.tick()
    assert stage.controls.shown_at[-1] == (DOOR, 0, 0)


def test_zones_of_a_camera_are_open_once_and_those_of_nobody_never(stage: Stage, qtbot: QtBot) -> None:
    first = stage.wishes.open_scene(DOOR)
    assert first is not None
    over = QDialog(stage.player.parentWidget())
    qtbot.addWidget(over)
    over.open()

    assert stage.wishes.open_scene(DOOR, over) is first
    assert first.parent() is over
    assert first.isModal()
    assert stage.wishes.open_scene(CameraId("gone")) is None
    first.reject()
    assert stage.wishes.open_scene(DOOR) is not first
