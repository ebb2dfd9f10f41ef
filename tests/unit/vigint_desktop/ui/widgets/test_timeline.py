"""The timeline follows, zooms, pans, and tells what lies under a hand."""

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.fakes.moments import NOON_S, StandingClock, camera, incident, snapshot, unwell, window
from vigint_core.domain.camera import CameraState
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import CameraId
from vigint_core.domain.status import Activity, WindowResult
from vigint_core.domain.window import Span
from vigint_desktop.ui.models.timeline import HISTORY_S, TimelineModel
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.timeline import TimelineView
from vigint_desktop.ui.widgets.timeline_paint import AXIS_PX, NAMES_PX, paint_health_run
from vigint_desktop.ui.widgets.timeline_pane import TimelinePane

WIDTH = NAMES_PX + 1000
_NO_TROUBLE = {
    CameraState.LIVE,
    CameraState.CONNECTING,
    CameraState.ASLEEP,
    CameraState.OFF,
    CameraState.STOPPED,
}


@pytest.fixture
def model(qapp: QApplication) -> TimelineModel:
    made = TimelineModel()
    made.set_cameras([camera("Door"), camera("Till")])
    made.load(
        [
            *(window(n, NOON_S - 1600 + 5 * n, WindowResult.NOT_ANALYSED, Code.AI_NO_KEY) for n in range(60)),
            Activity(CameraId("door"), Span(NOON_S - 1600, NOON_S - 1300), closed=True),
            incident(1, "till", at_s=NOON_S - 600),
            incident(2, "door", at_s=NOON_S - 60),
        ]
    )
    return made


@pytest.fixture
def view(model: TimelineModel, qtbot: QtBot, words: Texts, theme: Theme, clock: StandingClock) -> TimelineView:
    made = TimelineView(model, words, theme, clock)
    qtbot.addWidget(made)
    made.resize(WIDTH, AXIS_PX + 60)
    made.show()
    made.grab()
    return made


def pattern(state: CameraState, theme: Theme) -> bytes:
    image = QImage(40, 24, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    paint_health_run(painter, state, QRectF(0, 0, 40, 24), theme)
    painter.end()
    return bytes(image.constBits())


def key(view: TimelineView, place: int) -> tuple[object, ...]:
    """What the plate of a lane was painted for."""
    return view._theme.name, view._rect_of(place).size(), view.devicePixelRatioF(), lambda _: None


def spot(view: TimelineView, at_s: float, lane: int) -> QPoint:
    return QPoint(round(NAMES_PX + view.view.x(at_s, 1000)), AXIS_PX + 30 * lane + 12)


def wheel(
    view: TimelineView, at: QPoint, up: int, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    event = QWheelEvent(
        QPointF(at),
        QPointF(view.mapToGlobal(at)),
        QPoint(),
        QPoint(0, up),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)


def test_it_starts_with_the_last_half_hour_and_follows(view: TimelineView, clock: StandingClock) -> None:
    assert view.following
    assert view.view.length_s == 1800
    assert view.view.start_s < NOON_S < view.view.end_s


def test_what_was_not_analysed_tells_its_reason(view: TimelineView, words: Texts) -> None:
    said = view.told_at(QPointF(spot(view, NOON_S - 1500, 0)))

    assert said.startswith("Door, ")
    assert "not analysed (clips: 60)" in said
    assert words.cause(Code.AI_NO_KEY) in said
    assert words.remedy(Code.AI_NO_KEY) in said


def test_an_incident_tells_itself_and_nothing_says_nothing(view: TimelineView) -> None:
    assert "A bottle goes into a bag." in view.told_at(QPointF(spot(view, NOON_S - 600, 1)))
    assert view.told_at(QPointF(spot(view, NOON_S - 1200, 1))) == ""
    assert view.told_at(QPointF(10, AXIS_PX + 10)) == ""
    assert view.told_at(QPointF(spot(view, NOON_S, 9))) == ""


def test_a_click_on_a_sign_chooses_the_incident(view: TimelineView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.incident_chosen) as chosen:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=spot(view, NOON_S - 600, 1))

    assert chosen.args == ["i1"]


def test_a_click_elsewhere_chooses_nothing(view: TimelineView, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(view.incident_chosen):
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=spot(view, NOON_S - 1500, 0))


def test_a_drag_pans_and_ends_following(view: TimelineView, qtbot: QtBot) -> None:
    start_s = view.view.start_s
    with qtbot.waitSignal(view.following_changed):
        qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(600, 40))
        qtbot.mouseMove(view, QPoint(610, 40))
        qtbot.mouseMove(view, QPoint(700, 40))
        qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(700, 40))

    assert not view.following
    assert view.view.start_s == pytest.approx(start_s - 180)


