"""When a shop is open, and what its cameras do then: the owner's plan."""

from dataclasses import dataclass
from enum import StrEnum

from vigint_core.domain.zone import ZoneKind


class Mode(StrEnum):
    """Who looks.

    AI_OFF: nobody; neither AI nor rules. LOCAL_ONLY: rules on this machine, nothing is sent. AI_AFTER_HOURS: the AI
    outside opening hours, and within them as LOCAL_ONLY. AI_ALWAYS: the AI at all times.
    """

    AI_OFF = "ai_off"
    LOCAL_ONLY = "local_only"
    AI_AFTER_HOURS = "ai_after_hours"
    AI_ALWAYS = "ai_always"


@dataclass(frozen=True, slots=True)
class Hours:
    """A stretch of the day in minutes after local midnight. An end before the start means the next day."""

    start_min: int
    end_min: int


Week = tuple[tuple[Hours, ...], ...]
"""Opening hours of seven days, Monday first; a day without any is closed."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What holds for a camera.

    Attributes:
        mode: who looks.
        open_hours: or None where the owner told none: then it is never after hours.
        ai_kinds: the AI is asked only about movement in watch zones of these kinds; empty for anywhere.
        armed: the rules are armed by hand, whatever the hours are.
    """

    mode: Mode = Mode.AI_ALWAYS
    open_hours: Week | None = None
    ai_kinds: frozenset[ZoneKind] = frozenset()
    armed: bool = False
