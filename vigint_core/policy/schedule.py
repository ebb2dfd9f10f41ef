"""Who looks at a camera now, by the owner's plan: AI, rules, nobody.

What a clock on the wall shows decides, so the shop opens at 8 on every day of the year: where summer time skips the
minute at which it would open, it opens with the first one after it, and an hour that comes twice counts twice.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from vigint_core.domain.schedule import Hours, Mode, Plan, Week

_DAY_MIN: Final = 24 * 60
_AHEAD_DAYS: Final = 8
"""A change is looked for over a week and a day: after that it would be the same again."""


@dataclass(frozen=True, slots=True)
class Stance:
    """What happens with a camera's pictures now.

    Attributes:
        watched: gate and windows work; else the camera is only shown.
        ai: windows may be sent.
        rules: what breaks a rule is told.
    """

    watched: bool
    ai: bool
    rules: bool


def stance(plan: Plan, at_s: float, zone: tzinfo | None = None) -> Stance:
    """What a plan asks for at a Unix time, in ``zone`` or the machine's own."""
    if plan.mode is Mode.AI_OFF:
        return Stance(watched=False, ai=False, rules=False)
    after_hours = plan.open_hours is not None and not is_open(plan.open_hours, at_s, zone)
    ai = plan.mode is Mode.AI_ALWAYS or (plan.mode is Mode.AI_AFTER_HOURS and after_hours)
    return Stance(watched=True, ai=ai, rules=plan.armed or after_hours)


def is_open(week: Week, at_s: float, zone: tzinfo | None = None) -> bool:
    """Whether a shop with these hours is open.

    A stretch whose end is not after its start lasts into the next day; one that ends when it starts, a whole day.
    """
    local = datetime.fromtimestamp(at_s, UTC).astimezone(zone)
    minute = local.hour * 60 + local.minute
    today, yesterday = week[local.weekday()], week[local.weekday() - 1]
    return any(_begins_today(hours, minute) for hours in today) or any(
        _is_overnight(hours) and minute < hours.end_min for hours in yesterday
    )


def opens_at(week: Week, at_s: float, zone: tzinfo | None = None) -> float:
    """When a shop with these hours is next open: ``at_s`` itself where it is; inf for a week without hours."""
    if is_open(week, at_s, zone):
        return at_s
    return min(
        (edge for edge in _edges(week, at_s, zone) if edge > at_s and is_open(week, edge, zone)), default=math.inf
    )


def hours_of_day(week: Week, at_s: float, zone: tzinfo | None = None) -> str:
    """The hours of the day of a Unix time, for people: ``08:00-12:30, 14:00-19:00``; "" where it is closed all day."""
    today = week[datetime.fromtimestamp(at_s, UTC).astimezone(zone).weekday()] if week else ()
    return ", ".join(f"{_clock(hours.start_min)}-{_clock(hours.end_min)}" for hours in today)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def next_change(plan: Plan, at_s: float, zone: tzinfo | None = None) -> float | None:
    """When the stance becomes another one, Unix time; None when it never does."""
    now = stance(plan, at_s, zone)
    edges = sorted(edge for edge in _edges(plan.open_hours or (), at_s, zone) if edge > at_s)
    return next((edge for edge in edges if stance(plan, edge, zone) != now), None)


def needs_hours(plan: Plan) -> bool:
    """Whether the plan asks for the AI after hours and tells no hours: then it is never asked."""
    return plan.mode is Mode.AI_AFTER_HOURS and plan.open_hours is None


def _begins_today(hours: Hours, minute: int) -> bool:
    return minute >= hours.start_min and (_is_overnight(hours) or minute < hours.end_min)


def _is_overnight(hours: Hours) -> bool:
    return hours.end_min <= hours.start_min


def _edges(week: Week, at_s: float, zone: tzinfo | None) -> Iterator[float]:
    """When something begins or ends, from yesterday's beginnings on."""
    local = datetime.fromtimestamp(at_s, UTC).astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=zone)
    for day in range(-1, _AHEAD_DAYS + 1) if week else ():
        for hours in week[(midnight + timedelta(days=day)).weekday()]:
            for minute in (hours.start_min, hours.end_min + (_DAY_MIN if _is_overnight(hours) else 0)):
                yield (midnight + timedelta(days=day, minutes=minute)).timestamp()
