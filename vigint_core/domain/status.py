"""What the program tells about itself: events that workers publish and the window shows."""

from dataclasses import dataclass
from enum import StrEnum

from vigint_core.domain.budget import BudgetView
from vigint_core.domain.camera import CameraState
from vigint_core.domain.coverage import CoverageCounted
from vigint_core.domain.fault import Code, Fault
from vigint_core.domain.ids import CameraId, IncidentId, WindowId
from vigint_core.domain.incident import Incident
from vigint_core.domain.review import Review, ReviewStanding
from vigint_core.domain.verdict import IncidentType
from vigint_core.domain.window import Span


class Part(StrEnum):
    """A link of the chain that the status bar and ``doctor`` tell about."""

    CAMERAS = "cameras"
    SERVER = "server"
    SIGN_IN = "sign_in"
    AI = "ai"
    QUEUE = "queue"


class Health(StrEnum):
    """How a part is."""

    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"
    NOT_CONFIGURED = "not_configured"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PartStatus:
    """How one part is now; published whenever it changes or is proven again.

    Attributes:
        code: why it is not ok, or None.
        label: short fact for the bar: a version, a model, a client's name; may be empty.
        round_trip_s: of the last proof, or None.
        at_s: Unix time at which it was last asked, with whatever result; 0 before the first time.
        until_s: Unix time at which what is wrong is expected to pass by itself, or None.
    """

    part: Part
    health: Health
    code: Code | None = None
    label: str = ""
    detail: str = ""
    round_trip_s: float | None = None
    at_s: float = 0.0
    until_s: float | None = None


@dataclass(frozen=True, slots=True)
class BudgetTold:
    """How the money stands. ``view`` None: nobody can tell it now (the server is away, or too old for it)."""

    view: BudgetView | None
    at_s: float


@dataclass(frozen=True, slots=True)
class CameraStatus:
    """State of one camera; ``fault`` says why it is not live."""

    camera_id: CameraId
    state: CameraState
    since_s: float
    fault: Fault | None = None
    retry_at_mono_s: float | None = None


@dataclass(frozen=True, slots=True)
class CameraEffort:
    """Whether the decoder of a camera leaves something out because the machine can't keep up.

    Attributes:
        saving: it does now; the wall and the tile say so.
        unseen_s: seconds of this camera that nothing looked at for that reason, since the program started.
    """

    camera_id: CameraId
    saving: bool
    unseen_s: float


@dataclass(frozen=True, slots=True)
class CameraHealth:
    """A stretch of time in which a camera was not well, for the timeline; told when it is sure, and when it is over.

    Attributes:
        span: Unix time; its start is the identity together with the camera, its end moves until ``closed``.
        state: the state it was in; never LIVE, CONNECTING, OFF, ASLEEP or STOPPED.
        code: why, where a fault says so.
    """

    camera_id: CameraId
    span: Span
    state: CameraState
    code: Code | None
    closed: bool


