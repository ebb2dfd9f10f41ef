"""The clip writer: keeps an incident's pictures on disk, as the camera's original packets, before the ring rolls on."""

import logging
import queue
import threading
from collections.abc import Callable
from pathlib import Path

from vigint_core.domain.fault import Code, Fault, VigintError
from vigint_core.domain.ids import CameraId
from vigint_core.domain.incident import Clip
from vigint_core.domain.status import FaultCleared
from vigint_core.domain.window import Span
from vigint_core.media.clip import mux, unwritable
from vigint_core.media.packets import PacketCut
from vigint_core.policy.retention import Kept, surplus
from vigint_core.ports import Clock, EventSink
from vigint_desktop.pipeline.messages import CutRequest, FilesWritten, Message
from vigint_desktop.pipeline.worker import Worker

MOST_WAITING = 64  # requests; a ring holds its packets for a minute, so a longer queue could not be served anyway
MOST_BYTES = 20 * 1024**3  # of clips and stills on disk; the oldest go first
_WAIT_S = 0.25
_log = logging.getLogger(__name__)

CutPackets = Callable[[CameraId, Span], PacketCut | None]


class ClipWriter:
    """Cuts and writes. ``request`` is for the desk and never blocks."""

    def __init__(
        self, folder: Path, cut: CutPackets, tell: Callable[[Message], None], sink: EventSink, clock: Clock
    ) -> None:
        self.refused = 0
        self._folder = folder
        self._cut = cut
        self._tell = tell
        self._sink = sink
        self._clock = clock
        self._failing: set[Code] = set()
        self._lock = threading.Lock()
        self._inbox: queue.Queue[CutRequest] = queue.Queue(MOST_WAITING)
        self.worker = Worker("clip writer", self._step, sink, clock)

    def request(self, wanted: CutRequest) -> None:
        """Queue one cut. When the queue is full the request is refused, counted and reported."""
        try:
            self._inbox.put_nowait(wanted)
        except queue.Full:
            self.refused += 1
            self._report(Code.PIPELINE_CLIP_FAILED, f"{self.refused} clips refused: queue full")

    def finish(self) -> None:
        """Write what is still asked for. Called after the worker has ended."""
        while not self._inbox.empty():
            self._write(self._inbox.get_nowait())

    def _step(self) -> None:
        try:
            wanted = self._inbox.get(timeout=_WAIT_S)
        except queue.Empty:
            return
        self._write(wanted)

    def _write(self, wanted: CutRequest) -> None:
        still = self._write_still(wanted) if wanted.still else ""
        clip = self._write_clip(wanted)
        if still or clip:
            self._tell(FilesWritten(wanted.incident_id, still, clip))
        if clip:
            self._recovered()
        self._make_room()

    def _write_still(self, wanted: CutRequest) -> str:
        name = f"{wanted.incident_id}.jpg"
        fresh = self._folder / f"{wanted.incident_id}.part"
        try:
            fresh.write_bytes(wanted.still)
            fresh.replace(self._folder / name)
        except OSError as error:
            failure = unwritable(error)
            self._report(failure.code, f"{name}: {failure.detail}")
            return ""
        return name

    def _write_clip(self, wanted: CutRequest) -> Clip | None:
        name = f"{wanted.incident_id}-{wanted.number}.mp4"
        packets = self._cut(wanted.camera_id, wanted.span)
        if packets is None:
            self._report(Code.PIPELINE_CLIP_FAILED, f"{name}: the packets are gone")
            return None
        try:
            mux(packets, self._folder / name)
        except VigintError as error:
            self._report(error.code, error.detail)
            return None
        return Clip(name, Span(packets.packets[0].at.wall_s, packets.packets[-1].at.wall_s))

    def _report(self, code: Code, detail: str) -> None:
        _log.error("clip not kept: %s", detail)
        with self._lock:  # the desk reports a full queue, this thread the rest
            self._failing.add(code)
        self._sink.publish(Fault(code, self.worker.name, detail, self._clock.wall()))

    def _recovered(self) -> None:
        with self._lock:
            over, self._failing = self._failing, set()
        for code in over:
            self._sink.publish(FaultCleared(self.worker.name, code))

    def _make_room(self) -> None:
        try:
            self._remove_surplus()
        except OSError as error:
            self._report(Code.PIPELINE_CLIP_FAILED, f"clip folder: {error.strerror}")

    def _remove_surplus(self) -> None:
        sizes = [(file.name, file.stat()) for file in self._folder.iterdir()]
        files = [Kept(name, stat.st_size, stat.st_mtime) for name, stat in sizes]
        for name in surplus(files, MOST_BYTES):
            _log.info("clip folder is over its limit: %s removed", name)
            (self._folder / name).unlink(missing_ok=True)
