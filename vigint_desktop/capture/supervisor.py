"""All cameras of the wall: starts and stops their workers, notices frozen pictures, and replaces threads that hang."""

import threading
from dataclasses import dataclass
from typing import Final

from vigint_core.domain.camera import Camera
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import CameraId
from vigint_core.domain.status import CameraStatus
from vigint_core.ports import Clock, EventSink
from vigint_desktop.capture.channels import Channels, Tap
from vigint_desktop.capture.condition import Condition
from vigint_desktop.capture.opening import CameraOpener
from vigint_desktop.capture.outlet import Outlet
from vigint_desktop.capture.source import Opener
from vigint_desktop.capture.worker import CameraWorker, Retrying

STALLED_AFTER_S: Final = 2.0
STUCK_AFTER_S: Final = 10.0
"""Longer than the time-outs of opening a stream together (2 x 4 s), so only a call that ignores them is given up."""
_CHECK_EVERY_S: Final = 0.5
_MOST_ABANDONED: Final = 3
"""Threads of one camera that may hang at a time; each holds a stream's memory, so no more are started on top."""


@dataclass(slots=True)
class _Place:
    """A camera's place on the wall: what stays when its worker is replaced."""

    camera: Camera
    password: str
    tap: Tap
    channels: Channels
    condition: Condition
    worker: CameraWorker
    size: tuple[int, int] = (0, 0)


class Supervisor:
    """Owns the workers. ``add``, ``remove``, ``show_at`` and ``reconnect`` answer at once, on any thread."""

    def __init__(
        self, sink: EventSink, clock: Clock, opener: Opener | None = None, retrying: Retrying | None = None
    ) -> None:
        self._sink = sink
        self._clock = clock
        self._opener = opener or CameraOpener(clock)
        self._retrying = retrying or Retrying()
        self._places: dict[CameraId, _Place] = {}
        self._leaving: list[CameraWorker] = []
        self._started = False
        self._stop = threading.Event()
        self._lock = threading.RLock()
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)

    def start(self) -> None:
        """Start every camera, and the watch over them; ``stop`` ends both."""
        with self._lock:
            self._started = True
            for place in self._places.values():
                place.worker.start()
        self._thread.start()

    def stop(self, timeout_s: float = 6.0) -> bool:
        """Stop every camera and the watch; False when a thread that hangs in a library has not ended in time."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        with self._lock:
            workers = [place.worker for place in self._places.values()] + self._leaving
            self._places.clear()
        for worker in workers:
            worker.request_stop()
        end_s = self._clock.monotonic() + timeout_s
        ended = [worker.stop(max(0.0, end_s - self._clock.monotonic())) for worker in workers]
        return all(ended)

    def add(self, camera: Camera, password: str, tap: Tap, channels: Channels | None = None) -> Channels:
        """Put a camera on the wall. Raises ValueError when one with this id is there.

        ``channels`` are made by a caller whose ``tap`` must know them before the first frame.
        """
        with self._lock:
            if camera.id in self._places:
                raise ValueError(f"there is a camera {camera.id} already")
            channels, condition = channels or Channels(), Condition(camera, self._sink, self._clock)
            worker = self._worker(camera, password, Outlet(camera, channels, tap, condition))
            self._places[camera.id] = _Place(camera, password, tap, channels, condition, worker)
            if self._started:
                worker.start()
            return channels

    def remove(self, camera_id: CameraId) -> None:
        """Take a camera off the wall; its thread ends by itself a little later. Nothing happens for an unknown one."""
        with self._lock:
            place = self._places.pop(camera_id, None)
            if place is None:
                return
            place.worker.outlet.shut(self._clock.monotonic())
            place.condition.stopped()
            place.worker.request_stop()
            self._leaving.append(place.worker)

    def channels(self, camera_id: CameraId) -> Channels:
        """Where the pictures of a camera are found. Raises KeyError for an unknown one."""
        with self._lock:
            return self._places[camera_id].channels

    def status(self, camera_id: CameraId) -> CameraStatus | None:
        """How a camera is, as told last; None before its first try. Raises KeyError for an unknown one."""
        with self._lock:
            return self._places[camera_id].condition.status

    def show_at(self, camera_id: CameraId, width: int, height: int) -> None:
        """Device pixels of a camera's tile; (0, 0) while it is not on screen. Ignored for an unknown one."""
        with self._lock:
            place = self._places.get(camera_id)
            if place:
                place.size = (width, height)
                place.worker.show_at(width, height)

    def reconnect(self, camera_id: CameraId) -> None:
        """Open a camera's stream anew at once. Ignored for an unknown one."""
        with self._lock:
            place = self._places.get(camera_id)
            if place:
                place.worker.retry_now()

    def check(self) -> None:
        """One look at every camera: is its picture frozen, does its thread hang? Called by the watch twice a second."""
        with self._lock:
            self._leaving = [worker for worker in self._leaving if worker.is_alive]
            for place in self._places.values():
                self._notice_stall(place)
                if place.worker.busy_s() > STUCK_AFTER_S:
                    self._replace(place)

    def _run(self) -> None:
        while not self._stop.wait(_CHECK_EVERY_S):
            self.check()

    def _notice_stall(self, place: _Place) -> None:
        last_s = place.worker.outlet.last_frame_mono_s
        if last_s is not None and self._clock.monotonic() - last_s > STALLED_AFTER_S:
            place.condition.stalled()

    def _replace(self, place: _Place) -> None:
        """Give a hanging thread up: it can't be killed, but nothing of it gets out any more."""
        place.condition.failed(Code.CAMERA_STUCK, "", retry_at_mono_s=None)
        hanging = sum(1 for worker in self._leaving if worker.camera.id == place.camera.id)
        if hanging >= _MOST_ABANDONED:
            return
        place.worker.outlet.shut(self._clock.monotonic())
        place.worker.request_stop()
        self._leaving.append(place.worker)
        place.channels.counters.replaced += 1
        outlet = Outlet(place.camera, place.channels, place.tap, place.condition)
        place.worker = self._worker(place.camera, place.password, outlet)
        place.worker.show_at(*place.size)
        place.worker.start()

    def _worker(self, camera: Camera, password: str, outlet: Outlet) -> CameraWorker:
        return CameraWorker(camera, password, outlet, self._opener, self._clock, self._retrying)
