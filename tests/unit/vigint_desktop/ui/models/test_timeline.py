"""A day of every camera, in bounded memory."""

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.fakes.moments import NOON_S, camera, incident, window
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import CameraId
from vigint_core.domain.status import Activity, WindowResult
from vigint_core.domain.window import Span
from vigint_desktop.ui.models.timeline import TimelineModel


@pytest.fixture
def model(qapp: QApplication) -> TimelineModel:
    made = TimelineModel()
    made.set_cameras([camera("Door"), camera("Till")])
    return made


def test_there_is_a_lane_a_camera_in_the_owners_order(model: TimelineModel) -> None:
    assert [lane.name for lane in model.lanes()] == ["Door", "Till"]


def test_an_open_gate_grows_under_its_start(model: TimelineModel) -> None:
    for end_s in (10.0, 20.0):
        model.add_activity(Activity(CameraId("door"), Span(5.0, end_s), closed=False))

    assert model.lanes()[0].activity == [Span(5.0, 20.0)]


def test_a_waiting_window_becomes_its_outcome(model: TimelineModel) -> None:
    model.add_window(window(1, NOON_S, WindowResult.WAITING))
    model.add_window(window(1, NOON_S, WindowResult.NOT_ANALYSED, Code.AI_TIMEOUT))

    (run,) = model.lanes()[0].runs
    assert (run.result, run.reason, run.count) == (WindowResult.NOT_ANALYSED, Code.AI_TIMEOUT, 1)


def test_what_happens_elsewhere_is_not_on_this_wall(model: TimelineModel, qtbot: QtBot) -> None:
    model.add_window(window(1, NOON_S, camera_id="garage"))
    model.add_activity(Activity(CameraId("garage"), Span(1, 2), closed=True))
    model.load([window(2, NOON_S, camera_id="garage")], [], [incident(1, "garage")])

    assert all(not lane.runs and not lane.activity and not lane.incidents for lane in model.lanes())


def test_an_incident_that_changes_stays_one(model: TimelineModel) -> None:
    model.add_incident(incident(1))
    model.add_incident(incident(1, at_s=NOON_S + 5))

    assert [i.act_s for i in model.lanes()[0].incidents] == [NOON_S + 5]


def test_settled_windows_are_folded_without_being_lost_or_changed(model: TimelineModel) -> None:
    for n in range(400):
        model.add_window(window(n, NOON_S + 5 * n, WindowResult.SUSPECTED if n == 100 else WindowResult.CLEAR))
    before = model.lanes()[0].runs

    model.prune(NOON_S + 2010)
    assert model.lanes()[0].runs == before
    model.prune(NOON_S + 4000)

    assert model.lanes()[0].runs == before
    assert sum(run.count for run in before) == 400


def test_windows_that_follow_folded_ones_join_them(model: TimelineModel) -> None:
    model.add_window(window(1, NOON_S))
    model.prune(NOON_S + 1000)
    model.add_window(window(2, NOON_S + 5))
    model.prune(NOON_S + 2000)

    assert [(run.span, run.count) for run in model.lanes()[0].runs] == [(Span(NOON_S, NOON_S + 15), 2)]


def test_a_window_that_still_waits_is_not_folded(model: TimelineModel) -> None:
    model.add_window(window(1, NOON_S, WindowResult.WAITING))
    model.prune(NOON_S + 5000)

    model.add_window(window(1, NOON_S, WindowResult.CLEAR))

    assert [run.result for run in model.lanes()[0].runs] == [WindowResult.CLEAR]


def test_after_a_day_everything_is_forgotten(model: TimelineModel) -> None:
    model.add_window(window(1, NOON_S))
    model.add_activity(Activity(CameraId("door"), Span(NOON_S, NOON_S + 5), closed=True))
    model.add_incident(incident(1))

    model.prune(NOON_S + 25 * 3600)

    lane = model.lanes()[0]
    assert (list(lane.runs), list(lane.activity), list(lane.incidents)) == ([], [], [])


def test_the_view_hears_of_every_change(model: TimelineModel, qtbot: QtBot) -> None:
    changes = (
        lambda: model.add_window(window(1, NOON_S)),
        lambda: model.add_activity(Activity(CameraId("door"), Span(1, 2), closed=True)),
        lambda: model.add_incident(incident(1)),
        lambda: model.load([], [], []),
    )
    for change in changes:
        with qtbot.waitSignal(model.changed):
            change()
