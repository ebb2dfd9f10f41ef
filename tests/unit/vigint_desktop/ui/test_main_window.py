"""The window wires the bridge to what people see."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from tests.fakes.controls import FakeControls, FakePlayback, frame
from tests.fakes.moments import NOON_S, StandingClock, camera, incident, status, window
from vigint_core.domain.camera import CameraState, SourceKind
from vigint_core.domain.fault import Code, Fault, VigintError
from vigint_core.domain.ids import CameraId, IncidentId
from vigint_core.domain.incident import IncidentState
from vigint_core.domain.status import Activity, CameraEffort, FaultCleared, Health, Part, PartStatus, WindowResult
from vigint_core.domain.window import Span
from vigint_desktop.bridge import Bridge
from vigint_desktop.settings import AnalysisPlace, CameraSettings, Settings
from vigint_desktop.ui.controls import NewSecrets
from vigint_desktop.ui.main_window import MainWindow
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme

Make = Callable[..., MainWindow]
NO_KEY = PartStatus(Part.AI, Health.NOT_CONFIGURED, Code.AI_NO_KEY)


@pytest.fixture
def controls() -> FakeControls:
    made = FakeControls([camera("Door"), camera("Till")])
    made.incident_list = [incident(1), incident(2, "till", at_s=NOON_S - 900)]
    made.window_list = [window(1, NOON_S - 300, WindowResult.NOT_ANALYSED, Code.AI_NO_KEY)]
    made.activity_list = [Activity(CameraId("door"), Span(NOON_S - 300, NOON_S - 200), closed=True)]
    return made


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


def action(window: MainWindow, keys: str) -> QAction:
    return next(a for a in window.actions() if a.shortcut().toString() == keys)


def test_what_the_books_hold_is_there_from_the_start(open_window: Make) -> None:
    made = open_window()

    assert [i.id for i in made.models.incidents.incidents()] == ["i1", "i2"]
    door, till = made.models.timeline.lanes()
    assert (len(door.runs), len(door.activity), len(door.incidents), len(till.incidents)) == (1, 1, 1, 1)
    assert [row.name for row in made.models.cameras.rows()] == ["Door", "Till"]


def test_it_fits_a_small_screen_in_both_languages(
    controls: FakeControls, bridge: Bridge, theme: Theme, clock: StandingClock, qtbot: QtBot
) -> None:
    for language in ("en", "fr"):
        made = MainWindow(controls, bridge, Texts(language), theme, clock)
        qtbot.addWidget(made)
        bridge.publish(NO_KEY)
        bridge.publish(Fault(Code.DISK_FULL, "store", "", NOON_S))

        hint = made.minimumSizeHint()
        assert hint.width() <= 1280, language
        assert hint.height() <= 680, language


def test_before_anyone_reported_nothing_claims_to_work(open_window: Make) -> None:
    made = open_window()

    for key in ("cameras", "server", "sign_in", "ai", "queue"):
        assert made.status_bar.segment(key).health is Health.UNKNOWN
    assert made.banner.isHidden()


def test_events_reach_the_bar_and_the_banner(open_window: Make, bridge: Bridge, words: Texts) -> None:
    made = open_window()
    bridge.publish(status("door"))
    bridge.publish(NO_KEY)

    assert made.status_bar.segment("cameras").word == "1 of 2 live"
    assert "Nothing is being analysed." in made.banner.said()
    assert words.cause(Code.AI_NO_KEY) in made.banner.said()

    bridge.publish(PartStatus(Part.AI, Health.OK, label="gemini"))
    assert made.banner.isHidden()


def test_a_fault_is_shown_until_it_is_over(open_window: Make, bridge: Bridge, words: Texts) -> None:
    made = open_window()
    bridge.publish(Fault(Code.DISK_FULL, "store", "", NOON_S))
    assert made.status_bar.segment("fault").word == words.cause(Code.DISK_FULL)

    bridge.publish(FaultCleared("store", Code.DISK_FULL))
    with pytest.raises(KeyError):
        made.status_bar.segment("fault")


def test_a_camera_tells_its_state_on_its_tile(open_window: Make, bridge: Bridge, words: Texts) -> None:
    made = open_window()
    bridge.publish(status("till", CameraState.UNAUTHORIZED, Code.CAMERA_UNAUTHORIZED))

    row = made.wall.tile(CameraId("till")).row
    assert (row.state_word, row.cause) == ("no sign-in", words.cause(Code.CAMERA_UNAUTHORIZED))


def test_a_new_incident_is_on_the_list_and_on_the_timeline(open_window: Make, bridge: Bridge) -> None:
    made = open_window()
    bridge.publish(incident(3, at_s=NOON_S + 20))

    assert made.models.incidents.incidents()[0].id == "i3"
    assert [i.id for i in made.models.timeline.lanes()[0].incidents] == ["i1", "i3"]


def test_opening_an_incident_plays_its_clip_and_follows_its_changes(
    open_window: Make, controls: FakeControls, bridge: Bridge
) -> None:
    clip = controls.clips[IncidentId("i1")] = FakePlayback()
    made = open_window()

    made.desk.open("i1")
    made.desk.open("i1")
    assert controls.opened == ["i1"]
    assert made.player.isVisible()

    bridge.publish(incident(1, state=IncidentState.CONFIRMED))
    assert made.player.row is not None
    assert made.player.row.state is IncidentState.CONFIRMED

    made.close()
    assert clip.stopped


def test_an_incident_without_a_clip_is_asked_for_again(open_window: Make, controls: FakeControls) -> None:
    made = open_window()
    made.desk.open("i1")
    assert made.player.clip.canvas.said().startswith("There is no clip")

    controls.clips[IncidentId("i1")] = FakePlayback()
    made.desk.open("i1")

    assert controls.opened == ["i1", "i1"]
    assert made.player.clip.has_clip
    made.close()


def test_an_incident_nobody_knows_opens_nothing(open_window: Make, controls: FakeControls) -> None:
    made = open_window()
    made.desk.open("i99")

    assert controls.opened == []
    assert not made.player.isVisible()


def test_list_and_timeline_both_open_the_clip(open_window: Make, controls: FakeControls) -> None:
    made = open_window()
    made.incidents.incident_chosen.emit("i2")
    made.timeline.incident_chosen.emit("i1")

    assert controls.opened == ["i2", "i1"]


def test_reconnecting_reaches_the_program(open_window: Make, controls: FakeControls) -> None:
    made = open_window()
    made.wall.tile(CameraId("till")).reconnect_requested.emit()

    assert controls.reconnected == ["till"]


def test_first_paint_and_first_frame_are_told_once(
    open_window: Make, controls: FakeControls, clock: StandingClock
) -> None:
    made = open_window()
    told: list[str] = []
    made.first_painted.connect(lambda: told.append("paint"))
    made.first_frame_shown.connect(lambda: told.append("frame"))
    for number in range(3):
        controls.frames = {CameraId("door"): frame("door", number=number, mono_s=clock.monotonic())}
        made.projection.tick()
        made.grab()

    assert sorted(told) in (["frame"], ["frame", "paint"])
    assert made.figures().tiles[CameraId("door")].shown == 3


def test_first_paint_is_told(
    controls: FakeControls, bridge: Bridge, words: Texts, theme: Theme, clock: StandingClock, qtbot: QtBot
) -> None:
    made = MainWindow(controls, bridge, words, theme, clock)
    qtbot.addWidget(made)

    with qtbot.waitSignal(made.first_painted, timeout=30_000):
        made.show()


def test_the_place_and_layout_come_back(open_window: Make) -> None:
    first = open_window()
    first._columns.setSizes([700, 500])
    first.resize(960, 700)  # no wider than the offscreen platform’s own screen lets come back
    state = first.saved_state()

    second = open_window()
    second.restore(state)

    assert (second.width(), second.height()) == (960, 700)
    assert second._columns.sizes() == first._columns.sizes()


@pytest.mark.parametrize(
    "state", [b"", b"garbage", b'{"version": 1}', b"[]", b"1\n!!\n??\n--", b'{"version": 2, "place": "?!"}']
)
def test_a_state_that_can_not_be_read_changes_nothing(open_window: Make, state: bytes) -> None:
    made = open_window()
    made.restore(state)

    assert (made.width(), made.height()) == (1280, 720)


def test_keys_open_sheet_settings_and_cameras(open_window: Make, qtbot: QtBot) -> None:
    made = open_window()
    made.wall.show_alone(CameraId("till"))
    action(made, "Ctrl+1").trigger()
    assert made.wall.alone is None

    sheet = made.show_keys()
    keys = {label.text() for label in sheet.findChildren(QLabel)}
    assert {"F11", "Ctrl+L", "PgDown", "N", "Shift+N", "Ctrl+Shift+N", "0 … 9"} <= keys
    assert sheet.sizeHint().height() < 660
    sheet.close()


def test_over_the_whole_screen_the_wall_is_alone(open_window: Make, qtbot: QtBot) -> None:
    made = open_window()
    panels = (made.menuBar(), made.rail, made.timeline, made.incidents, made.status_bar)
    action(made, "F11").trigger()
    qtbot.waitUntil(lambda: not any(panel.isVisible() for panel in panels), timeout=30_000)
    assert made.isFullScreen()
    assert made.wall.isVisible()

    qtbot.keyClick(made.wall, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: all(panel.isVisible() for panel in panels), timeout=30_000)
    assert not made.isFullScreen()


def test_left_in_full_screen_it_comes_back_so_with_its_panels_behind(open_window: Make) -> None:
    first = open_window()
    first._columns.setSizes([700, 400])
    before = first._columns.sizes()
    first.toggle_full_screen()

    second = open_window()
    second.restore(first.saved_state())
    assert second.isFullScreen()
    assert not second.incidents.isVisible()

    second.toggle_full_screen()
    assert second.incidents.isVisible()
    assert second._columns.sizes()[1] == before[1]


def test_escape_leaves_one_camera_before_it_leaves_the_full_screen(open_window: Make, qtbot: QtBot) -> None:
    made = open_window()
    made.toggle_full_screen()
    made.wall.show_alone(CameraId("till"))
    qtbot.keyClick(made.wall, Qt.Key.Key_Escape)
    assert made.wall.alone is None
    assert made.isFullScreen()

    qtbot.keyClick(made.wall, Qt.Key.Key_Escape)
    assert not made.isFullScreen()


def test_the_chosen_camera_stays_chosen_into_the_full_screen_and_out(open_window: Make, qtbot: QtBot) -> None:
    made = open_window()
    chosen = made.wall.tile(CameraId("till"))
    chosen.setFocus()

    for _ in range(2):
        made.toggle_full_screen()
        qtbot.waitUntil(chosen.hasFocus, timeout=30_000)


def test_views_and_the_second_wall_come_back(open_window: Make) -> None:
    first = open_window()
    first.wall_pane.arrangement.set_layout("1+5")
    first.open_second_wall().pane.arrangement.set_layout("1")
    first.wall_pane.arrangement.swap(0, 1)
    state = first.saved_state()
    first.close()
    assert first.second_wall.window is None
    assert first.saved_state() == state, "closing all windows is not closing the second one"

    second = open_window()
    second.restore(state)

    assert second.wall_pane.arrangement.seats()[:2] == ("till", "door")
    assert second.second_wall.window is not None
    second.close()


def test_saving_reaches_the_bar_and_the_tile(open_window: Make, bridge: Bridge, words: Texts) -> None:
    made = open_window()
    bridge.publish(CameraEffort(CameraId("door"), saving=True, unseen_s=7.0))

    assert made.wall_pane.bar.saving.text() == words("wall.saving", count=1)
    assert made.wall_pane.bar.saving.isVisible()
    assert "7 s" in made.wall_pane.bar.saving.toolTip()


def test_one_settings_dialog_at_a_time(open_window: Make) -> None:
    made = open_window()
    first = made.open_settings("analysis")
    second = made.open_settings("cameras")
    assert second is first
    assert first.cameras.isVisible()

    first.reject()
    assert made.open_settings() is not first
    made.open_settings().reject()


def test_the_banner_leads_to_the_settings(open_window: Make, bridge: Bridge) -> None:
    made = open_window()
    bridge.publish(NO_KEY)
    made.banner.settings_requested.emit()

    dialog = made.open_settings()
    assert dialog.isVisible()
    dialog.reject()


def test_new_settings_take_effect_and_end_old_proofs(
    open_window: Make, bridge: Bridge, controls: FakeControls, qapp: QApplication, theme: Theme
) -> None:
    made = open_window()
    bridge.publish(PartStatus(Part.AI, Health.OK, label="gemini"))
    garage = CameraSettings(id="garage", name="Garage", kind=SourceKind.USB, url="0")

    made._apply(Settings(analysis=AnalysisPlace.OFF, theme="light", cameras=(garage,)), NewSecrets())

    assert [row.name for row in made.models.cameras.rows()] == ["Garage"]
    assert [lane.name for lane in made.models.timeline.lanes()] == ["Garage"]
    assert "Analysis is off." in made.banner.said()
    assert made.status_bar.segment("ai").health is Health.UNKNOWN
    assert theme.name == "light"
    qapp.setStyleSheet("")


def test_settings_that_could_not_be_stored_leave_everything(
    open_window: Make, bridge: Bridge, controls: FakeControls
) -> None:
    made = open_window()
    bridge.publish(PartStatus(Part.AI, Health.OK, label="gemini"))
    controls.apply_fails_with = VigintError(Code.STORE_FAILED)

    with pytest.raises(VigintError):
        made._apply(Settings(analysis=AnalysisPlace.OFF), NewSecrets())

    assert made.status_bar.segment("ai").health is Health.OK
    assert made.banner.isHidden()


def test_without_a_camera_the_window_offers_the_next_step(
    open_window: Make, controls: FakeControls, qtbot: QtBot
) -> None:
    controls.camera_list = []
    made = open_window()
    assert not made.wall.isVisible()

    button = next(b for b in made.findChildren(object, "primary") if b.isVisible())
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    dialog = made.open_settings("cameras")
    assert dialog.isVisible()
    dialog.reject()


def test_all_lanes_are_in_sight_from_the_start(open_window: Make, controls: FakeControls) -> None:
    for cameras in (4, 9):
        controls.camera_list = [camera(f"Camera{n}") for n in range(cameras)]
        made = open_window()
        made.timeline.grab()

        assert made.timeline.visibleRegion().boundingRect().height() >= made.timeline.minimumHeight(), cameras
        made.hide()
