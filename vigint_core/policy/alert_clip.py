"""The short film that goes with an alert: which seconds it shows, and when enough of them are written to make it."""

from enum import StrEnum
from typing import Final

from vigint_core.domain.incident import Incident, IncidentState
from vigint_core.domain.window import Span

LEAD_S: Final = 5.0
"""Seconds before the act: who looks has to understand what is going on."""
LENGTH_S: Final = 15.0
PATIENCE_S: Final = 12.0
"""After the act no more is waited for: what is written by then is what the alert shows."""
GIVE_UP_S: Final = 60.0
"""An incident that has no clip so long after it was opened gets none: its camera sent nothing, or the disk is full."""
_NEARLY_S: Final = 0.5  # pictures have distances: a clip ends a little before the second that was asked for
_TOLD: Final = frozenset({IncidentState.CONFIRMED, IncidentState.UNCONFIRMED})


class AlertClip(StrEnum):
    """What is to be done about an incident's alert clip."""

    WAIT = "wait"
    MAKE = "make"
    NEVER = "never"


def is_told(incident: Incident) -> bool:
    """Whether people are told of it."""
    return incident.state in _TOLD


def alert_span(incident: Incident) -> Span:
    """The seconds that its alert clip shows, Unix time; of the first ones less may be kept."""
    start_s = incident.act_s - LEAD_S
    return Span(start_s, start_s + LENGTH_S)


def alert_clip(incident: Incident, now_s: float) -> AlertClip:
    """Whether the clip can be made now. It is made once: what is written later is not in it."""
    if not is_told(incident):
        return AlertClip.WAIT
    span = alert_span(incident)
    of_it = [clip.span.end_s for clip in incident.clips if clip.span.end_s > span.start_s]
    if not of_it:
        return AlertClip.WAIT if now_s < incident.opened_s + GIVE_UP_S else AlertClip.NEVER
    enough = max(of_it) >= span.end_s - _NEARLY_S
    return AlertClip.MAKE if enough or now_s >= incident.act_s + PATIENCE_S else AlertClip.WAIT
