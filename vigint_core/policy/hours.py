"""Whether a camera is on now, by the hours that its owner has set."""

from datetime import UTC, datetime, tzinfo

from vigint_core.domain.schedule import Hours


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


def _minute_of_day(at_s: float, zone: tzinfo | None) -> int:
    local = datetime.fromtimestamp(at_s, UTC).astimezone(zone)
    return local.hour * 60 + local.minute
