"""What is kept of the cameras' own packets, for people: clips of any past seconds, snapshots, recordings."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from vigint_core.domain.camera import Camera
from vigint_core.domain.fault import Code, Fault, VigintError
from vigint_core.domain.ids import CameraId
from vigint_core.domain.status import CheckResult, Event, FaultCleared, Snapshot
from vigint_core.domain.window import Span
from vigint_core.domain.zone import Scene
from vigint_core.media.clip import film, keep, unwritable
from vigint_core.media.packets import PacketCut
from vigint_core.media.redact import Redaction, redaction_of_exports
from vigint_core.media.snapshot import newest_picture
from vigint_core.media.web import for_browser, redacted
from vigint_core.policy.recording import RecordingLimits
from vigint_core.ports import Clock, EventSink
from vigint_core.texts import Language
from vigint_desktop.capture.clip_sequence import Reel
from vigint_desktop.capture.packet_ring import PacketRing
from vigint_desktop.capture.playback import ClipPlayback
from vigint_desktop.pipeline.cameras import Seat, fresher, longer
from vigint_desktop.pipeline.errands import Errand, Errands
from vigint_desktop.pipeline.messages import Message, SnapshotTaken
from vigint_desktop.pipeline.recorder import Recorder
from vigint_desktop.pipeline.recording_folder import RecordingFolder, start_of
from vigint_desktop.pipeline.snapshot_folder import SnapshotFolder
from vigint_desktop.pipeline.worker import Worker

MOST_SEGMENTS: Final = 72  # of one film: six hours of a camera that is always recorded
_THREADS: Final = 2  # a snapshot does not wait for a long clip


class Footage:
    """Answers what people ask about the packets of the cameras. Called on the GUI thread; nothing here blocks.

    Attributes:
        recorder: writes recordings.
        snapshots: where snapshots lie.
    """

    def __init__(
        self,
        recordings: RecordingFolder,
        snapshots: SnapshotFolder,
        seats: Callable[[], Sequence[Seat]],
        tell: Callable[[Message], None],
        sink: EventSink,
        clock: Clock,
    ) -> None:
        self._seats = seats
        self._tell = tell
        self._clock = clock
        self._recordings = recordings
        self._errands = Errands("footage", _THREADS, sink, clock)
        self.snapshots = snapshots
        self.recorder = Recorder(recordings, self._rings, sink, clock)

    @property
    def workers(self) -> Sequence[Worker]:
        """To be started and stopped; then the recorder is to be finished."""
        return (*self._errands.workers, self.recorder.worker)

    def limit(self, gib: float, days: int) -> None:
        """How much of recordings is kept from now on."""
        self.recorder.limit(RecordingLimits(round(gib * 1024**3), days))

    def snapshot(self, camera_id: CameraId) -> None:
        """Keep what a camera shows now; the desk books and tells it.

        Whatever keeps it from being kept is one fault of the camera, PIPELINE_SNAPSHOT_FAILED, which the next snapshot
        clears; its detail names the cause.
        """
        seat = self._seat(camera_id)
        if seat is None:
            return
        camera = seat.camera
        cut = fresher(seat.channels.packets.newest(), seat.channels.sub_packets.newest())

        def failed(detail: str) -> Event:
            return Fault(Code.PIPELINE_SNAPSHOT_FAILED, camera.id, detail, self._clock.wall(), camera.name)

        def run() -> Event:
            try:
                return self._take(camera, cut)
            except VigintError as error:
                return failed(error.detail)

        self._errands.ask(Errand(f"snapshot {camera_id}", run, lambda: None, failed))

    def save_clip(self, check_id: str, camera_id: CameraId, span: Span, file: Path) -> None:
        """Write seconds of Unix time as an MP4, whole or not at all; answered by a ``CheckResult``.

        The packets are taken out of the ring now, whenever they are written. They stay as they came, unless the camera
        has privacy zones that its owner has not unlocked: then they are encoded again, with the zones covered.
        """
        cut = self._cut(camera_id, span)
        lacking = self._lacking(camera_id, span)
        seat = self._seat(camera_id)
        redaction = redaction_of_exports(seat.camera.scene if seat else Scene())
        self._check(check_id, lambda: _saved(check_id, cut, lacking, redaction, file))

    def convert_clip(self, check_id: str, clip: Path, file: Path) -> None:
        """Write a clip so that every browser plays it, whole or not at all; answered by a ``CheckResult``."""
        self._check(check_id, lambda: _converted(check_id, clip, file))

    def open_recording(self, camera_id: CameraId, at_s: float, language: Language) -> ClipPlayback | None:
        """Show what lies on disk from a Unix time on, and what only the ring holds behind that; None for nothing."""
        files = self._recordings.segments(camera_id, at_s, MOST_SEGMENTS)
        reels = [Reel(file, start_of(file.name) or 0.0) for file in files]
        if len(files) < MOST_SEGMENTS:
            reels += self._fresh(camera_id, max(at_s, self.recorder.safe_s(camera_id)))
        return ClipPlayback(reels, language, at_wall_s=at_s) if reels else None

    def _fresh(self, camera_id: CameraId, from_s: float) -> list[Reel]:
        """What the ring holds from a Unix time on."""
        cut = self._cut(camera_id, Span(from_s, float("inf")))
        return [Reel(cut, cut.start.wall_s, skip_s=max(0.0, from_s - cut.start.wall_s))] if cut else []

    def _check(self, check_id: str, work: Callable[[], CheckResult]) -> None:
        def refused(code: Code, detail: str = "") -> Event:
            return CheckResult(check_id, ok=False, facts=(), code=code, detail=detail)

        def run() -> Event:
            try:
                return work()
            except VigintError as error:
                return refused(error.code, error.detail)

        self._errands.ask(Errand(check_id, run, lambda: None, refused))

    def _cut(self, camera_id: CameraId, span: Span) -> PacketCut | None:
        """What the rings hold of a span of Unix time."""
        seat = self._seat(camera_id)
        if seat is None:
            return None
        return longer(seat.channels.packets.cut_by_wall(span), seat.channels.sub_packets.cut_by_wall(span))

    def _lacking(self, camera_id: CameraId, span: Span) -> Code:
        """Why nothing is there of a span of Unix time: the rings went on since, or the camera sent nothing then."""
        seat = self._seat(camera_id)
        if seat is None:
            return Code.PIPELINE_CLIP_GONE
        newest = fresher(seat.channels.packets.newest(), seat.channels.sub_packets.newest())
        went_on = newest is not None and newest.start.wall_s > span.end_s
        return Code.PIPELINE_CLIP_GONE if went_on else Code.PIPELINE_CLIP_EMPTY

    def _rings(self) -> list[tuple[Camera, PacketRing]]:
        """What is recorded: the main streams. Callable from any thread."""
        return [(seat.camera, seat.channels.packets) for seat in self._seats()]

    def _seat(self, camera_id: CameraId) -> Seat | None:
        return next((seat for seat in self._seats() if seat.camera.id == camera_id), None)

    def _take(self, camera: Camera, cut: PacketCut | None) -> Event:
        if cut is None:
            raise VigintError(Code.PIPELINE_SNAPSHOT_FAILED, "the camera has sent no picture yet")
        picture = newest_picture(cut, redaction_of_exports(camera.scene))
        file = self.snapshots.put(camera.name, picture)
        self._tell(SnapshotTaken(Snapshot(camera.id, picture.at.wall_s, file, picture.width, picture.height)))
        return FaultCleared(camera.id, Code.PIPELINE_SNAPSHOT_FAILED)


def _saved(check_id: str, cut: PacketCut | None, lacking: Code, redaction: Redaction, file: Path) -> CheckResult:
    """Raises VigintError."""
    if cut is None:
        raise VigintError(lacking)
    clip = redacted(film(cut), redaction) if redaction else film(cut)
    keep(clip, file)
    seconds = cut.packets[-1].at.media_s - cut.start.media_s
    facts = {"seconds": f"{seconds:.1f}", "mib": _mib(clip)}
    return CheckResult(check_id, ok=True, facts=(("clip.redacted" if redaction else "clip.original", facts),))


def _converted(check_id: str, clip: Path, file: Path) -> CheckResult:
    """Raises VigintError."""
    try:
        original = clip.read_bytes()
    except OSError as error:
        raise unwritable(error) from error
    data = for_browser(original)
    keep(data, file)
    fact = "clip.original_for_web" if data is original else "clip.encoded_for_web"
    return CheckResult(check_id, ok=True, facts=((fact, {"mib": _mib(data)}),))


def _mib(data: bytes) -> str:
    return f"{len(data) / 1024**2:.1f}"
