"""What other threads tell the desk. Small frozen values: no picture travels with them."""

from dataclasses import dataclass

from vigint_core.domain.budget import Economy
from vigint_core.domain.camera import Camera
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import CameraId, IncidentId, WindowId
from vigint_core.domain.incident import Clip
from vigint_core.domain.review import Review, ReviewChange
from vigint_core.domain.status import Activity, CameraStatus, Snapshot
from vigint_core.domain.verdict import Call, Judgement, Outcome
from vigint_core.domain.window import Span, Window
from vigint_core.policy.rules import RuleKind
from vigint_desktop.store.upload_books import UploadKind


@dataclass(frozen=True, slots=True)
class WindowRef:
    """A window without its pictures.

    Attributes:
        span: Unix time.
        mono_span: the same on the monotonic clock, by which the packet ring is cut.
        saved: which step of the budget changed what was sent, or None.
    """

    id: WindowId
    camera_id: CameraId
    camera_name: str
    span: Span
    mono_span: Span
    saved: Code | None = None

    @classmethod
    def of(cls, window: Window) -> "WindowRef":
        """What remains of a window when its pictures are gone."""
        if window.pictures:
            mono = Span(window.pictures[0].at.mono_s, window.pictures[-1].at.mono_s)
        else:
            mono = Span(window.due_mono_s - window.span.length_s, window.due_mono_s)
        saved = Code.BUDGET_LONGER_STRIDE if window.economy >= Economy.LONGER_STRIDE else None
        return cls(window.id, window.camera_id, window.camera_name, window.span, mono, saved)


@dataclass(frozen=True, slots=True)
class Submitted:
    """A window fell due and waits for its judge."""

    window: WindowRef


@dataclass(frozen=True, slots=True)
class Judged:
    """A judge has answered, or somebody says why nobody looked.

    Attributes:
        still: JPEG of the moment the first suspicion cites; empty without a suspicion.
        still_s: Unix time of that picture.
    """

    window: WindowRef
    judgement: Judgement
    still: bytes = b""
    still_s: float = 0.0


@dataclass(frozen=True, slots=True)
class ActivitySeen:
    """A gate opened, is still open, or closed."""

    activity: Activity


@dataclass(frozen=True, slots=True)
class RuleBroken:
    """A rule is broken, or still is.

    Attributes:
        place: name of the zone or line, or "".
        span: since when, until now, Unix time; ``mono_span`` the same on the monotonic clock.
        fresh: told for the first time.
        still: JPEG of this moment; may be empty.
    """

    camera_id: CameraId
    camera_name: str
    kind: RuleKind
    place: str
    span: Span
    mono_span: Span
    fresh: bool = True
    still: bytes = b""


@dataclass(frozen=True, slots=True)
class Looked:
    """Looks were taken over a span of Unix time; one that goes on is told again with the same start.

    Attributes:
        fresh_s: up to here it was told before.
    """

    camera_id: CameraId
    span: Span
    fresh_s: float


@dataclass(frozen=True, slots=True)
class Arranged:
    """These cameras are on the wall from now on."""

    cameras: tuple[Camera, ...]


@dataclass(frozen=True, slots=True)
class CameraSeen:
    """A camera has changed its state."""

    status: CameraStatus


@dataclass(frozen=True, slots=True)
class FilesWritten:
    """The clip writer has put files of an incident into the clip folder; ``still`` is a name, or ""."""

    incident_id: IncidentId
    still: str
    clip: Clip | None


@dataclass(frozen=True, slots=True)
class SnapshotTaken:
    """A snapshot lies in its folder."""

    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class Settled:
    """What the server says later about a window that it had judged before: the second look came late."""

    window_id: WindowId
    first: Outcome
    second: Outcome
    calls: tuple[Call, ...] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """The server has taken this revision of an incident; not ``taken``: it refuses it for good."""

    incident_id: IncidentId
    revision: int
    taken: bool = True


@dataclass(frozen=True, slots=True)
class Delivered:
    """The server has a file of an incident; not ``taken``: it will never have it.

    Attributes:
        start_s: Unix time of an alert clip's first picture; 0.0 for a still, and for what was not taken.
    """

    incident_id: IncidentId
    kind: UploadKind
    taken: bool = True
    start_s: float = 0.0


@dataclass(frozen=True, slots=True)
class ReviewAsked:
    """Somebody at this desk says something of an incident, with this review before them."""

    incident_id: IncidentId
    change: ReviewChange
    seen: Review


@dataclass(frozen=True, slots=True)
class ReviewHeard:
    """What people say of an incident, as the server knows it now."""

    incident_id: IncidentId
    review: Review


@dataclass(frozen=True, slots=True)
class ReviewAnswered:
    """What the server says to a review of this desk, or that it may soon have it.

    Attributes:
        change: what was sent; who has said more meanwhile is not answered by this.
        review: as the server has it now; None where it does not say.
        code: None: it has taken it; else why not.
        waits: it is sent again later; else it never will be.
        begun: nothing is answered, it waits as before; but it is sent now, and the answer may be lost.
    """

    incident_id: IncidentId
    change: ReviewChange
    review: Review | None = None
    code: Code | None = None
    waits: bool = False
    begun: bool = False


Message = (
    Submitted
    | Judged
    | ActivitySeen
    | RuleBroken
    | Looked
    | Arranged
    | CameraSeen
    | FilesWritten
    | SnapshotTaken
    | Settled
    | Sent
    | Delivered
    | ReviewAsked
    | ReviewHeard
    | ReviewAnswered
)


@dataclass(frozen=True, slots=True)
class CutRequest:
    """What the clip writer is asked to keep of an incident.

    Attributes:
        span: monotonic seconds of the camera's packets.
        still: JPEG, or empty when the incident has one.
        number: of the clip within the incident, from 1.
    """

    incident_id: IncidentId
    camera_id: CameraId
    span: Span
    still: bytes
    number: int
