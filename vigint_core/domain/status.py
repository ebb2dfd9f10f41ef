"""What the program tells about itself: events that workers publish and the window shows."""

from dataclasses import dataclass
from enum import StrEnum

from vigint_core.domain.camera import CameraState
from vigint_core.domain.fault import Code, Fault
from vigint_core.domain.ids import CameraId, IncidentId, WindowId
from vigint_core.domain.incident import Incident
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
    """

    part: Part
    health: Health
    code: Code | None = None
    label: str = ""
    detail: str = ""
    round_trip_s: float | None = None
    at_s: float = 0.0


@dataclass(frozen=True, slots=True)
class CameraStatus:
    """State of one camera; ``fault`` says why it is not live."""

    camera_id: CameraId
    state: CameraState
    since_s: float
    fault: Fault | None = None
    retry_at_mono_s: float | None = None


class WindowResult(StrEnum):
    """What became of a window, in one word."""

    WAITING = "waiting"
    CLEAR = "clear"
    SUSPECTED = "suspected"
    NOT_ANALYSED = "not_analysed"


@dataclass(frozen=True, slots=True)
class WindowRecord:
    """The account of one window, kept for ever in the books.

    Attributes:
        span: Unix time.
        result: its outcome; for not_analysed ``reason`` says why.
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
    """The gate of a camera was open over ``span`` (Unix time); ``closed`` tells whether the span is final."""

    camera_id: CameraId
    span: Span
    closed: bool


@dataclass(frozen=True, slots=True)
class IncidentStill:
    """A JPEG of an incident became available."""

    incident_id: IncidentId
    jpeg: bytes


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
    Incident | IncidentStill | WindowRecord | Activity | CameraStatus | PartStatus | Fault | FaultCleared | CheckResult
)
