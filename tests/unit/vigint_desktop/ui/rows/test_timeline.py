"""The timeline's geometry: everything is where its time says, and what a hand points at is what it gets."""

from datetime import UTC
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.moments import NOON_S, incident, snapshot, unwell, window
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import CameraId, IncidentId
from vigint_core.domain.incident import IncidentState
from vigint_core.domain.review import Review, ReviewState
from vigint_core.domain.status import ReviewTold, WindowResult
from vigint_core.domain.verdict import Severity
from vigint_core.domain.window import Span
from vigint_desktop.ui.rows.runs import coalesce, run_stretches, span_stretches
from vigint_desktop.ui.rows.timeline import (
    LONGEST_S,
    SHORTEST_S,
    Frame,
    LaneData,
    View,
    health_at,
    lane_at,
    lay_out,
    mark_at,
    neighbour,
    run_at,
    snapshot_at,
    ticks,
)

CLEAR, MISSED = WindowResult.CLEAR, WindowResult.NOT_ANALYSED


def lane(**changes: object) -> LaneData:
    return LaneData(**{"camera_id": CameraId("door"), "name": "Door", **changes})  # type: ignore[arg-type]


def frame(start_s: float, end_s: float, now_s: float, current: str | None = None) -> Frame:
    return Frame(View(start_s, end_s), 1000, 30, now_s, IncidentId(current) if current else None)


def test_zooming_keeps_what_is_under_the_pointer() -> None:
    view = View(0, 3600).zoomed(0.5, 900)

    assert view.length_s == 1800
    assert view.x(900, 100) == pytest.approx(25)


def test_zooming_ends_at_a_minute_and_at_a_day() -> None:
    view = View(0, 3600)

    assert view.zoomed(1e-9, 0).length_s == SHORTEST_S
    assert view.zoomed(1e9, 0).length_s == LONGEST_S


@given(st.floats(-1e5, 2e5), st.floats(60, 86400))
def test_a_view_always_shows_some_past_and_never_only_future(start_s: float, length_s: float) -> None:
    view = View(start_s, start_s + length_s).within(earliest_s=0, now_s=86400)

    assert view.end_s <= 86400 + view.length_s * 0.03 + 1e-6
    assert view.length_s == pytest.approx(length_s)


def test_following_keeps_now_near_the_right_edge() -> None:
    view = View(0, 1000).following(5000)

    assert 0.9 < view.x(5000, 1.0) < 1.0


def test_blocks_lie_where_their_time_says_and_end_at_now() -> None:
    data = lane(fresh_activity=(Span(10, 20), Span(80, 120)), fresh_runs=coalesce([window(0, 10)]))

    (made,) = lay_out(frame(0, 100, 90), [data])

    assert [(b.x0, b.x1) for b in made.activity] == [(100, 200), (800, 900)]
    assert [(b.x0, b.x1) for b in made.outcomes] == [(100, 200)]


def test_what_is_off_screen_is_not_laid_out() -> None:
    data = lane(fresh_activity=(Span(0, 5),), fresh_runs=coalesce([window(0, 500)]), incidents=(incident(1, at_s=700),))

    (made,) = lay_out(frame(100, 200, 1000), [data])

    assert (made.activity, made.outcomes, made.marks) == ((), (), ())


def test_the_graver_outcome_lies_on_top_and_is_what_a_click_gets() -> None:
    runs = coalesce([window(0, 0, MISSED, Code.AI_NO_KEY), window(1, 5)])

    (made,) = lay_out(frame(0, 100, 100), [lane(fresh_runs=runs)])

    hit = run_at(made, 70)
    assert hit is not None
    assert hit.reason is Code.AI_NO_KEY
    assert run_at(made, 500) is None


def test_a_click_near_a_sign_means_it() -> None:
    (made,) = lay_out(frame(0, 100, 100), [lane(incidents=(incident(1, at_s=50), incident(2, at_s=51)))])

    near = mark_at(made, 512)
    assert near is not None
    assert near.incident.id == "i2"
    assert mark_at(made, 530) is None


def test_lanes_lie_below_each_other() -> None:
    made = lay_out(frame(0, 100, 100), [lane(), lane(name="Till")])

    assert [(one.name, one.top) for one in made] == [("Door", 0), ("Till", 30)]
    assert lane_at(made, 31) is made[1]
    assert lane_at(made, 61) is None


def test_ticks_are_round_local_times_with_room_for_their_labels() -> None:
    made = ticks(View(NOON_S - 3600, NOON_S), 800, ZoneInfo("Asia/Kolkata"))  # half an hour off the hour

    assert [tick.label for tick in made] == ["02:50", "03:00", "03:10", "03:20", "03:30", "03:40"]
    assert all(b.x - a.x >= 88 for a, b in pairwise(made))


