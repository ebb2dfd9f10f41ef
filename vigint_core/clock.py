"""The machine's own clocks."""

import os
import time
from pathlib import Path
from typing import Final

from vigint_core.policy.periods import zone_named

_LOCALTIME: Final = Path("/etc/localtime")


class SystemClock:
    """``Clock`` of this machine."""

    def monotonic(self) -> float:
        """Seconds of the monotonic clock."""
        return time.monotonic()

    def wall(self) -> float:
        """Unix time in seconds."""
        return time.time()


def zone_name() -> str:
    """The IANA name of this machine's time zone, as ``TZ`` or ``/etc/localtime`` tell it; else ``"UTC"``."""
    told = os.environ.get("TZ")
    name = _linked_zone() if told is None else told.removeprefix(":")
    try:
        zone_named(name)
    except ValueError:  # a rule like CET-1CEST, or a copy of a zone's file: both have no name
        return "UTC"
    return name


def _linked_zone() -> str:
    try:
        return _LOCALTIME.readlink().as_posix().rpartition("/zoneinfo/")[2]
    except OSError:  # no link, or no such thing on this system
        return ""
