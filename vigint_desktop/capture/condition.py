"""How one camera is, told to everybody once a change: its state, the faults that are open, and when they are over."""

import threading

from vigint_core.domain.camera import Camera, CameraState
from vigint_core.domain.fault import Code, Fault
from vigint_core.domain.status import CameraStatus, FaultCleared
from vigint_core.ports import Clock, EventSink


class Condition:
    """State and open faults of one camera. Thread-safe: its worker and the supervisor both tell it what they see."""

    def __init__(self, camera: Camera, sink: EventSink, clock: Clock) -> None:
        self._camera = camera
        self._sink = sink
        self._clock = clock
        self._status: CameraStatus | None = None
        self._faults: dict[Code, Fault] = {}
        self._lock = threading.RLock()

    @property
    def status(self) -> CameraStatus | None:
        """What was told last, or None."""
        return self._status

    @property
    def state(self) -> CameraState:
        """The state told last; a camera that was never heard of is stopped."""
        return self._status.state if self._status else CameraState.STOPPED

    def connecting(self) -> None:
        """A try to open the stream begins. The fault of the try before stays on the tile until something is known."""
        with self._lock:
            self._tell(CameraState.CONNECTING, self._status.fault if self._status else None)

    def live(self, warning: Code | None = None) -> None:
        """A good frame came: whatever was wrong before is over, except what ``warning`` names."""
        with self._lock:
            for code in [code for code in self._faults if code is not warning]:
                del self._faults[code]
                self._sink.publish(FaultCleared(self._camera.id, code))
            fault = self._report(warning, "") if warning else None
            self._tell(CameraState.LIVE, fault)

    def stalled(self) -> None:
        """No frame has come for a while, though the stream is open."""
        with self._lock:
            if self.state is CameraState.LIVE:
                self._tell(CameraState.STALLED, None)

    def failed(self, code: Code, detail: str, retry_at_mono_s: float | None) -> None:
        """The stream could not be opened or broke; ``retry_at_mono_s`` is None when no try will follow by itself."""
        state = CameraState.UNAUTHORIZED if code is Code.CAMERA_UNAUTHORIZED else CameraState.FAILED
        with self._lock:
            for over in [each for each in self._faults if each is not code]:
                del self._faults[over]
                self._sink.publish(FaultCleared(self._camera.id, over))
            self._tell(state, self._report(code, detail), retry_at_mono_s)

    def stopped(self) -> None:
        """The camera was taken off the wall: its faults are nobody's concern any more."""
        with self._lock:
            for code in list(self._faults):
                del self._faults[code]
                self._sink.publish(FaultCleared(self._camera.id, code))
            self._tell(CameraState.STOPPED, None)

    def _report(self, code: Code, detail: str) -> Fault:
        """Open a fault, or go on with the one that is open: it keeps the time of its first report."""
        fault = self._faults.get(code)
        if fault is None or fault.detail != detail:
            since_s = fault.at_s if fault else self._clock.wall()
            fault = Fault(code, self._camera.id, detail, since_s, self._camera.name)
            self._faults[code] = fault
            self._sink.publish(fault)
        return fault

    def _tell(self, state: CameraState, fault: Fault | None, retry_at_mono_s: float | None = None) -> None:
        last = self._status
        if last and (last.state, last.fault, last.retry_at_mono_s) == (state, fault, retry_at_mono_s):
            return
        since_s = last.since_s if last and last.state is state else self._clock.wall()
        self._status = CameraStatus(self._camera.id, state, since_s, fault, retry_at_mono_s)
        self._sink.publish(self._status)
