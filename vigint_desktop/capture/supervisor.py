"""All cameras of the wall: starts and stops them, at their hours too, and has each looked after twice a second."""

import logging
import threading
from typing import Final

from vigint_core.domain.camera import Camera
from vigint_core.domain.fault import Code, Fault
from vigint_core.domain.ids import CameraId
from vigint_core.domain.status import CameraStatus, FaultCleared
from vigint_core.policy.hours import is_on
from vigint_core.policy.streams import Extent
from vigint_core.ports import Clock, EventSink
from vigint_desktop.capture.channels import Channels, Tap
from vigint_desktop.capture.opening import CameraOpener
from vigint_desktop.capture.source import Opener
from vigint_desktop.capture.station import Gear, Station
from vigint_desktop.capture.worker import CameraWorker, Retrying

_CHECK_EVERY_S: Final = 0.5
_NAME: Final = "supervisor"
_log: Final = logging.getLogger(__name__)


class Supervisor:
    """Owns the cameras. Everything but ``start`` and ``stop`` answers at once, on any thread."""

    def __init__(
        self, sink: EventSink, clock: Clock, opener: Opener | None = None, retrying: Retrying | None = None
    ) -> None:
        self._sink = sink
        self._clock = clock
        self._gear = Gear(sink, clock, opener or CameraOpener(clock), retrying or Retrying())
        self._stations: dict[CameraId, Station] = {}
        self._leaving: list[CameraWorker] = []
        self._started = False
        self._failing = False
        self._stop = threading.Event()
        self._lock = threading.RLock()
        self._thread = threading.Thread(target=self._run, name=_NAME, daemon=True)

    def start(self) -> None:
        """Start every camera, and the watch over them; ``stop`` ends both."""
        with self._lock:
            self._started = True
            for station in self._stations.values():
                self._keep_hours(station)
        self._thread.start()

    def stop(self, timeout_s: float = 6.0) -> bool:
        """Stop every camera and the watch; False when a thread that hangs in a library has not ended in time."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        with self._lock:
            stations = list(self._stations.values())
            self._stations.clear()
            workers = [worker for station in stations for worker in station.halt()] + self._leaving
        for station in stations:
            station.condition.stopped()
        end_s = self._clock.monotonic() + timeout_s
        ended = [worker.stop(max(0.0, end_s - self._clock.monotonic())) for worker in workers]
        return all(ended)

    def add(self, camera: Camera, password: str, tap: Tap, channels: Channels | None = None) -> Channels:
        """Put a camera on the wall. Raises ValueError when one with this id is there.

        ``channels`` are made by a caller whose ``tap`` must know them before the first frame.
        """
        with self._lock:
            if camera.id in self._stations:
                raise ValueError(f"there is a camera {camera.id} already")
            station = Station(camera, password, tap, channels or Channels(), self._gear)
            self._stations[camera.id] = station
            if self._started:
                self._keep_hours(station)
            return station.channels

    def change(self, camera: Camera, password: str) -> None:
        """Describe a camera anew; its streams are opened again only when the description or password asks for it.

        What its rings hold stays. Raises KeyError for an unknown one.
        """
        with self._lock:
            station = self._stations[camera.id]
            if station.describe(camera, password) and station.runs:
                self._leaving += station.halt()
                station.start()
            if self._started:
                self._keep_hours(station)

    def remove(self, camera_id: CameraId) -> None:
        """Take a camera off the wall; its threads end by themselves a little later. Ignored for an unknown one."""
        with self._lock:
            station = self._stations.pop(camera_id, None)
            if station is None:
                return
            self._leaving += station.halt()
            station.condition.stopped()

    def channels(self, camera_id: CameraId) -> Channels:
        """Where the pictures of a camera are found. Raises KeyError for an unknown one."""
        with self._lock:
            return self._stations[camera_id].channels

    def status(self, camera_id: CameraId) -> CameraStatus | None:
        """How a camera is, as told last; None before its first try. Raises KeyError for an unknown one."""
        with self._lock:
            return self._stations[camera_id].condition.status

    def show_at(self, camera_id: CameraId, width: int, height: int) -> None:
        """Device pixels of a camera's tile; (0, 0) while it is not on screen. Ignored for an unknown one."""
        with self._lock:
            if station := self._stations.get(camera_id):
                station.show_at(Extent(width, height))

    def reconnect(self, camera_id: CameraId) -> None:
        """Open a camera's streams anew at once. Ignored for an unknown one."""
        with self._lock:
            if station := self._stations.get(camera_id):
                station.retry_now()

    def confirm_view(self, camera_id: CameraId) -> None:
        """What a camera shows now is what it is meant to show. Ignored for an unknown one."""
        with self._lock:
            if station := self._stations.get(camera_id):
                station.confirm_view()

    def check(self) -> None:
        """One look at every camera: hours, stalls, threads that hang. Called by the watch twice a second."""
        with self._lock:
            self._leaving = [worker for worker in self._leaving if worker.is_alive]
            for station in self._stations.values():
                self._keep_hours(station)
                station.check()

    def _run(self) -> None:
        """Watch until the end, whatever happens: else a picture that stands still would pass for a live one."""
        while not self._stop.wait(_CHECK_EVERY_S):
            try:
                self.check()
            except Exception as error:  # noqa: BLE001 - the outermost frame of the watch
                self._failed(error)
            else:
                self._recovered()

    def _failed(self, error: Exception) -> None:
        """Tell it, and log the first of a row: the next look is half a second away."""
        if not self._failing:
            _log.error("the watch over the cameras failed", exc_info=error)
        self._failing = True
        self._sink.publish(Fault(Code.WORKER_CRASHED, _NAME, type(error).__name__, self._clock.wall()))

    def _recovered(self) -> None:
        if self._failing:
            self._failing = False
            self._sink.publish(FaultCleared(_NAME, Code.WORKER_CRASHED))

    def _keep_hours(self, station: Station) -> None:
        """Start or stop a camera as its hours want it."""
        wanted = is_on(station.camera.hours, self._clock.wall())
        if wanted and not station.runs:
            station.start()
        elif not wanted and station.runs:
            self._leaving += station.halt()
        if not wanted:
            station.condition.off()
