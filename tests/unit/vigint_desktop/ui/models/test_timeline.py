"""A day of every camera, in bounded memory."""

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.fakes.moments import NOON_S, camera, incident, snapshot, unwell, window
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import CameraId, IncidentId
from vigint_core.domain.incident import IncidentState
from vigint_core.domain.review import Review
from vigint_core.domain.status import Activity, ReviewTold, WindowResult
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
    model.load([window(2, NOON_S, camera_id="garage"), incident(1, "garage")])

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
        lambda: model.add_health(unwell(NOON_S)),
        lambda: model.add_snapshot(snapshot(NOON_S)),
        lambda: model.load_camera(CameraId("door"), [window(2, NOON_S)], NOON_S),
        lambda: [model.prune_next(NOON_S) for _ in range(2)],
    )
    for change in changes:
        with qtbot.waitSignal(model.lane_changed, check_params_cb=lambda camera_id: camera_id == "door"):
            change()
    with qtbot.waitSignal(model.changed):
        model.load([])


def test_a_camera_that_is_not_well_is_so_until_it_is_told_to_be(model: TimelineModel) -> None:
    model.add_health(unwell(NOON_S, closed=False))
    model.prune(NOON_S + 30 * 3600)
    model.add_health(unwell(NOON_S, length_s=30 * 3600))

    (known,) = model.lanes()[0].health
    assert known.closed
    model.prune(NOON_S + 60 * 3600)
    assert not model.lanes()[0].health


def test_snapshots_are_kept_for_a_day(model: TimelineModel) -> None:
    model.add_snapshot(snapshot(NOON_S))
    model.add_snapshot(snapshot(NOON_S))
    assert model.lanes()[0].snapshots == [snapshot(NOON_S)]

    model.prune(NOON_S + 25 * 3600)
    assert model.lanes()[0].snapshots == []


def test_older_history_is_settled_at_once_and_does_not_undo_what_is_known_by_now(model: TimelineModel) -> None:
    vetoed = incident(1, at_s=NOON_S - 7200, state=IncidentState.VETOED)
    model.add_incident(vetoed)

    model.load_camera(
        CameraId("door"),
        [
            window(1, NOON_S - 7200),
            Activity(CameraId("door"), Span(NOON_S - 7200, NOON_S - 7100), closed=True),
            incident(1, at_s=NOON_S - 7200),
        ],
        NOON_S,
    )

    lane = model.lanes()[0]
    assert (len(lane.fresh_runs), len(lane.fresh_activity)) == (0, 0)
    assert (len(lane.runs), len(lane.activity)) == (1, 1)
    assert lane.incidents == [vetoed]


def test_activity_that_is_told_again_stays_one(model: TimelineModel) -> None:
    for _ in range(2):
        model.add_activity(Activity(CameraId("door"), Span(NOON_S, NOON_S + 5), closed=True))
        model.prune(NOON_S + 5000)

    assert model.lanes()[0].activity == [Span(NOON_S, NOON_S + 5)]


def test_what_people_say_reaches_the_lane_of_its_camera(qtbot: QtBot) -> None:
    reviews: dict[IncidentId, ReviewTold] = {}
    model = TimelineModel(reviews=reviews)
    model.set_cameras([camera("Door"), camera("Till")])
    model.add_incident(incident(1, "till"))
    told = reviews[IncidentId("i1")] = ReviewTold(IncidentId("i1"), Review(owner="Anna"))

    with qtbot.waitSignal(model.lane_changed) as changed:
        model.refresh_incident(IncidentId("i1"))

    assert changed.args == ["till"]
    assert model.lanes()[1].reviews == {IncidentId("i1"): told}


def test_an_incident_that_is_gone_leaves_its_lane(model: TimelineModel, qtbot: QtBot) -> None:
    model.load([incident(1), incident(2, at_s=NOON_S + 9)])

    with qtbot.waitSignal(model.lane_changed) as changed:
        model.remove_incident(IncidentId("i1"))
    with qtbot.assertNotEmitted(model.lane_changed):
        model.remove_incident(IncidentId("i1"))

    assert changed.args == ["door"]
    assert [i.id for i in model.lanes()[0].incidents] == ["i2"]
