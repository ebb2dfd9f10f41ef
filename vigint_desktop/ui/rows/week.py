"""Opening hours as people write them: ``08:00-12:00 14:00-19:00``, one line a day."""

import re
from collections.abc import Sequence
from typing import Final

from vigint_core.domain.schedule import Hours
from vigint_desktop.ui.rows.words import Words

DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_STRETCH: Final = re.compile(r"(\d{1,2})(?:[:h.](\d{2}))?h?\s*[-–—]\s*(\d{1,2})(?:[:h.](\d{2}))?h?")
_BETWEEN: Final = re.compile(r"[\s,;+&]*")
_DAY_MIN: Final = 24 * 60
MOST_STRETCHES: Final = 6


def read_day(text: str) -> tuple[Hours, ...] | None:
    """The stretches of a day; none where nothing is written, None where it can't be understood.

    ``24:00`` is midnight at the end of the day. A stretch whose end is not after its start lasts into the next day.
    """
    found: list[Hours] = []
    at = 0
    text = text.strip()
    while at < len(text):
        match = _STRETCH.match(text, at)
        if match is None or len(found) == MOST_STRETCHES:
            return None
        start, end = _minute(match[1], match[2]), _minute(match[3], match[4])
        if start is None or end is None or start == _DAY_MIN:
            return None
        found.append(Hours(start, end % _DAY_MIN))
        between = _BETWEEN.match(text, match.end())
        at = between.end() if between else match.end()
    return tuple(sorted(found, key=lambda hours: hours.start_min))


def write_day(day: Sequence[Hours]) -> str:
    """The stretches as ``read_day`` reads them."""
    return " ".join(f"{clock(hours.start_min)}-{clock(hours.end_min)}" for hours in day)


def told_day(day: Sequence[Hours] | None, words: Words) -> str:
    """What a line means, or that it means nothing."""
    if day is None:
        return words("schedule.day_unread")
    if not day:
        return words("schedule.day_closed")
    overnight = [hours for hours in day if hours.end_min <= hours.start_min]
    if not overnight:
        return ""
    last = overnight[-1]
    key = "schedule.day_round" if last.end_min == last.start_min else "schedule.day_overnight"
    return words(key, start=clock(last.start_min), end=clock(last.end_min))


def clock(minute: int) -> str:
    """``08:00``."""
    return f"{minute // 60:02}:{minute % 60:02}"


def _minute(hours: str, minutes: str | None) -> int | None:
    minute = int(hours) * 60 + int(minutes or 0)
    return minute if minute <= _DAY_MIN and int(minutes or 0) < 60 else None
