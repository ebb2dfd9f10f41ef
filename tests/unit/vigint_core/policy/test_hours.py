"""Hours of a camera: over midnight, and on the two days a year on which the clock is set."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigint_core.domain.schedule import Hours
from vigint_core.domain.window import Span
from vigint_core.policy.hours import is_on, off_spans

PARIS = ZoneInfo("Europe/Paris")


def at(text: str, *, fold: int = 0) -> float:
    """Unix time of a local time in Paris."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS, fold=fold).timestamp()


def on(start: str, end: str, now: float) -> bool:
    hours = [int(text[:2]) * 60 + int(text[3:]) for text in (start, end)]
    return is_on(Hours(*hours), now, PARIS)


def test_a_camera_without_hours_is_always_on() -> None:
    assert is_on(None, 0.0)
    assert is_on(Hours(480, 480), at("2026-11-22T03:00"), PARIS)


@pytest.mark.parametrize(
    ("time", "expected"),
    [("07:59", False), ("08:00", True), ("12:00", True), ("19:59", True), ("20:00", False), ("23:00", False)],
)
def test_by_day(time: str, expected: bool) -> None:
    assert on("08:00", "20:00", at(f"2026-11-22T{time}")) is expected


@pytest.mark.parametrize(
    ("time", "expected"),
    [("19:59", False), ("20:00", True), ("23:59", True), ("00:00", True), ("05:59", True), ("06:00", False)],
)
def test_over_midnight(time: str, expected: bool) -> None:
    assert on("20:00", "06:00", at(f"2026-11-22T{time}")) is expected


def test_a_start_in_the_hour_that_summer_time_skips_is_the_first_minute_after_it() -> None:
    before, after = at("2026-03-29T01:59"), at("2026-03-29T03:00")
    assert after - before == 60.0
    assert not on("02:30", "08:00", before)
    assert on("02:30", "08:00", after)


def test_an_hour_that_comes_twice_counts_twice() -> None:
    assert [on("02:00", "02:30", at("2026-10-25T02:15", fold=fold)) for fold in (0, 1)] == [True, True]
    assert [on("02:00", "02:30", at("2026-10-25T02:45", fold=fold)) for fold in (0, 1)] == [False, False]


def test_without_a_zone_the_machines_own_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp()
    local = datetime.fromtimestamp(noon, UTC).astimezone()
    minute = local.hour * 60 + local.minute
    assert is_on(Hours(minute, minute + 1), noon)
    assert not is_on(Hours(minute + 1, minute + 2), noon)


@given(st.integers(0, 1439), st.integers(0, 1439), st.integers(0, 2 * 365 * 1440))
def test_at_any_minute_either_these_hours_or_the_rest_of_the_day_are_on(start: int, end: int, minute: int) -> None:
    now = at("2026-01-01T00:00") + minute * 60
    if start != end:
        assert is_on(Hours(start, end), now, PARIS) != is_on(Hours(end, start), now, PARIS)


def test_where_a_camera_is_off_over_two_days_with_a_night_on() -> None:
    hours = Hours(22 * 60, 6 * 60)
    span = Span(at("2026-11-21T20:00"), at("2026-11-22T23:00"))

    assert off_spans(hours, span, PARIS) == [
        Span(at("2026-11-21T20:00"), at("2026-11-21T22:00")),
        Span(at("2026-11-22T06:00"), at("2026-11-22T22:00")),
    ]
    assert off_spans(None, span, PARIS) == []


@given(st.integers(0, 1439), st.integers(0, 1439), st.integers(0, 3 * 24 * 60), st.integers(1, 2000))
def test_off_spans_are_where_no_minute_is_on(start: int, end: int, first: int, length: int) -> None:
    hours = Hours(start, end)
    begin_s = at("2026-11-20T00:00") + first * 60
    off = off_spans(hours, Span(begin_s, begin_s + length * 60), PARIS)

    for minute in range(0, length, 7):
        middle_s = begin_s + minute * 60 + 30
        assert any(span.start_s <= middle_s < span.end_s for span in off) is not is_on(hours, middle_s, PARIS)
