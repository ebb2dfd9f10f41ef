"""What goes to disk and what leaves it, decided from times and sizes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigint_core.domain.camera import Recording
from vigint_core.domain.window import Span
from vigint_core.policy.recording import RecordingLimits, RecordingRule, is_full, kept_span, latest_activity, to_remove
from vigint_core.policy.retention import Kept

RULE = RecordingRule(pre_roll_s=5, post_roll_s=10, segment_s=300)
FOREVER = float("inf")
DAY_S = 24 * 3600.0


@pytest.mark.parametrize(
    ("choice", "activity", "kept"),
    [
        (Recording.OFF, Span(100, 110), None),
        (Recording.CONTINUOUS, None, Span(-FOREVER, FOREVER)),
        (Recording.ON_ACTIVITY, None, None),
        (Recording.ON_ACTIVITY, Span(100, 110), Span(95, 120)),
        (Recording.ON_ACTIVITY, Span(100, FOREVER), Span(95, FOREVER)),
    ],
)
def test_what_is_kept(choice: Recording, activity: Span | None, kept: Span | None) -> None:
    assert kept_span(RULE, choice, activity) == kept


def test_an_open_gate_records_without_end_and_a_closed_one_to_its_end() -> None:
    assert latest_activity(RULE, None, Span(100, 101), closed=False) == Span(100, FOREVER)
    assert latest_activity(RULE, Span(100, FOREVER), Span(100, 130), closed=True) == Span(100, 130)


def test_activities_whose_recordings_touch_are_one() -> None:
    before = Span(100, 110)
    assert latest_activity(RULE, before, Span(125, 126), closed=False) == Span(100, FOREVER)
    assert latest_activity(RULE, before, Span(126, 127), closed=False) == Span(126, FOREVER)


def test_a_file_is_full_after_its_time_and_when_the_clock_was_set_back() -> None:
    assert not is_full(RULE, 1000, 1299)
    assert is_full(RULE, 1000, 1300)
    assert is_full(RULE, 1000, 999)


def test_what_is_too_old_goes_before_what_is_too_much() -> None:
    files = [Kept("a", 10, 0), Kept("b", 10, 9 * DAY_S), Kept("c", 10, 9.5 * DAY_S), Kept("d", 10, 9.9 * DAY_S)]
    assert to_remove(files, [], RecordingLimits(100, 2), 10 * DAY_S) == ["a"]
    assert to_remove(files, [], RecordingLimits(20, 2), 10 * DAY_S) == ["a", "b"]


def test_a_file_that_is_being_written_counts_and_stays() -> None:
    files = [Kept("running", 30, 0), Kept("closed", 10, 5)]
    assert to_remove(files, ["running"], RecordingLimits(35, 1), 10 * DAY_S) == ["closed"]
    assert to_remove([files[0]], ["running"], RecordingLimits(1, 1), 10 * DAY_S) == []


@given(
    st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1000)), max_size=30),
    st.integers(0, 20_000),
)
def test_afterwards_the_rest_fits_and_nothing_younger_went_before_something_older(
    sizes: list[tuple[int, int]], most: int
) -> None:
    files = [Kept(str(number), size, float(since)) for number, (size, since) in enumerate(sizes)]
    gone = set(to_remove(files, [], RecordingLimits(most, 3650), 1000.0))
    left = [file for file in files if file.name not in gone]
    assert sum(file.size for file in left) <= most
    assert all(old.since_s <= young.since_s for old in files if old.name in gone for young in left)
