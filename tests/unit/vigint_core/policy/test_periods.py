"""Days and months of a zone: every second is in exactly one of each, whatever clocks do at midnight."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from math import nextafter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigint_core.policy.periods import Period, days_of, month_named, month_of, zone_named

PARIS = ZoneInfo("Europe/Paris")
ZONES = (
    "UTC", "Europe/Paris", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Chatham",
    "America/Santiago", "America/Havana", "Africa/Cairo", "Asia/Beirut", "America/Asuncion", "Pacific/Kiritimati",
)  # fmt: skip
"""Half hours, and clocks that change at midnight: it is skipped, or comes twice."""
MONTHS = st.builds("{:04}-{:02}".format, st.integers(2005, 2037), st.integers(1, 12))


def unix(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def test_a_month_begins_and_ends_at_midnight_of_its_zone() -> None:
    march = month_named("2026-03", PARIS)
    assert march == Period("2026-03", int(unix("2026-03-01T00:00+01:00")), int(unix("2026-04-01T00:00+02:00")))
    assert march.end_s == month_named("2026-04", PARIS).start_s
    assert month_named("2026-12", PARIS).end_s == unix("2027-01-01T00:00+01:00")


@pytest.mark.parametrize(("month", "day", "hours"), [("2026-03", 29, 23), ("2026-10", 25, 25), ("2026-11", 25, 24)])
def test_a_day_is_as_long_as_the_clocks_make_it(month: str, day: int, hours: int) -> None:
    assert lengths_h(days_of(month_named(month, PARIS), PARIS))[day - 1] == hours


def lengths_h(days: tuple[Period, ...]) -> list[float]:
    return [(day.end_s - day.start_s) / 3600 for day in days]


@pytest.mark.parametrize(
    ("zone", "day", "starts", "hours"),
    [
        ("America/Santiago", "2026-09-06", "2026-09-06T01:00-03:00", 23),  # 24:00 is followed by 01:00
        ("America/Santiago", "2026-04-04", "2026-04-04T00:00-03:00", 25),  # 24:00 is followed by 23:00 of that day
        ("America/Havana", "2026-11-01", "2026-11-01T00:00-04:00", 25),  # midnight comes twice: the first counts
        ("America/St_Johns", "2010-11-07", "2010-11-07T00:00-02:30", 25),  # a minute after midnight, 23:01 again
        ("Pacific/Apia", "2011-12-30", "2011-12-31T00:00+14:00", 0),  # a day that never was
    ],
)
def test_clocks_that_change_at_midnight(zone: str, day: str, starts: str, hours: float) -> None:
    place = ZoneInfo(zone)
    found = next(each for each in days_of(month_named(day[:7], place), place) if each.name == day)
    assert found.start_s == unix(starts)
    assert lengths_h((found,)) == [hours]


@settings(max_examples=200, deadline=None)
@given(MONTHS, st.sampled_from(ZONES))
def test_days_fill_their_month_and_months_the_year_without_gap_or_overlap(name: str, zone_name: str) -> None:
    zone = zone_named(zone_name)
    month = month_named(name, zone)
    days = days_of(month, zone)
    first = date.fromisoformat(f"{name}-01")
    following = (first + timedelta(days=31)).isoformat()[:7]
    assert (days[0].start_s, days[-1].end_s) == (month.start_s, month.end_s)
    assert all(day.end_s == after.start_s for day, after in pairwise(days))
    assert [day.name for day in days] == [(first + timedelta(days=n)).isoformat() for n in range(len(days))]
    assert month_named(following, zone).start_s == month.end_s


@settings(max_examples=400, deadline=None)
@given(st.integers(1_104_537_600, 2_145_916_800), st.sampled_from(ZONES))
def test_every_second_is_in_the_day_and_the_month_that_a_clock_on_the_wall_shows(at_s: int, zone_name: str) -> None:
    zone = zone_named(zone_name)
    shown = datetime.fromtimestamp(at_s, UTC).astimezone(zone)
    month = month_named(month_of(at_s, zone), zone)
    assert month.name == f"{shown:%Y-%m}"
    assert month.start_s <= at_s < month.end_s
    assert [day.name for day in days_of(month, zone) if day.start_s <= at_s < day.end_s] == [f"{shown:%Y-%m-%d}"]


@pytest.mark.parametrize(
    "name",
    ["", "2026", "2026-13", "2026-00", "2026-1", "1999-12", "2026-11-01", "2026-11\n", "next-mo", "２０２６-１1"],
)
def test_what_is_no_month_is_said(name: str) -> None:
    with pytest.raises(ValueError, match="month"):
        month_named(name, UTC)


@pytest.mark.parametrize(
    "name", ["", "Mars/Base", "Europe", "../UTC", "/etc/localtime", "localtime", "Factory", "CET-1"]
)
def test_what_is_no_zone_is_said(name: str) -> None:
    with pytest.raises(ValueError, match="no time zone that this machine knows"):
        zone_named(name)


def test_the_last_moment_of_a_month_is_not_the_next_one() -> None:
    end_s = month_named("2026-11", PARIS).end_s
    assert month_of(nextafter(end_s, 0), PARIS) == "2026-11"
    assert month_of(end_s, PARIS) == "2026-12"


def test_a_zone_is_known_by_its_name() -> None:
    assert zone_named("Europe/Paris") == PARIS
    assert zone_named("UTC") is UTC