def test_the_wheel_zooms_around_the_pointer(view: TimelineView) -> None:
    view.pan(-1200)
    at = QPoint(NAMES_PX + 250, 40)
    under_s = view.view.at(250, 1000)

    wheel(view, at, 120)

    assert view.view.length_s == pytest.approx(1440)
    assert view.view.at(250, 1000) == pytest.approx(under_s)


def test_the_wheel_with_shift_pans(view: TimelineView) -> None:
    length_s = view.view.length_s

    wheel(view, QPoint(500, 40), 120, Qt.KeyboardModifier.ShiftModifier)

    assert view.view.length_s == length_s
    assert not view.following


def test_following_survives_zooming_and_comes_back_with_now(view: TimelineView, clock: StandingClock) -> None:
    view.zoom(2.0)
    assert view.following
    view.pan(-3000)
    assert not view.following

    view.go_to_now()

    assert view.following
    assert view.view.end_s >= clock.wall()


def test_nobody_pans_beyond_what_is_kept(view: TimelineView, clock: StandingClock) -> None:
    view.pan(-10 * HISTORY_S)
    assert view.view.start_s >= clock.wall() - HISTORY_S

    view.pan(20 * HISTORY_S)
    assert view.following


def test_everything_goes_by_keyboard(view: TimelineView, qtbot: QtBot) -> None:
    qtbot.keyClick(view, Qt.Key.Key_Left)
    qtbot.keyClick(view, Qt.Key.Key_Left)
    with qtbot.waitSignal(view.incident_chosen) as chosen:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert chosen.args == ["i1"]

    length_s = view.view.length_s
    qtbot.keyClick(view, Qt.Key.Key_Plus)
    assert view.view.length_s < length_s
    qtbot.keyClick(view, Qt.Key.Key_Minus)
    assert view.view.length_s == pytest.approx(length_s)
    qtbot.keyClick(view, Qt.Key.Key_PageUp)
    assert not view.following
    qtbot.keyClick(view, Qt.Key.Key_End)
    assert view.following


def test_selecting_an_old_incident_brings_it_on_screen(view: TimelineView) -> None:
    old = incident(3, "door", at_s=NOON_S - 40000)

    view.select(old)

    assert view.view.start_s < old.act_s < view.view.end_s


def test_news_is_painted(view: TimelineView, model: TimelineModel, qtbot: QtBot) -> None:
    before = view.grab().toImage()

    model.add_window(window(999, NOON_S - 300, WindowResult.SUSPECTED, camera_id="till"))

    qtbot.waitUntil(lambda: view.grab().toImage() != before, timeout=30_000)


def test_without_cameras_it_says_what_belongs_here(
    qtbot: QtBot, words: Texts, theme: Theme, clock: StandingClock
) -> None:
    empty = TimelineView(TimelineModel(), words, theme, clock)
    qtbot.addWidget(empty)
    empty.resize(800, 100)

    image = empty.grab().toImage()

    assert len({image.pixel(x, y) for x in range(0, 800, 2) for y in range(0, 100, 2)}) > 5


