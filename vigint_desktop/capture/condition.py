"""How one camera is, told to everybody once a change: its state, the faults that are open, and when they are over."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from vigint_core.domain.camera import Camera, CameraState
from vigint_core.domain.fault import Code, Fault
from vigint_core.domain.status import CameraStatus, FaultCleared
from vigint_core.policy.picture_truth import Sight
from vigint_core.policy.shapes import fits
from vigint_core.policy.streams import Stream
from vigint_core.ports import Clock, EventSink

_FAILED_AS: Final = {
    Code.CAMERA_UNAUTHORIZED: CameraState.UNAUTHORIZED,
    Code.CAMERA_UNSUPPORTED: CameraState.UNSUPPORTED,
    Code.CAMERA_NO_VIDEO_STREAM: CameraState.UNSUPPORTED,
    Code.CAMERA_NOT_VIDEO: CameraState.UNSUPPORTED,
}
_DOES_NOT_ANSWER: Final = frozenset({Code.CAMERA_UNREACHABLE, Code.CAMERA_SILENT, Code.CAMERA_LOST})
_SEEN_AS: Final = {
    Sight.FROZEN: (CameraState.FROZEN, Code.CAMERA_FROZEN),
    Sight.BLACK: (CameraState.BLACK, Code.CAMERA_BLACK),
    Sight.COVERED: (CameraState.COVERED, Code.CAMERA_COVERED),
}
_LOST_AS: Final = {Stream.MAIN: Code.CAMERA_MAIN_LOST, Stream.SUB: Code.CAMERA_SUB_LOST}


@dataclass(frozen=True, slots=True)
class _Report:
    """What was heard of one stream last.

    Attributes:
        lost: it has failed or stood still, and has brought nothing since.
        warning: what is wrong though it plays.
        since_mono_s: when this began, where that was before it was noticed.
    """

    state: CameraState
    code: Code | None = None
    detail: str = ""
    retry_at_mono_s: float | None = None
    warning: Code | None = None
    lost: bool = False
    since_mono_s: float | None = None


def _nobody() -> None:
    """Nobody wants to know."""


class Condition:
    """State and open faults of one camera, of what its streams and a look at its pictures say. Thread-safe.

    One living stream makes a camera live; that the other one is lost is a fault beside it.
    """

    def __init__(
        self, camera: Camera, sink: EventSink, clock: Clock, streams_changed: Callable[[], None] = _nobody
    ) -> None:
        """``streams_changed`` is called, outside of every lock, when a stream was lost or has come back."""
        self._camera = camera
        self._sink = sink
        self._clock = clock
        self._wall_offset_s = clock.wall() - clock.monotonic()  # a system clock that is set moves nothing
        self._streams_changed = streams_changed
        self._status: CameraStatus | None = None
        self._faults: dict[Code, Fault] = {}
        self._reports: dict[Stream, _Report] = {}
        self._sight = Sight.GOOD
        self._sight_mono_s = 0.0
        self._misshapen = False
        self._lock = threading.RLock()

    @property
    def status(self) -> CameraStatus | None:
        """What was told last, or None."""
        return self._status

    @property
    def state(self) -> CameraState:
        """The state told last; a camera that was never heard of is stopped."""
        return self._status.state if self._status else CameraState.STOPPED

    def lost(self, stream: Stream) -> bool:
        """Whether a stream has failed or stands still; False until its first try has failed."""
        report = self._reports.get(stream)
        return report is not None and report.lost

    def begin(self) -> None:
        """Its streams are opened from scratch; what was told stands until they are heard of."""
        with self._lock:
            self._reports.clear()

    def rename(self, camera: Camera) -> None:
        """The owner describes the camera otherwise: its name, or whether it sleeps."""
        with self._lock:
            before, self._camera = self._camera, camera
            if (camera.name, camera.sleeps) == (before.name, before.sleeps):
                return
            self._faults = {
                code: Fault(code, fault.source, fault.detail, fault.at_s, camera.name)
                for code, fault in self._faults.items()
            }
            for fault in self._faults.values():
                self._sink.publish(fault)
            self._settle()

    def connecting(self, stream: Stream = Stream.MAIN) -> None:
        """A try to open the stream begins. The fault of the try before stays on the tile until something is known."""
        before = self._reports.get(stream)
        lost = before is not None and before.lost
        self._hear(stream, _Report(CameraState.CONNECTING, lost=lost))

    def live(self, warning: Code | None = None, stream: Stream = Stream.MAIN) -> None:
        """Good pictures come: whatever was wrong with the stream is over, except what ``warning`` names."""
        report = self._reports.get(stream)
        if report is None or report.state is not CameraState.LIVE or report.warning is not warning:
            self._hear(stream, _Report(CameraState.LIVE, warning=warning))

    def stalled(self, stream: Stream = Stream.MAIN, since_mono_s: float | None = None) -> None:
        """No picture has come since then, though the stream is open."""
        report = self._reports.get(stream)
        if report is not None and report.state is CameraState.LIVE:
            self._hear(stream, _Report(CameraState.STALLED, lost=True, since_mono_s=since_mono_s))

    def failed(self, code: Code, detail: str, retry_at_mono_s: float | None, stream: Stream = Stream.MAIN) -> None:
        """The stream could not be opened or broke; ``retry_at_mono_s`` is None when no try will follow by itself."""
        state = _FAILED_AS.get(code, CameraState.FAILED)
        self._hear(stream, _Report(state, code, detail, retry_at_mono_s, lost=True))

    def seen(self, sight: Sight, since_mono_s: float) -> None:
        """What a look at the pictures says, and since when."""
        with self._lock:
            if sight is not self._sight:
                self._sight, self._sight_mono_s = sight, since_mono_s
                self._settle()

    def shaped(self, width: int, height: int) -> None:
        """The pictures have this shape; with zones that were drawn on another one, somebody has to look at them."""
        drawn_on = self._camera.scene.drawn_on
        misshapen = drawn_on is not None and not fits(drawn_on, (width, height))
        with self._lock:
            if misshapen is not self._misshapen:
                self._misshapen = misshapen
                self._settle()

    def stopped(self) -> None:
        """The camera was taken off the wall: its faults are nobody's concern any more."""
        self._rest(CameraState.STOPPED)

    def off(self) -> None:
        """The camera is outside of its hours."""
        self._rest(CameraState.OFF)

    def _rest(self, state: CameraState) -> None:
        with self._lock:
            self._reports.clear()
            self._sight = Sight.GOOD
            self._keep_faults(())
            self._tell(state, None)

    def _hear(self, stream: Stream, report: _Report) -> None:
        with self._lock:
            before = self.lost(stream)
            self._reports[stream] = report
            self._settle()
        if report.lost is not before:
            self._streams_changed()

    def _settle(self) -> None:
        """Tell what all reports together come to."""
        live = next((stream for stream, report in self._reports.items() if report.state is CameraState.LIVE), None)
        if live is not None:
            self._settle_live(live)
        elif report := self._reports.get(Stream.MAIN) or self._reports.get(Stream.SUB):
            self._settle_absent(report)

    def _settle_live(self, live: Stream) -> None:
        state, seen_code = _SEEN_AS.get(self._sight, (CameraState.LIVE, None))
        others = [(stream, report) for stream, report in self._reports.items() if stream is not live]
        lost = [(_LOST_AS[stream], str(report.code or "")) for stream, report in others if report.lost]
        warnings = [(report.warning, "") for report in self._reports.values()]
        shape = [(Code.CAMERA_SHAPE_CHANGED if self._misshapen else None, "")]
        found = [(code, detail) for code, detail in ((seen_code, ""), *warnings, *lost, *shape) if code is not None]
        self._keep_faults(found)
        fault = self._faults[found[0][0]] if found else None
        went_on = seen_code is not None and self.state.has_picture  # else it begins anew with the pictures
        self._tell(state, fault, since_mono_s=self._sight_mono_s if went_on else None)

    def _settle_absent(self, report: _Report) -> None:
        asleep = self._camera.sleeps and report.code in _DOES_NOT_ANSWER
        if report.state is CameraState.CONNECTING:
            if self.state is not CameraState.ASLEEP:
                self._tell(CameraState.CONNECTING, self._status.fault if self._status else None)
        elif report.code is None:
            self._tell(report.state, None, since_mono_s=report.since_mono_s)
        elif asleep:
            self._keep_faults(())
            self._tell(CameraState.ASLEEP, None, report.retry_at_mono_s)
        else:
            self._keep_faults([(report.code, report.detail)])
            self._tell(report.state, self._faults[report.code], report.retry_at_mono_s)

    def _keep_faults(self, found: Sequence[tuple[Code, str]]) -> None:
        """Exactly these faults are open: others are over, and one that goes on keeps the time of its first report."""
        for over in self._faults.keys() - {code for code, _ in found}:
            del self._faults[over]
            self._sink.publish(FaultCleared(self._camera.id, over))
        for code, detail in found:
            open_one = self._faults.get(code)
            if open_one is None or open_one.detail != detail:
                since_s = open_one.at_s if open_one else self._wall_of(None)
                self._faults[code] = Fault(code, self._camera.id, detail, since_s, self._camera.name)
                self._sink.publish(self._faults[code])

    def _tell(
        self,
        state: CameraState,
        fault: Fault | None,
        retry_at_mono_s: float | None = None,
        since_mono_s: float | None = None,
    ) -> None:
        last = self._status
        if last and (last.state, last.fault, last.retry_at_mono_s) == (state, fault, retry_at_mono_s):
            return
        since_s = self._wall_of(since_mono_s)
        if last:  # nothing began before what was told last
            since_s = last.since_s if last.state is state else max(since_s, last.since_s)
        self._status = CameraStatus(self._camera.id, state, since_s, fault, retry_at_mono_s)
        self._sink.publish(self._status)

    def _wall_of(self, mono_s: float | None) -> float:
        return self._wall_offset_s + (self._clock.monotonic() if mono_s is None else mono_s)
