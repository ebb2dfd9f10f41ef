"""Times as people read them. Unix time in, local time out."""

from datetime import datetime, tzinfo

from vigint_desktop.ui.rows.words import Words


def local(at_s: float, zone: tzinfo | None = None) -> datetime:
    """The moment in the given zone, or in the machine's own."""
    return datetime.fromtimestamp(at_s, zone).astimezone(zone)


def clock(at_s: float, zone: tzinfo | None = None) -> str:
    """``14:31:52``."""
    return f"{local(at_s, zone):%H:%M:%S}"


def day(at_s: float, words: Words, zone: tzinfo | None = None) -> str:
    """``21 Nov``."""
    moment = local(at_s, zone)
    return words("clock.day", day=moment.day, month=words(f"clock.month_{moment.month}"))


def when(at_s: float, now_s: float, words: Words, zone: tzinfo | None = None) -> str:
    """``14:31:52`` today, ``21 Nov 14:31:52`` on any other day."""
    if local(at_s, zone).date() == local(now_s, zone).date():
        return clock(at_s, zone)
    return f"{day(at_s, words, zone)} {clock(at_s, zone)}"


def minute(at_s: float, now_s: float, words: Words, zone: tzinfo | None = None) -> str:
    """``09:00`` today, ``21 Nov 09:00`` on any other day: of what is announced."""
    moment = local(at_s, zone)
    time = f"{moment:%H:%M}"
    return time if moment.date() == local(now_s, zone).date() else f"{day(at_s, words, zone)} {time}"


def length(seconds: float, words: Words) -> str:
    """``12 s``, ``3 min``, ``2 h``: rounded down, so that nothing looks older than it is."""
    if seconds < 120:
        return words("clock.seconds", n=int(seconds))
    if seconds < 7200:
        return words("clock.minutes", n=int(seconds // 60))
    return words("clock.hours", n=int(seconds // 3600))


def position(seconds: float) -> str:
    """``0:07`` into a clip."""
    whole = max(0, int(seconds))
    return f"{whole // 60}:{whole % 60:02d}"
