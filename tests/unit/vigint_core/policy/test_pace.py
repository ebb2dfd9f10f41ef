"""The provider's limits: learnt from refusals, lifted by answers, and a day's quota until its reset."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigint_core.domain.fault import Code
from vigint_core.policy.pace import Pace, answered, exhausted, next_reset_s, slowed, started

NOW_S = 1_800_000_000.0
PACIFIC = "America/Los_Angeles"


def pacific(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(PACIFIC)).timestamp()


def test_while_no_limit_is_known_calls_start_at_once() -> None:
    assert not Pace().is_limited
    assert started(Pace(), NOW_S) == Pace()
    assert Pace().start_s(NOW_S) == NOW_S


def test_a_refusal_halves_the_pace_of_the_last_minute_and_pauses_as_long_as_was_named() -> None:
    pace = slowed(Pace(), NOW_S, 7.0, in_last_minute=60)

    assert (pace.interval_s, pace.paused_until_s, pace.reason) == (2.0, NOW_S + 7, Code.AI_RATE_LIMITED)
    assert pace.start_s(NOW_S + 3) == NOW_S + 7
    assert pace.start_s(NOW_S + 9) == NOW_S + 9
    going = started(pace, NOW_S + 9)
    assert going.start_s(NOW_S + 9.5) == NOW_S + 11


def test_a_provider_that_names_no_delay_is_given_some_seconds() -> None:
    assert slowed(Pace(), NOW_S, None, 10).paused_until_s == NOW_S + 5
    assert slowed(Pace(), NOW_S, 0.0, 10).paused_until_s == NOW_S + 5


def test_a_wrong_number_of_the_other_side_silences_nobody_for_long() -> None:
    assert slowed(Pace(), NOW_S, 1e9, 10).paused_until_s == NOW_S + 900


def test_several_refusals_at_once_are_one_lesson() -> None:
    once = slowed(Pace(), NOW_S, 7.0, 60)
    twice = slowed(once, NOW_S + 1, 7.0, 60)

    assert twice.interval_s == once.interval_s
    assert twice.paused_until_s == NOW_S + 8
    later = slowed(twice, NOW_S + 20, 7.0, 30)
    assert later.interval_s == 4.0


def test_one_refusal_in_a_quiet_hour_does_not_make_it_blind() -> None:
    pace = Pace()
    for refusal in range(10):
        pace = slowed(pace, NOW_S + 100 * refusal, 1.0, in_last_minute=0)
    assert pace.interval_s == 12.0


def test_answers_make_it_faster_until_no_limit_is_known() -> None:
    pace = slowed(Pace(), NOW_S, 7.0, 60)
    once = answered(pace, NOW_S + 7)
    assert (once.paused_until_s, 1.9 < once.interval_s < 2.0) == (0.0, True)

    for _ in range(200):
        pace = answered(pace, NOW_S + 7)
    assert not pace.is_limited


def test_an_answer_to_what_was_under_way_at_a_refusal_ends_no_pause() -> None:
    pace = slowed(Pace(), NOW_S, 7.0, 60)
    assert answered(pace, NOW_S + 1) == pace
    assert answered(pace, NOW_S + 1, in_spite=True).paused_until_s == 0.0


def test_a_used_up_quota_pauses_until_it_begins_anew_and_says_so() -> None:
    pace = exhausted(Pace(interval_s=2.0), NOW_S + 5000)

    assert pace.start_s(NOW_S) == NOW_S + 5000
    assert (pace.reason, pace.interval_s) == (Code.AI_QUOTA_EXHAUSTED, 2.0)


def test_a_shorter_pause_does_not_take_the_word_from_a_used_up_quota() -> None:
    pace = slowed(exhausted(Pace(), NOW_S + 5000), NOW_S + 1, 30.0, 60)

    assert (pace.paused_until_s, pace.reason) == (NOW_S + 5000, Code.AI_QUOTA_EXHAUSTED)
    late = slowed(exhausted(Pace(), NOW_S + 10), NOW_S + 1, 30.0, 60)
    assert (late.paused_until_s, late.reason) == (NOW_S + 31, Code.AI_RATE_LIMITED)


@pytest.mark.parametrize(
    ("now", "reset"),
    [
        ("2026-11-27T13:00", "2026-11-28T00:00"),
        ("2026-11-27T00:00", "2026-11-28T00:00"),
        ("2026-11-26T23:59:59", "2026-11-27T00:00"),
        ("2026-03-07T12:00", "2026-03-08T00:00"),
        ("2026-03-08T12:00", "2026-03-09T00:00"),  # a day of 23 hours
        ("2026-11-01T00:30", "2026-11-02T00:00"),  # and one of 25
        ("2026-12-31T18:00", "2027-01-01T00:00"),
    ],
)
def test_a_quota_begins_anew_at_midnight_of_the_providers_clock(now: str, reset: str) -> None:
    assert next_reset_s(pacific(now), PACIFIC, 0) == pacific(reset)


def test_another_hour_may_be_named() -> None:
    assert next_reset_s(pacific("2026-11-27T06:59"), PACIFIC, 7) == pacific("2026-11-27T07:00")
    assert next_reset_s(pacific("2026-11-27T07:00"), PACIFIC, 7) == pacific("2026-11-28T07:00")


@given(st.floats(1.7e9, 2.0e9), st.integers(0, 23), st.sampled_from([PACIFIC, "Europe/Paris", "UTC"]))
def test_the_reset_is_ahead_and_not_more_than_a_long_day(now_s: float, hour: int, zone: str) -> None:
    assert 0 < next_reset_s(now_s, zone, hour) - now_s <= 25 * 3600


_EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["start", "refuse", "exhaust", "answer"]), st.floats(0, 100), st.none() | st.floats(-1e6, 1e6)
    ),
    max_size=30,
)


@given(_EVENTS)
def test_whatever_the_other_side_says_a_pace_stays_within_bounds(
    events: list[tuple[str, float, float | None]],
) -> None:
    pace, now_s, quota_s = Pace(), NOW_S, 0.0
    for event, wait_s, named_s in events:
        now_s += wait_s
        match event:
            case "start":
                now_s = max(now_s, pace.start_s(now_s))
                pace = started(pace, now_s)
            case "refuse":
                pace = slowed(pace, now_s, named_s, 30)
            case "exhaust":
                quota_s = now_s + 50_000
                pace = exhausted(pace, quota_s)
            case _:
                pace = answered(pace, now_s)
        assert 0 <= pace.interval_s <= 12
        assert pace.start_s(now_s) <= max(now_s + 900, quota_s)
