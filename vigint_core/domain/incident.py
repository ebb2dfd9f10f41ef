"""An incident: what people are told about. Minted by the desk, upserted everywhere else under the same id."""

from dataclasses import dataclass
from enum import StrEnum

from vigint_core.domain.ids import CameraId, IncidentId, WindowId
from vigint_core.domain.verdict import IncidentType, Observation, Severity
from vigint_core.domain.window import Span


class IncidentState(StrEnum):
    """Where the judging stands. A person's review is a separate thing."""

    SUSPECTED = "suspected"
    CONFIRMED = "confirmed"
    VETOED = "vetoed"
    UNCONFIRMED = "unconfirmed"


class Decision(StrEnum):
    """What the second look made of one suspicious window."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    VETOED = "vetoed"


@dataclass(frozen=True, slots=True)
class Suspicion:
    """One suspicious window of an incident.

    Attributes:
        span: of the window, Unix time.
        at_s: when the suspicion arose, Unix time; the 20 s wait for a second look counts from here.
    """

    window_id: WindowId
    span: Span
    at_s: float
    decision: Decision


@dataclass(frozen=True, slots=True)
class Clip:
    """One file of an incident: the camera's original packets.

    Attributes:
        file: its name in the clip folder.
        span: of its pictures, Unix time; it begins at a key frame, so somewhat earlier than what was asked for.
    """

    file: str
    span: Span


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident.

    Attributes:
        source: ``"ai"`` or ``"rule"``.
        span: first to last second of its suspicious windows, Unix time.
        act_s: Unix time of the first cited observation; the still shows this moment.
        opened_s: Unix time at which the desk made it.
        observations: times are Unix times here, so that they stay true as the incident grows.
        still: file name of the JPEG in the clip folder, or "" until it is written.
        clips: in order; together they are the film of the incident.
    """

    id: IncidentId
    camera_id: CameraId
    camera_name: str
    type: IncidentType
    severity: Severity
    state: IncidentState
    source: str
    confidence: float
    summary: str
    observations: tuple[Observation, ...]
    span: Span
    act_s: float
    opened_s: float
    suspicions: tuple[Suspicion, ...]
    still: str = ""
    clips: tuple[Clip, ...] = ()