@dataclass(frozen=True, slots=True)
class CameraRecording:
    """Whether a camera's packets go to disk now."""

    camera_id: CameraId
    recording: bool


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A picture at full resolution that somebody asked for; it lies on disk and on the timeline.

    Attributes:
        at_s: Unix time of the picture.
        file: name of the PNG in the snapshot folder.
    """

    camera_id: CameraId
    at_s: float
    file: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class FoundCamera:
    """A camera that answered a discovery.

    Attributes:
        search_id: the id the asker gave.
        key: its own unchanging address of itself (the ONVIF endpoint), by which answers are told apart.
        service_url: where its ONVIF service is.
        host: its address on the network.
        name, hardware: as it calls itself; may be empty.
    """

    search_id: str
    key: str
    service_url: str
    host: str
    name: str
    hardware: str


@dataclass(frozen=True, slots=True)
class FoundStream:
    """One stream of a found camera. ``url`` holds no credentials; ``width`` and ``height`` 0 where it does not say."""

    url: str
    name: str
    codec: str
    width: int
    height: int
    frames_per_s: float


@dataclass(frozen=True, slots=True)
class FoundStreams:
    """What a found camera told about itself when it was asked with the user's credentials.

    Attributes:
        check_id: the id the asker gave.
        streams: the largest first; empty when it failed, then ``code`` says why.
        picture: a JPEG of what it sees now, at most 640 px wide; empty when there is none, then ``code`` says why.
        model: maker and model as it calls itself; may be empty.
    """

    check_id: str
    key: str
    streams: tuple[FoundStream, ...]
    picture: bytes
    code: Code | None = None
    detail: str = ""
    model: str = ""


class WindowResult(StrEnum):
    """What became of a window, in one word. VETOED: suspected at the first look, and cleared at the second."""

    WAITING = "waiting"
    CLEAR = "clear"
    SUSPECTED = "suspected"
    VETOED = "vetoed"
    NOT_ANALYSED = "not_analysed"


@dataclass(frozen=True, slots=True)
class WindowRecord:
    """The account of one window, kept for ever in the books.

    Attributes:
        span: Unix time.
        result: its outcome; for not_analysed ``reason`` says why, for clear what the budget had left out, if anything.
        type: of the suspicion, else None.
        model: which model answered the first look, or "".
    """

    id: WindowId
    camera_id: CameraId
    span: Span
    result: WindowResult
    reason: Code | None = None
    type: IncidentType | None = None
    summary: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class Activity:
    """The gate of a camera was open over ``span`` (Unix time).

    Attributes:
        closed: the span is final.
        local_only: the plan or the budget kept the movement from the AI.
        reason: which step of the budget did, or None.
    """

    camera_id: CameraId
    span: Span
    closed: bool
    local_only: bool = False
    reason: Code | None = None


@dataclass(frozen=True, slots=True)
class IncidentStill:
    """A JPEG of an incident became available."""

    incident_id: IncidentId
    jpeg: bytes


@dataclass(frozen=True, slots=True)
class ReviewTold:
    """What people say of an incident, as this desk knows it; ``code``: why it waits or was refused, if known."""

    incident_id: IncidentId
    review: Review
    standing: ReviewStanding = ReviewStanding.SHARED
    code: Code | None = None


@dataclass(frozen=True, slots=True)
class ForeignIncidents:
    """What the server knows of the incidents that other desks have opened.

    Attributes:
        incidents: all of the last day; what is not among them is gone. Each has been told of in a ``ReviewTold``, too.
        fresh: those that this desk has not known before though it was there already; alarms, as its own are.
    """

    incidents: tuple[Incident, ...]
    fresh: frozenset[IncidentId] = frozenset()


@dataclass(frozen=True, slots=True)
class IncidentGone:
    """An incident of another desk was erased."""

    incident_id: IncidentId


@dataclass(frozen=True, slots=True)
class ClipFetched:
    """The clip of a foreign incident is here and can be opened, or ``code`` says why not."""

    incident_id: IncidentId
    code: Code | None = None


@dataclass(frozen=True, slots=True)
class FaultCleared:
    """The fault ``(source, code)`` is over."""

    source: str
    code: Code


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check found: of a server, a key or a camera.

    Attributes:
        check_id: the id the asker gave.
        facts: what was found, as ``(key, values)`` of the text catalogue under ``check.``, in order.
        code: what failed, or None when all is well.
    """

    check_id: str
    ok: bool
    facts: tuple[tuple[str, dict[str, str]], ...]
    code: Code | None = None
    detail: str = ""


Event = (
    Incident
    | IncidentStill
    | ReviewTold
    | ForeignIncidents
    | IncidentGone
    | ClipFetched
    | WindowRecord
    | Activity
    | CoverageCounted
    | CameraStatus
    | CameraEffort
    | CameraHealth
    | CameraRecording
    | Snapshot
    | FoundCamera
    | FoundStreams
    | PartStatus
    | BudgetTold
    | Fault
    | FaultCleared
    | CheckResult
)
