"""What of a camera goes to disk, and what has to leave it again: decided from times and sizes alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vigint_core.domain.camera import Recording
from vigint_core.domain.window import Span
from vigint_core.policy.retention import Kept, surplus

_DAY_S = 24 * 3600.0
_FOREVER_S = float("inf")


@dataclass(frozen=True, slots=True)
class RecordingRule:
    """How recordings are made.

    Attributes:
        pre_roll_s, post_roll_s: kept before a gate opened and after it closed.
        segment_s: a file ends at the first key frame after this time, so that a search has little to open.
    """

    pre_roll_s: float = 5.0
    post_roll_s: float = 10.0
    segment_s: float = 300.0


@dataclass(frozen=True, slots=True)
class RecordingLimits:
    """How much of recordings is kept at most: bytes of all cameras together, and days."""

    bytes: int
    days: int


def kept_span(rule: RecordingRule, choice: Recording, activity: Span | None) -> Span | None:
    """Which stretch of a camera goes to disk now; None for nothing, endless for everything.

    ``activity``: when the gate was open last, endless while it still is. All spans are Unix time.
    """
    if choice is Recording.CONTINUOUS:
        return Span(-_FOREVER_S, _FOREVER_S)
    if choice is Recording.OFF or activity is None:
        return None
    return Span(activity.start_s - rule.pre_roll_s, activity.end_s + rule.post_roll_s)


def latest_activity(rule: RecordingRule, before: Span | None, seen: Span, *, closed: bool) -> Span:
    """The activity to record for: ``seen``, together with the one before where their recordings touch."""
    end_s = seen.end_s if closed else _FOREVER_S
    touches = before is not None and seen.start_s - rule.pre_roll_s <= before.end_s + rule.post_roll_s
    return Span(min(before.start_s, seen.start_s) if before and touches else seen.start_s, end_s)


def is_full(rule: RecordingRule, start_s: float, at_s: float) -> bool:
    """Whether a file that began at ``start_s`` ends where a key frame of ``at_s`` comes; a clock set back ends it."""
    return not 0 <= at_s - start_s < rule.segment_s


def to_remove(files: Sequence[Kept], running: Iterable[str], limits: RecordingLimits, now_s: float) -> list[str]:
    """Names of the files that have to go: those that are too old, then the oldest until the rest fits.

    ``running`` are being written: they count and stay.
    """
    busy = set(running)
    closed = [file for file in files if file.name not in busy]
    old = {file.name for file in closed if file.since_s < now_s - limits.days * _DAY_S}
    room = limits.bytes - sum(file.size for file in files if file.name in busy)
    return [*sorted(old), *surplus([file for file in closed if file.name not in old], room)]
