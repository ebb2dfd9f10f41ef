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
class Act:
    """What one window was about, in short.

    Attributes:
        at_s: Unix time of its first cited moment.
    """

    type: IncidentType
    severity: Severity
    confidence: float
    summary: str
    at_s: float


@dataclass(frozen=True, slots=True)
class Suspicion:
    """One suspicious window of an incident.

    Attributes:
        span: of the window, Unix time.
        at_s: when the suspicion arose, Unix time; the 20 s wait for a second look counts from here.
        act: what it is about; None in books from before it was kept.
        context_s: Unix time that a second look's observations count from; None as above.
    """

    window_id: WindowId
    span: Span
    at_s: float
    decision: Decision
    act: Act | None = None
    context_s: float | None = None


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
        alert_s: Unix time at which the alert clip begins that the server has, None while it has none.
        foreign: another desk has opened it; then its suspicions stay there, and its clip is at the server.
        told_acts: of a foreign one, what ``other_acts`` are there.
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
    alert_s: float | None = None
    foreign: bool = False
    told_acts: tuple[Act, ...] = ()

    @property
    def other_acts(self) -> tuple[Act, ...]:
        """Acts of other types than the one that is told first, in order of time: the gravest and surest of each.

        What was vetoed is none, and what was confirmed stands before what was not.
        """
        if self.foreign:
            return self.told_acts
        standing = [s for s in self.suspicions if s.act and s.act.type is not self.type]
        best: dict[IncidentType, tuple[tuple[bool, int, float], Act]] = {}
        for suspicion in standing:
            act = suspicion.act
            if act is None or suspicion.decision is Decision.VETOED:
                continue
            rank = (suspicion.decision is Decision.CONFIRMED, act.severity.rank, act.confidence)
            if act.type not in best or rank > best[act.type][0]:
                best[act.type] = (rank, act)
        return tuple(sorted((act for _, act in best.values()), key=lambda act: act.at_s))
