"""Days and months of a time zone, as half-open spans of Unix time: what billing counts by.

They follow each other without gap or overlap. A day has 23, 24 or 25 hours, or whatever its zone makes of it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from math import floor
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from vigint_core.policy.budget import periods

MONTH_PATTERN: Final = r"^2[0-9]{3}-(0[1-9]|1[0-2])$"
"""How a month is written: those of this millennium, in which no zone is off by odd seconds any more."""
_NO_PLACES: Final = frozenset({"Factory", "localtime"})  # files beside the zones that mean none, or whichever


@dataclass(frozen=True, slots=True)
class Period:
    """A day (``2026-11-27``) or a month (``2026-11``): ``start_s <= t < end_s``, in whole Unix seconds."""

    name: str
    start_s: int
    end_s: int


def zone_named(name: str) -> tzinfo:
    """The zone of an IANA name like ``Europe/Paris``. Raises ValueError where this machine knows none of that name."""
    if name == "UTC":  # also where there is no database of zones
        return UTC
    if name not in _known_zones():
        raise ValueError(f"{name} is no time zone that this machine knows; they are named like Europe/Paris")
    return ZoneInfo(name)


def month_of(at_s: float, zone: tzinfo) -> str:
    """The name of the month that a Unix time lies in."""
    return periods(floor(at_s), zone)[1]  # ``datetime`` would round the last millionth of a month into the next one


def month_named(name: str, zone: tzinfo) -> Period:
    """The month ``2026-11`` of a zone. Raises ValueError for what is no month (``MONTH_PATTERN``)."""
    first = _first_day(name)
    return Period(name, _begin_s(first, zone), _begin_s(_next_month(first), zone))


def days_of(month: Period, zone: tzinfo) -> tuple[Period, ...]:
    """The days of a month of the same zone; a day that the zone skipped is empty (``start_s == end_s``)."""
    first = _first_day(month.name)
    return tuple(_days(first, _next_month(first), zone))


def _first_day(month_name: str) -> date:
    if re.fullmatch(MONTH_PATTERN, month_name) is None:
        raise ValueError(f"{month_name!r} is no month; months are written like 2026-11")
    return date.fromisoformat(f"{month_name}-01")


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def _days(day: date, until: date, zone: tzinfo) -> Iterator[Period]:
    start_s = _begin_s(day, zone)
    while day < until:
        following = day + timedelta(days=1)
        end_s = _begin_s(following, zone)
        yield Period(day.isoformat(), start_s, end_s)
        day, start_s = following, end_s


def _begin_s(day: date, zone: tzinfo) -> int:
    """The first second at which a clock of the zone shows this day, or a later one where it is skipped.

    ``fold`` 0 does both: a midnight that is skipped is the second of the change (no zone of this century has jumped
    over one from before it), and of two midnights it is the first.
    """
    return round(datetime.combine(day, time(), zone).timestamp())


@cache
def _known_zones() -> frozenset[str]:
    return frozenset(available_timezones()) - _NO_PLACES