def test_short_views_tell_seconds() -> None:
    assert ticks(View(NOON_S, NOON_S + 60), 800, UTC)[0].label == "22:13:20"


def test_arrows_walk_through_the_incidents_of_all_cameras_in_time() -> None:
    first, second, third = (incident(n, at_s=100.0 * n) for n in (1, 2, 3))
    lanes = [lane(incidents=(first, third)), lane(incidents=(second,))]

    assert neighbour(lanes, None, -1) is third
    assert neighbour(lanes, third, -1) is second
    assert neighbour(lanes, second, -1) is first
    assert neighbour(lanes, first, -1) is first
    assert neighbour(lanes, first, 1) is second
    assert neighbour([lane()], None, 1) is None


def test_what_is_settled_is_drawn_with_what_is_fresh_as_one() -> None:
    data = lane(settled=run_stretches(coalesce([window(0, 0)])), fresh_runs=coalesce([window(1, 10)]))

    (made,) = lay_out(frame(0, 100, 100), [data])

    assert [(b.x0, b.x1) for b in made.outcomes] == [(0, 200)]
    assert [run.count for run in data.runs] == [2]


def test_past_activity_is_drawn_as_well() -> None:
    data = lane(past=span_stretches([Span(0, 5)]), fresh_activity=[Span(50, 60)])

    (made,) = lay_out(frame(0, 100, 100), [data])

    assert [(b.x0, b.x1) for b in made.activity] == [(0, 50), (500, 600)]


def test_of_a_crowd_the_gravest_stands_for_all_and_says_how_many() -> None:
    crowd = [
        incident(1, at_s=50.0, severity=Severity.LOW),
        incident(2, at_s=50.3, severity=Severity.CRITICAL, state=IncidentState.VETOED),
        incident(3, at_s=50.2, severity=Severity.HIGH),
    ]

    (made,) = lay_out(frame(0, 100, 100), [lane(incidents=sorted(crowd, key=lambda i: i.act_s))])

    assert [(mark.incident.id, mark.others) for mark in made.marks] == [("i3", 2)]


def test_the_chosen_one_is_never_hidden_by_its_crowd() -> None:
    crowd = [incident(1, at_s=50.0, severity=Severity.LOW), incident(2, at_s=50.2, severity=Severity.CRITICAL)]

    (made,) = lay_out(frame(0, 100, 100, "i1"), [lane(incidents=crowd)])

    assert [mark.incident.id for mark in made.marks] == ["i1"]


@given(st.floats(0, 400))
def test_no_incident_on_screen_is_left_out_however_far_out_one_zooms(shift_s: float) -> None:
    incidents = [incident(n, at_s=1000.0 + 7.3 * n) for n in range(200)]

    (made,) = lay_out(frame(900 + shift_s, 900 + shift_s + 4000, 9000), [lane(incidents=incidents)])

    shown = [i for i in incidents if 900 + shift_s <= i.act_s]
    assert sum(1 + mark.others for mark in made.marks) == len(shown)


def test_a_camera_that_is_still_not_well_is_so_until_now() -> None:
    data = lane(health=[unwell(10, length_s=5, closed=False)])

    (made,) = lay_out(frame(0, 100, 80), [data])

    assert [(block.x0, block.x1) for block in made.health] == [(100, 800)]
    assert health_at(made, 500) is data.health[0]
    assert health_at(made, 900) is None


def test_a_snapshot_is_found_near_its_sign() -> None:
    data = lane(snapshots=[snapshot(50)])

    (made,) = lay_out(frame(0, 100, 100), [data])

    assert snapshot_at(made, 505, 25) == snapshot(50)
    assert snapshot_at(made, 530, 25) is None


def test_what_somebody_takes_care_of_is_muted_and_stands_behind_what_nobody_does() -> None:
    taken = ReviewTold(IncidentId("i1"), Review(state=ReviewState.IN_HAND))
    grave = incident(1, at_s=100.0, severity=Severity.CRITICAL)
    known = lane(incidents=[grave, incident(2, at_s=101.0, severity=Severity.LOW)], reviews={taken.incident_id: taken})

    ((crowd,),) = (row.marks for row in lay_out(frame(0, 3600, 3600), [known]))
    assert (crowd.incident.id, crowd.muted, crowd.told) == ("i2", False, None)

    ((chosen,),) = (row.marks for row in lay_out(frame(0, 3600, 3600, "i1"), [known]))
    assert (chosen.incident.id, chosen.muted, chosen.told) == ("i1", True, taken)
