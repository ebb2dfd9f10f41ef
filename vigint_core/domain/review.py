"""What a person says about an incident. The judging's own state is a separate thing (``domain/incident.py``)."""

from enum import StrEnum


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
