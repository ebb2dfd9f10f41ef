"""Whatever lies on the timeline tells itself: what, from when to when, why, and what to do."""

from dataclasses import replace

from tests.fakes.moments import NOON_S, incident, snapshot, unwell, window
from vigint_core.domain.camera import CameraState
from vigint_core.domain.coverage import Cover, CoverRun
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import CameraId, IncidentId
from vigint_core.domain.review import Review, ReviewState
from vigint_core.domain.status import ReviewTold, WindowResult
from vigint_core.domain.window import Span
from vigint_desktop.ui.rows.runs import coalesce
from vigint_desktop.ui.rows.timeline import Frame, Lane, LaneData, Mark, View, lay_out_lane
from vigint_desktop.ui.rows.told import told_health, told_mark, told_point, told_run, told_snapshot
from vigint_desktop.ui.text import Texts


def test_a_camera_that_was_not_well_tells_state_cause_and_remedy(words: Texts) -> None:
    said = told_health("Door", unwell(NOON_S, CameraState.FROZEN, Code.CAMERA_FROZEN), words)

    assert said.startswith("Door, ")
    assert said.splitlines()[0].endswith(": frozen")
    assert words.cause(Code.CAMERA_FROZEN) in said
    assert words.remedy(Code.CAMERA_FROZEN) in said


def test_one_that_is_still_not_well_tells_since_when(words: Texts) -> None:
    assert told_health("Door", unwell(NOON_S, closed=False), words).startswith("Door, since ")


def test_a_trouble_without_a_code_tells_its_state(words: Texts) -> None:
    assert told_health("Door", unwell(NOON_S, CameraState.STALLED, None), words).endswith(": stalled")


def test_what_was_saved_on_is_told_as_such(words: Texts) -> None:
    (run,) = coalesce([window(1, NOON_S, WindowResult.NOT_ANALYSED, Code.PIPELINE_SAVING)])

    said = told_run("Door", run, words)

    assert "not looked at: the computer could not keep up and left pictures out (clips: 1)" in said
    assert words.remedy(Code.PIPELINE_SAVING) in said


def test_a_sign_tells_how_many_it_stands_for(words: Texts) -> None:
    alone = told_mark(Mark(0.0, incident(1)), NOON_S, words)

    assert "A bottle goes into a bag." in alone
    assert "And more here: 3." in told_mark(Mark(0.0, incident(1), others=3), NOON_S, words)
    assert "And more" not in alone


def test_a_snapshot_tells_camera_and_time(words: Texts) -> None:
    assert told_snapshot("Door", snapshot(NOON_S), words).startswith("Door, ")


def lane(*, cover: CoverRun, window_reason: Code | None = None) -> Lane:
    """A hundred seconds on a hundred pixels, with movement in the middle and perhaps a window over it."""
    moved = Span(NOON_S - 60, NOON_S - 40)
    runs = coalesce([window(1, NOON_S - 60, WindowResult.CLEAR, window_reason)] if window_reason else [])
    data = LaneData(CameraId("door"), "Door", fresh_activity=[moved], fresh_runs=runs, coverage=[cover])
    return lay_out_lane(Frame(View(NOON_S - 100, NOON_S), 100.0, 30.0, NOON_S), data, 0)


def local_only(reason: Code | None) -> CoverRun:
    return CoverRun(int(NOON_S) - 60, int(NOON_S) - 40, Cover.LOCAL_ONLY, reason)


def test_movement_that_the_budget_kept_from_the_ai_says_so_wherever_it_is_touched(words: Texts) -> None:
    shown = lane(cover=local_only(Code.BUDGET_LOCAL_ONLY))

    for y in (10.0, 22.0, 29.0):
        said = told_point(shown, 50.0, y, NOON_S, words)
        assert "local only, to save money" in said
        assert words.cause(Code.BUDGET_LOCAL_ONLY) in said
        assert words.remedy(Code.BUDGET_LOCAL_ONLY) in said
    assert told_point(shown, 90.0, 10.0, NOON_S, words) == ""


def test_movement_that_the_plan_kept_from_the_ai_is_told_apart(words: Texts) -> None:
    said = told_point(lane(cover=local_only(None)), 50.0, 10.0, NOON_S, words)

    assert said.endswith("local only, by the plan")


def test_what_was_clear_by_less_says_what_was_left_out(words: Texts) -> None:
    clear = CoverRun(int(NOON_S) - 60, int(NOON_S) - 40, Cover.CLEAR, Code.BUDGET_FEWER_FRAMES)
    shown = lane(cover=clear, window_reason=Code.BUDGET_FEWER_FRAMES)

    assert "looked at with less, clear (clips: 1)" in told_point(shown, 45.0, 10.0, NOON_S, words)
    for y in (10.0, 29.0):
        assert words.cause(Code.BUDGET_FEWER_FRAMES) in told_point(shown, 45.0, y, NOON_S, words)


def test_a_sign_tells_whose_incident_it_is_and_what_people_say(words: Texts) -> None:
    told = ReviewTold(IncidentId("i1"), Review(state=ReviewState.IN_HAND, owner="Bob", at_s=NOON_S))
    said = told_mark(Mark(0.0, replace(incident(1), foreign=True), told=told), NOON_S, words)

    assert f"{words('incident.other_desk')}, In hand · Bob. " in said
