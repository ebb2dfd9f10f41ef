"""Whether a camera is on now, by the hours that its owner has set."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Final

from vigint_core.domain.schedule import Hours
from vigint_core.domain.window import Span

_DAY_S: Final = 24 * 3600


def is_on(hours: Hours | None, at_s: float, zone: tzinfo | None = None) -> bool:
    """Whether a camera with these hours is on at a Unix time; without hours it always is, and with none in between too.

    What a clock on the wall shows decides (in ``zone``, or the machine's own): where summer time skips the minute at
    which a camera would go on, it goes on with the first one after it; an hour that comes twice counts twice. The end
    belongs to the hours no more.
    """
    if hours is None or hours.start_min == hours.end_min:
        return True
    minute = _minute_of_day(at_s, zone)
    if hours.start_min < hours.end_min:
        return hours.start_min <= minute < hours.end_min
    return minute >= hours.start_min or minute < hours.end_min


def off_spans(hours: Hours | None, span: Span, zone: tzinfo | None = None) -> list[Span]:
    """Where in a span of Unix time a camera with these hours is off; decided as by ``is_on``.

    Only the hour of a change to or from summer time is taken for one of its neighbours.
    """
    if hours is None or hours.start_min == hours.end_min:
        return []
    edges = sorted(at_s for at_s in _edges(hours, span, zone) if span.start_s < at_s < span.end_s)
    pieces = pairwise([span.start_s, *edges, span.end_s])
    return [Span(start, end) for start, end in pieces if not is_on(hours, (start + end) / 2, zone)]


def _edges(hours: Hours, span: Span, zone: tzinfo | None) -> Iterator[float]:
    """When the hours begin or end, on the days of a span and the ones beside them."""
    midnight = (
        datetime.fromtimestamp(span.start_s, UTC).astimezone(zone).replace(hour=0, minute=0, second=0, tzinfo=zone)
    )
    days = int(span.length_s // _DAY_S) + 2
    for day in range(-1, days + 1):
        for minute in (hours.start_min, hours.end_min):
            yield (midnight + timedelta(days=day, minutes=minute)).timestamp()


def _minute_of_day(at_s: float, zone: tzinfo | None) -> int:
    local = datetime.fromtimestamp(at_s, UTC).astimezone(zone)
    return local.hour * 60 + local.minute
