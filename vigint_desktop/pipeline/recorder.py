"""The recorder: one thread that writes the cameras' packets to disk and keeps the folder within its limits."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from vigint_core.domain.camera import Camera
from vigint_core.domain.fault import Code, Fault, VigintError
from vigint_core.domain.ids import CameraId
from vigint_core.domain.status import Activity, CameraRecording, FaultCleared
from vigint_core.policy.recording import RecordingLimits, RecordingRule, to_remove
from vigint_core.policy.retention import surplus
from vigint_core.ports import Clock, EventSink
from vigint_desktop.capture.packet_ring import PacketRing
from vigint_desktop.pipeline.recording_folder import RecordingFolder
from vigint_desktop.pipeline.segment_writer import RecordingCounters, SegmentWriter
from vigint_desktop.pipeline.worker import Worker

EVERY_S: Final = 0.5  # between two looks into the rings
TIDY_EVERY_S: Final = 60.0  # between two looks at the folder; 16 cameras write half a GiB meanwhile
_MAKE_ROOM_BYTES: Final = 64 * 1024 * 1024  # of the oldest go when the disk is full: a minute of two cameras
_MOST_SEEN: Final = 4096  # gates' reports between two looks; one a second and camera is usual
_log = logging.getLogger(__name__)

Rings = Callable[[], Sequence[tuple[Camera, PacketRing]]]
"""The cameras of now and their packets; callable from any thread."""


class Recorder:
    """Records what the cameras' settings ask for. ``note``, ``limit``, ``counters``, ``safe_s``: for every thread."""

    def __init__(
        self,
        recordings: RecordingFolder,
        rings: Rings,
        sink: EventSink,
        clock: Clock,
        rule: RecordingRule = RecordingRule(),  # noqa: B008 - frozen
    ) -> None:
        self._recordings = recordings
        self._rings = rings
        self._sink = sink
        self._clock = clock
        self._rule = rule
        self._limits: RecordingLimits | None = None
        self._writers: dict[CameraId, SegmentWriter] = {}
        self._counters: dict[CameraId, RecordingCounters] = {}
        self._seen: list[Activity] = []
        self._lock = threading.Lock()
        self._recording: set[CameraId] = set()
        self._refusing: set[CameraId] = set()
        self._tidied_mono_s = float("-inf")
        self.worker = Worker("recorder", self._step, sink, clock)

    def limit(self, limits: RecordingLimits) -> None:
        """How much may lie on disk from now on; before the first call nothing is removed."""
        self._limits = limits
        self._tidied_mono_s = float("-inf")

    def note(self, activity: Activity) -> None:
        """A gate opened, is still open, or closed. Never blocks."""
        with self._lock:
            if len(self._seen) < _MOST_SEEN:
                self._seen.append(activity)

    def counters(self, camera_id: CameraId) -> RecordingCounters:
        """What became of a camera's packets so far."""
        return replace(self._counters.get(camera_id, RecordingCounters()))

    def safe_s(self, camera_id: CameraId) -> float:
        """Unix time of the camera's last picture that this run has put on disk; minus infinity before the first."""
        writer = self._writers.get(camera_id)
        return writer.safe_s if writer else float("-inf")

    def finish(self) -> None:
        """Write what is still in the rings and close the files. Called after the worker has ended."""
        for writer in list(self._writers.values()):
            self._finish(writer)

    def _step(self) -> None:
        self.worker.stopping.wait(EVERY_S)
        self._follow_cameras()
        self._follow_gates()
        self._pump_all()
        if self._clock.monotonic() - self._tidied_mono_s >= TIDY_EVERY_S:
            self._tidy()

    def _pump_all(self) -> None:
        """Write what all cameras have; what one of them meets does not keep the others from the disk."""
        failure: VigintError | None = None
        for writer in self._writers.values():
            try:
                self._pump(writer)
            except VigintError as error:
                failure = failure or error
            self._tell(writer)
        if failure:
            raise failure

    def _follow_cameras(self) -> None:
        """A writer for each ring; one that is gone is finished: its ring holds what came since the last look."""
        rings = {camera.id: (camera, ring) for camera, ring in self._rings()}
        for camera_id, writer in list(self._writers.items()):
            if camera_id not in rings or rings[camera_id][1] is not writer.ring:
                del self._writers[camera_id]
                self._finish(writer)
        for camera_id, (camera, ring) in rings.items():
            if camera_id not in self._writers:
                counters = self._counters.setdefault(camera_id, RecordingCounters())
                place = partial(self._recordings.place, camera_id)
                self._writers[camera_id] = SegmentWriter(camera, ring, place, self._rule, counters)
            self._writers[camera_id].camera = camera

    def _finish(self, writer: SegmentWriter) -> None:
        """Write what is left of a camera and close its file; nobody asks for it again, so nothing is raised."""
        try:
            self._pump(writer)
            writer.rest()
        except VigintError as error:
            _log.error("the end of a recording of %s is lost: %s", writer.camera.id, error)
        self._tell(writer)

    def _follow_gates(self) -> None:
        with self._lock:
            seen, self._seen = self._seen, []
        for activity in seen:
            writer = self._writers.get(activity.camera_id)
            if writer:
                writer.note(activity.span, closed=activity.closed)

    def _pump(self, writer: SegmentWriter) -> None:
        """Write what one camera has. Raises VigintError for a disk that refuses; a codec that does is told here."""
        try:
            writer.pump(self._clock.monotonic())
        except VigintError as error:
            if error.code is Code.PIPELINE_CLIP_UNSUPPORTED:
                self._refuse(writer, error)
                return
            if error.code is Code.DISK_FULL:
                self._make_room()
            raise

    def _refuse(self, writer: SegmentWriter, error: VigintError) -> None:
        camera = writer.camera
        self._refusing.add(camera.id)
        self._sink.publish(Fault(error.code, camera.id, error.detail, self._clock.wall(), camera.name))

    def _tell(self, writer: SegmentWriter) -> None:
        """Tell when a camera's packets begin or cease to go to disk."""
        camera_id, running = writer.camera.id, writer.running is not None
        if running and camera_id in self._refusing:
            self._refusing.discard(camera_id)
            self._sink.publish(FaultCleared(camera_id, Code.PIPELINE_CLIP_UNSUPPORTED))
        if running != (camera_id in self._recording):
            self._recording ^= {camera_id}
            self._sink.publish(CameraRecording(camera_id, running))

    def _tidy(self) -> None:
        """Remove what is over the limits."""
        self._tidied_mono_s = self._clock.monotonic()
        if self._limits is None:
            return
        try:
            files = self._recordings.files()
            for name in to_remove(files, self._running(), self._limits, self._clock.wall()):
                _log.info("recordings are over their limit: %s removed", name)
                self._recordings.remove(name)
        except OSError as error:
            raise VigintError(Code.PIPELINE_RECORDING_FAILED, f"recordings: {error.strerror}") from error

    def _running(self) -> set[str]:
        """Names of the files that are being written."""
        return {self._recordings.name(writer.running) for writer in self._writers.values() if writer.running}

    def _make_room(self) -> None:
        """Let the oldest go where the disk is full, so that the newest can be written; never one that is being written.

        By its name a running one may be old: the system's clock was set, or its camera sends no key frame.
        """
        young_s = self._clock.wall() - 2 * self._rule.segment_s
        try:
            running = self._running()
            files = [kept for kept in self._recordings.files() if kept.since_s < young_s and kept.name not in running]
            for name in surplus(files, sum(file.size for file in files) - _MAKE_ROOM_BYTES):
                _log.info("the disk is full: recording %s removed", name)
                self._recordings.remove(name)
        except OSError as error:
            _log.info("recordings can't be removed: %s", error.strerror)