def test_the_legend_hears_what_is_on_screen(
    model: TimelineModel, words: Texts, theme: Theme, clock: StandingClock, qtbot: QtBot
) -> None:
    view = TimelineView(model, words, theme, clock)
    pane = TimelinePane(view, words, theme)
    qtbot.addWidget(pane)
    pane.legend.resize(pane.legend.sizeHint().width() // 2, 20)
    assert "saving" not in pane.legend.shown()

    model.add_window(window(99, NOON_S - 100, WindowResult.NOT_ANALYSED, Code.PIPELINE_SAVING))
    pane.resize(WIDTH, 200)
    pane.show()
    with qtbot.waitSignal(view.seen_changed, timeout=30_000, check_params_cb=lambda seen: "saving" in seen):
        pane.grab()
    pane.legend.resize(pane.legend.sizeHint().width() // 2, 20)

    assert "saving" in pane.legend.shown()


def test_the_pane_leads_back_to_now(
    model: TimelineModel, qtbot: QtBot, words: Texts, theme: Theme, clock: StandingClock
) -> None:
    view = TimelineView(model, words, theme, clock)
    pane = TimelinePane(view, words, theme)
    qtbot.addWidget(pane)
    assert pane.now_button.isChecked()

    view.pan(-3000)
    assert not pane.now_button.isChecked()
    pane.now_button.click()

    assert view.following
    assert pane.now_button.isChecked()
    pane.now_button.click()
    assert pane.now_button.isChecked()


def test_news_is_gathered_and_painted_with_the_next_refresh(
    view: TimelineView, model: TimelineModel, qtbot: QtBot
) -> None:
    model.add_window(window(999, NOON_S - 300, WindowResult.SUSPECTED, camera_id="till"))
    assert not view.lanes()[1].outcomes

    qtbot.waitUntil(lambda: bool(view.lanes()[1].outcomes), timeout=30_000)


def below(at: QPoint) -> QPoint:
    """The part of a lane in which snapshots have their signs."""
    return QPoint(at.x(), at.y() + 14)


def test_a_click_on_a_snapshot_shows_it(view: TimelineView, model: TimelineModel, qtbot: QtBot) -> None:
    model.load([snapshot(NOON_S - 900)])
    view.grab()
    at = below(spot(view, NOON_S - 900, 0))

    with qtbot.waitSignal(view.snapshot_chosen) as chosen:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=at)

    assert chosen.args == [snapshot(NOON_S - 900)]
    assert "snapshot" in view.told_at(QPointF(at))


def test_a_snapshot_below_an_incident_hides_neither(view: TimelineView, model: TimelineModel, qtbot: QtBot) -> None:
    model.load([snapshot(NOON_S - 600, "till")])
    view.grab()
    at = spot(view, NOON_S - 600, 1)

    with qtbot.waitSignal(view.incident_chosen):
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=at)
    with qtbot.waitSignal(view.snapshot_chosen):
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=below(at))


def test_a_double_click_where_nothing_is_plays_from_there(view: TimelineView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.recording_asked) as asked:
        qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=spot(view, NOON_S - 1000, 1))

    assert asked.args[0] == "till"
    assert asked.args[1] == pytest.approx(NOON_S - 1000, abs=2.0)


@pytest.mark.parametrize("where", ["on a sign", "in the future", "on a name"])
def test_a_double_click_elsewhere_plays_no_recording(view: TimelineView, qtbot: QtBot, where: str) -> None:
    spots = {
        "on a sign": spot(view, NOON_S - 600, 1),
        "in the future": spot(view, NOON_S + 40, 1),
        "on a name": QPoint(20, AXIS_PX + 12),
    }
    with qtbot.assertNotEmitted(view.recording_asked):
        qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=spots[where])


def test_a_camera_that_was_not_well_tells_it_beside_what_was_looked_at(
    view: TimelineView, model: TimelineModel, words: Texts
) -> None:
    model.load([unwell(NOON_S - 1550, length_s=100)])
    view.grab()

    said = view.told_at(QPointF(spot(view, NOON_S - 1500, 0)))

    assert words.cause(Code.CAMERA_UNREACHABLE) in said
    assert "not analysed (clips: 60)" in said


@pytest.mark.parametrize("state", [s for s in CameraState if s not in _NO_TROUBLE])
def test_every_trouble_has_a_pattern_of_its_own(state: CameraState, theme: Theme, qapp: QApplication) -> None:
    mine = pattern(state, theme)
    others = [pattern(other, theme) for other in CameraState if other not in {*_NO_TROUBLE, state}]

    assert mine not in others


def test_only_the_lane_with_news_is_painted_again(view: TimelineView, model: TimelineModel) -> None:
    before = [plate.pixmap(*key(view, place)).cacheKey() for place, plate in enumerate(view._plates)]

    model.add_window(window(999, NOON_S - 300, WindowResult.SUSPECTED, camera_id="till"))
    for _ in range(8):
        view._refresh()
    view.grab()

    after = [plate.pixmap(*key(view, place)).cacheKey() for place, plate in enumerate(view._plates)]
    assert (after[0] == before[0], after[1] == before[1]) == (True, False)


def test_with_time_every_lane_follows_in_its_turn(view: TimelineView, clock: StandingClock) -> None:
    before = view.view
    clock.advance(100)
    for _ in range(16):
        view._refresh()
        view.grab()

    assert view.view.start_s == pytest.approx(before.start_s + 100)
    (mark,) = view.lanes()[0].marks
    assert mark.x == pytest.approx(view.view.x(NOON_S - 60, 1000), abs=0.01)
