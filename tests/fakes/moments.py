"""A clock that stands until a test moves it, and values of the field with the uninteresting parts filled in."""

from dataclasses import replace

from vigint_core.domain.camera import Camera, CameraState, SourceKind
from vigint_core.domain.fault import Code, Fault
from vigint_core.domain.ids import CameraId, IncidentId, WindowId
from vigint_core.domain.incident import Act, Decision, Incident, IncidentState, Suspicion
from vigint_core.domain.status import CameraHealth, CameraStatus, Snapshot, WindowRecord, WindowResult
from vigint_core.domain.verdict import IncidentType, Observation, Severity
from vigint_core.domain.window import Span

NOON_S = 1_700_000_000.0  # 14 November 2023, 22:13:20 UTC


class StandingClock:
    """``Clock`` that only moves by ``advance``."""

    def __init__(self, wall_s: float = NOON_S, mono_s: float = 1000.0) -> None:
        self._wall_s = wall_s
        self._mono_s = mono_s

    def monotonic(self) -> float:
        return self._mono_s

    def wall(self) -> float:
        return self._wall_s

    def advance(self, seconds: float) -> None:
        self._mono_s += seconds
        self._wall_s += seconds


def camera(name: str, kind: SourceKind = SourceKind.RTSP) -> Camera:
    return Camera(CameraId(name.lower()), name, kind, f"rtsp://127.0.0.1/{name}")


def status(
    camera_id: str, state: CameraState = CameraState.LIVE, code: Code | None = None, retry_s: float | None = None
) -> CameraStatus:
    fault = Fault(code, camera_id, "", NOON_S, camera_id.title()) if code else None
    return CameraStatus(CameraId(camera_id), state, NOON_S - 60, fault, retry_s)


def incident(
    number: int,
    camera_id: str = "door",
    *,
    at_s: float = NOON_S,
    severity: Severity = Severity.HIGH,
    state: IncidentState = IncidentState.SUSPECTED,
) -> Incident:
    seen = (Observation(at_s - 2, "a hand goes to the shelf"), Observation(at_s, "a bottle goes into a bag"))
    return Incident(
        id=IncidentId(f"i{number}"),
        camera_id=CameraId(camera_id),
        camera_name=camera_id.title(),
        type=IncidentType.CONCEALMENT,
        severity=severity,
        state=state,
        source="ai",
        confidence=0.8,
        summary="A bottle goes into a bag.",
        observations=seen,
        span=Span(at_s - 8, at_s + 2),
        act_s=at_s,
        opened_s=at_s + 4,
        suspicions=(),
    )


def with_act(
    told: Incident, kind: IncidentType, at_s: float, summary: str, decision: Decision = Decision.CONFIRMED
) -> Incident:
    """The incident with one more act in it."""
    act = Act(kind, Severity.MEDIUM, 0.7, summary, at_s)
    span = Span(at_s - 5, at_s + 5)
    suspicion = Suspicion(WindowId(f"w{len(told.suspicions)}"), span, at_s + 6, decision, act)
    return replace(told, suspicions=(*told.suspicions, suspicion))


def window(
    number: int,
    start_s: float,
    result: WindowResult = WindowResult.CLEAR,
    reason: Code | None = None,
    camera_id: str = "door",
) -> WindowRecord:
    return WindowRecord(
        WindowId(f"{camera_id}-{number}"), CameraId(camera_id), Span(start_s, start_s + 10), result, reason
    )


def unwell(
    start_s: float,
    state: CameraState = CameraState.FAILED,
    code: Code | None = Code.CAMERA_UNREACHABLE,
    *,
    length_s: float = 120.0,
    closed: bool = True,
    camera_id: str = "door",
) -> CameraHealth:
    return CameraHealth(CameraId(camera_id), Span(start_s, start_s + length_s), state, code, closed)


def snapshot(at_s: float, camera_id: str = "door") -> Snapshot:
    return Snapshot(CameraId(camera_id), at_s, f"{camera_id}-{at_s:.0f}.png", 1920, 1080)
