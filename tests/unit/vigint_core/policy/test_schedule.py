"""Opening hours as a clock on the wall shows them: over midnight, and on the two days on which it is set."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigint_core.domain.schedule import Hours, Mode, Plan, Week
from vigint_core.policy.schedule import Stance, hours_of_day, is_open, needs_hours, next_change, opens_at, stance

PARIS = ZoneInfo("Europe/Paris")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def at(text: str, *, fold: int = 0) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS, fold=fold).timestamp()


def week(**days: str) -> Week:
    """``week(mon="08:00-12:00 14:00-19:00")``."""
    return tuple(tuple(_hours(stretch) for stretch in days.get(day, "").split()) for day in _DAYS)


def _hours(stretch: str) -> Hours:
    start, end = (int(text[:2]) * 60 + int(text[3:]) for text in stretch.split("-"))
    return Hours(start, end)


EVERY_DAY = week(**dict.fromkeys(_DAYS, "08:00-20:00"))


@pytest.mark.parametrize(
    ("hours", "time", "expected"),
    [
        ("08:00-12:00 14:00-19:00", "2026-11-23T08:00", True),
        ("08:00-12:00 14:00-19:00", "2026-11-23T12:00", False),
        ("08:00-12:00 14:00-19:00", "2026-11-23T13:59", False),
        ("08:00-12:00 14:00-19:00", "2026-11-23T18:59", True),
        ("22:00-06:00", "2026-11-23T21:59", False),
        ("22:00-06:00", "2026-11-23T23:30", True),
        ("22:00-06:00", "2026-11-24T05:59", True),
        ("22:00-06:00", "2026-11-24T06:00", False),
        ("22:00-06:00", "2026-11-23T03:00", False),
        ("09:00-09:00", "2026-11-23T09:00", True),
        ("09:00-09:00", "2026-11-24T08:59", True),
        ("09:00-09:00", "2026-11-24T09:00", False),
        ("", "2026-11-23T12:00", False),
    ],
)
def test_a_monday(hours: str, time: str, expected: bool) -> None:
    assert is_open(week(mon=hours), at(time), PARIS) is expected


def test_sunday_night_lasts_into_monday() -> None:
    assert is_open(week(sun="20:00-02:00"), at("2026-11-23T01:30"), PARIS)


def test_an_opening_time_that_summer_time_skips_comes_with_the_first_minute_after_it() -> None:
    night = week(sun="02:30-05:00")

    assert not is_open(night, at("2026-03-29T01:59"), PARIS)
    assert is_open(night, at("2026-03-29T03:00"), PARIS)


def test_an_hour_that_comes_twice_counts_twice() -> None:
    night = week(sun="02:00-02:30")

    for fold in (0, 1):
        assert is_open(night, at("2026-10-25T02:15", fold=fold), PARIS)
        assert not is_open(night, at("2026-10-25T02:45", fold=fold), PARIS)


@pytest.mark.parametrize(
    ("plan", "by_day", "by_night"),
    [
        (Plan(Mode.AI_OFF, EVERY_DAY, armed=True), (False, False, False), (False, False, False)),
        (Plan(Mode.LOCAL_ONLY, EVERY_DAY), (True, False, False), (True, False, True)),
        (Plan(Mode.AI_AFTER_HOURS, EVERY_DAY), (True, False, False), (True, True, True)),
        (Plan(Mode.AI_ALWAYS, EVERY_DAY), (True, True, False), (True, True, True)),
        (Plan(Mode.AI_ALWAYS, EVERY_DAY, armed=True), (True, True, True), (True, True, True)),
        (Plan(Mode.AI_ALWAYS), (True, True, False), (True, True, False)),
        (Plan(Mode.AI_AFTER_HOURS), (True, False, False), (True, False, False)),
    ],
)
def test_who_looks(plan: Plan, by_day: tuple[bool, ...], by_night: tuple[bool, ...]) -> None:
    assert stance(plan, at("2026-11-23T12:00"), PARIS) == Stance(*by_day)
    assert stance(plan, at("2026-11-23T23:00"), PARIS) == Stance(*by_night)


def test_the_ai_after_hours_needs_hours() -> None:
    assert needs_hours(Plan(Mode.AI_AFTER_HOURS))
    assert not needs_hours(Plan(Mode.AI_AFTER_HOURS, EVERY_DAY))
    assert not needs_hours(Plan(Mode.AI_ALWAYS))


def test_the_next_change() -> None:
    plan = Plan(Mode.AI_AFTER_HOURS, EVERY_DAY)

    assert next_change(plan, at("2026-11-23T12:00"), PARIS) == at("2026-11-23T20:00")
    assert next_change(plan, at("2026-11-23T23:00"), PARIS) == at("2026-11-24T08:00")
    assert next_change(Plan(), at("2026-11-23T12:00"), PARIS) is None
    weekend = Plan(Mode.AI_AFTER_HOURS, week(mon="08:00-12:00"))
    assert next_change(weekend, at("2026-11-23T12:00"), PARIS) == at("2026-11-30T08:00")


@pytest.mark.parametrize(
    ("hours", "time", "said"),
    [
        ("08:00-12:30 14:00-19:00", "2026-11-23T10:00", "08:00-12:30, 14:00-19:00"),
        ("08:00-12:30 14:00-19:00", "2026-11-23T23:59", "08:00-12:30, 14:00-19:00"),
        ("08:00-12:30", "2026-11-24T00:00", ""),
        ("22:00-06:00", "2026-11-23T23:00", "22:00-06:00"),
        ("00:00-00:00", "2026-11-23T12:00", "00:00-00:00"),
    ],
)
def test_the_hours_of_a_day_in_words(hours: str, time: str, said: str) -> None:
    assert hours_of_day(week(mon=hours), at(time), PARIS) == said


def test_a_week_without_hours_has_none() -> None:
    assert hours_of_day((), at("2026-11-23T12:00"), PARIS) == ""


def test_the_day_is_that_of_the_shops_own_clock() -> None:
    monday = week(mon="08:00-12:00")
    first_s, last_s = at("2026-03-30T00:00"), at("2026-03-30T23:59")

    assert [hours_of_day(monday, at_s, PARIS) for at_s in (first_s - 1, first_s, last_s, last_s + 60)] == [
        "",
        "08:00-12:00",
        "08:00-12:00",
        "",
    ]


_stretches = st.lists(st.builds(Hours, st.integers(0, 1439), st.integers(0, 1439)), max_size=3).map(tuple)


@given(st.tuples(*[_stretches] * 7), st.integers(0, 7 * 24 * 12))
def test_between_now_and_the_next_change_nothing_changes(hours: Week, minutes: int) -> None:
    plan = Plan(Mode.AI_AFTER_HOURS, hours)
    now_s = at("2026-06-01T00:00") + minutes * 300
    until_s = next_change(plan, now_s, PARIS) or now_s + timedelta(days=7).total_seconds()

    for step in range(20):
        assert stance(plan, now_s + (until_s - now_s) * step / 20, PARIS) == stance(plan, now_s, PARIS)
    if next_change(plan, now_s, PARIS):
        assert stance(plan, until_s, PARIS) != stance(plan, now_s, PARIS)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-11-23T09:30", "2026-11-23T09:30"),
        ("2026-11-23T12:00", "2026-11-23T14:00"),
        ("2026-11-23T19:00", "2026-11-24T08:00"),
        ("2026-11-28T00:00", "2026-11-30T08:00"),
    ],
)
def test_a_shop_opens_next_when_its_hours_begin(now: str, opens: str) -> None:
    weekdays = week(**dict.fromkeys(_DAYS[:5], "08:00-12:00 14:00-19:00"))

    assert opens_at(weekdays, at(now), PARIS) == at(opens)


def test_a_shop_without_hours_never_opens() -> None:
    assert opens_at(week(), at("2026-11-23T12:00"), PARIS) == float("inf")


@given(st.integers(0, 24 * 7 * 60), st.integers(0, 1439), st.integers(0, 1439))
def test_until_a_shop_opens_it_is_closed(after_min: int, start_min: int, end_min: int) -> None:
    hours = (*((),) * 3, (Hours(start_min, end_min),), *((),) * 3)
    now_s = at("2026-11-23T00:00") + after_min * 60
    opening_s = opens_at(hours, now_s, PARIS)

    assert is_open(hours, opening_s, PARIS)
    assert opening_s == now_s or not is_open(hours, opening_s - 60, PARIS)
    between = (now_s + (opening_s - now_s) * share / 7 for share in range(7))
    assert opening_s == now_s or not any(is_open(hours, one, PARIS) for one in between)
