"""What a person says about an incident. The judging's own state is a separate thing (``domain/incident.py``)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

LONGEST_OWNER: Final = 100
LONGEST_COMMENT: Final = 2000
"""Characters; what is longer no server takes."""


class ReviewVerdict(StrEnum):
    """What it truly was, by whoever looked."""

    NONE = "none"
    REAL = "real"
    FALSE_ALARM = "false_alarm"


class ReviewState(StrEnum):
    """How far people are with it."""

    NEW = "new"
    IN_HAND = "in_hand"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Review:
    """What was said last.

    Attributes:
        owner: who takes care of it, as that person or desk is called; may be empty.
        locked: it stays, however old it becomes.
        at_s: Unix time at which it was said, None before anybody said anything.
    """

    verdict: ReviewVerdict = ReviewVerdict.NONE
    owner: str = ""
    state: ReviewState = ReviewState.NEW
    locked: bool = False
    comment: str = ""
    at_s: float | None = None


@dataclass(frozen=True, slots=True)
class ReviewChange:
    """What somebody says now; None leaves as it is what was said before."""

    verdict: ReviewVerdict | None = None
    owner: str | None = None
    state: ReviewState | None = None
    locked: bool | None = None
    comment: str | None = None


class ReviewStanding(StrEnum):
    """Where a review has arrived: everywhere; at this desk alone so far; or it was refused, and is not kept."""

    SHARED = "shared"
    WAITING = "waiting"
    REFUSED = "refused"
