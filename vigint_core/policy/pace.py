"""How fast a provider lets itself be asked: learnt from its answers, never assumed.

A refusal for too many requests a minute halves the pace of the last minute and asks nobody for the time the provider
named; every answer then makes the pace a little faster, until no limit is known any more. A daily quota pauses until it
begins anew. All times are Unix times, so that processes on several machines can share a pace.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from vigint_core.domain.fault import Code

_SLOWER: Final = 0.5
_FASTER: Final = 0.97
_LONGEST_INTERVAL_S: Final = 12.0
"""Five a minute. A slower provider names its own delay with every refusal; one that refused a single call in a quiet
hour must not leave us blind for long."""
_NO_LIMIT_S: Final = 0.02
"""An interval below this is no limit: nobody asks 50 times a second."""
_LONGEST_PAUSE_S: Final = 900.0
"""A wrong number from the other side can't silence us for longer; a daily quota is told apart."""
_USUAL_PAUSE_S: Final = 5.0
"""Where the provider names no delay."""


@dataclass(frozen=True, slots=True)
class Pace:
    """What is known of one model of one key.

    Attributes:
        interval_s: least time between the starts of two calls; 0 while no limit is known.
        next_s: no call starts earlier.
        paused_until_s, reason: nobody is asked until then, and why.
    """

    interval_s: float = 0.0
    next_s: float = 0.0
    paused_until_s: float = 0.0
    reason: Code = Code.AI_RATE_LIMITED

    @property
    def is_limited(self) -> bool:
        """Whether anything is known that makes somebody wait."""
        return self.interval_s > 0 or self.paused_until_s > 0

    def start_s(self, now_s: float) -> float:
        """When the next call may start."""
        return max(now_s, self.next_s, self.paused_until_s)


def started(pace: Pace, now_s: float) -> Pace:
    """After a call has started."""
    return replace(pace, next_s=now_s + pace.interval_s) if pace.interval_s else pace


def slowed(pace: Pace, now_s: float, retry_after_s: float | None, in_last_minute: int) -> Pace:
    """After the provider refused a call because too many came; ``in_last_minute`` calls were started before it."""
    if pace.paused_until_s > now_s:
        interval_s = pace.interval_s  # others that were under way are refused as well: one lesson, not many
    else:
        interval_s = max(60.0 / max(in_last_minute, 1), pace.interval_s) / _SLOWER
    until_s = now_s + min(retry_after_s or _USUAL_PAUSE_S, _LONGEST_PAUSE_S)
    slower = replace(pace, interval_s=min(interval_s, _LONGEST_INTERVAL_S))
    if pace.paused_until_s >= until_s:
        return slower  # the longer pause, perhaps of a used-up quota, goes on for its own reason
    return replace(slower, paused_until_s=until_s, reason=Code.AI_RATE_LIMITED)


def exhausted(pace: Pace, reset_s: float) -> Pace:
    """After the provider refused a call because a day's quota is used up."""
    return replace(pace, paused_until_s=reset_s, reason=Code.AI_QUOTA_EXHAUSTED)


def answered(pace: Pace, now_s: float, *, in_spite: bool = False) -> Pace:
    """After the provider answered: a little faster, and no pause any more.

    A pause that still runs is ended only by a call that was made ``in_spite`` of it; the others were under way when the
    provider refused one, and say nothing about now.
    """
    if pace.paused_until_s > now_s and not in_spite:
        return pace
    interval_s = pace.interval_s * _FASTER
    return Pace(interval_s=interval_s if interval_s >= _NO_LIMIT_S else 0.0, next_s=pace.next_s)


def next_reset_s(now_s: float, zone: str, hour: int) -> float:
    """When a daily quota begins anew: the next full hour ``hour`` on the clock of a time zone, Unix time."""
    local = datetime.fromtimestamp(now_s, UTC).astimezone(ZoneInfo(zone))
    reset = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    if reset <= local:
        reset = (reset + timedelta(days=1)).replace(hour=hour)
    return reset.timestamp()
