"""What people ask about the cameras' packets: snapshots, clips of past seconds, films of recordings."""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import pytest

from tests.fakes.clock import NOON_S, FakeClock
from tests.fakes.films import film, shown
from tests.fakes.rings import FPS, FakeStream
from tests.fakes.sink import RecordingSink
from tests.fakes.waiting import wait_until
from vigint_core.domain.fault import Code, Fault
from vigint_core.domain.ids import CameraId
from vigint_core.domain.status import CheckResult, FaultCleared
from vigint_core.domain.window import Span
from vigint_core.domain.zone import Scene, Zone, ZoneUse
from vigint_core.media.clip import film as mp4_of
from vigint_core.policy.recording import RecordingRule
from vigint_core.policy.sampling import SamplingRule
from vigint_desktop.capture.channels import Channels
from vigint_desktop.capture.packet_ring import PacketRing
from vigint_desktop.capture.playback import ClipPlayback
from vigint_desktop.gate.motion import GateRule, MotionGate
from vigint_desktop.pipeline.cameras import Seat
from vigint_desktop.pipeline.errands import MOST_WAITING
from vigint_desktop.pipeline.footage import Footage
from vigint_desktop.pipeline.messages import Message, SnapshotTaken
from vigint_desktop.pipeline.recording_folder import RecordingFolder
from vigint_desktop.pipeline.snapshot_folder import SnapshotFolder

DOOR = CameraId("door")


def seat_of(stream: FakeStream, sub: PacketRing | None = None) -> Seat:
    channels = Channels(packets=stream.ring, sub_packets=sub or PacketRing())
    nobody: Any = None
    return Seat(stream.camera, "", nobody, MotionGate(GateRule()), SamplingRule(), channels)


class Archive:
    """Footage of one camera that sends what it is told to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = FakeClock()
        self.sink = RecordingSink()
        self.stream = FakeStream(self.clock)
        self.told: list[Message] = []
        self.recordings, self.snapshots = RecordingFolder(folder / "recordings"), SnapshotFolder(folder / "snapshots")
        self.seat = seat_of(self.stream)
        self.footage = Footage(
            self.recordings, self.snapshots, lambda: [self.seat], self.told.append, self.sink, self.clock
        )

    def answer(self, check_id: str) -> CheckResult:
        assert self.sink.wait_for(lambda sink: any(r.check_id == check_id for r in sink.of(CheckResult)))
        return next(r for r in self.sink.of(CheckResult) if r.check_id == check_id)

    def save(self, start_s: float, end_s: float, check_id: str = "c") -> CheckResult:
        span = Span(NOON_S + start_s, NOON_S + end_s)
        self.footage.save_clip(check_id, DOOR, span, self.folder / "clip.mp4")
        return self.answer(check_id)

    def convert(self, clip: Path) -> CheckResult:
        self.footage.convert_clip("w", clip, self.folder / "page.mp4")
        return self.answer("w")

    def record(self, seconds: int) -> None:
        """Play, and let a recorder take steps meanwhile; its last file stays unfinished."""
        for _ in range(seconds):
            self.stream.play(1)
            self.footage.recorder._step()


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    archive = Archive(tmp_path)
    errands = archive.footage.workers[:-1]
    for worker in errands:
        worker.start()
    archive.footage.recorder.worker.stopping.set()  # its steps do not wait
    yield archive
    for worker in errands:
        worker.stop()
    archive.footage.recorder.finish()


def test_a_snapshot_is_kept_and_told_to_the_desk(archive: Archive) -> None:
    archive.stream.play(3)
    archive.footage.snapshot(DOOR)
    assert archive.sink.wait_for(lambda sink: bool(sink.of(FaultCleared)))

    (told,) = archive.told
    assert isinstance(told, SnapshotTaken)
    snapshot = told.snapshot
    assert (snapshot.camera_id, snapshot.at_s) == (DOOR, NOON_S + 3 - 1 / FPS)
    assert (snapshot.width, snapshot.height) == (64, 48)
    assert snapshot.file.endswith("_Door.png")
    assert archive.snapshots.has(snapshot)


def test_while_the_main_stream_is_away_the_sub_stream_is_what_the_camera_shows(archive: Archive) -> None:
    archive.stream.play(3)
    small = FakeStream(archive.clock, cut=film(size=(32, 24)))
    archive.seat = seat_of(archive.stream, small.ring)
    archive.clock.advance(10)
    small.play(3)
    archive.footage.snapshot(DOOR)
    assert archive.sink.wait_for(lambda sink: bool(sink.of(FaultCleared)))
    (told,) = archive.told
    assert isinstance(told, SnapshotTaken)
    assert (told.snapshot.width, told.snapshot.height) == (32, 24)
    assert archive.save(11, 16).ok


def test_a_snapshot_of_a_camera_that_shows_nothing_is_its_fault(archive: Archive) -> None:
    archive.footage.snapshot(DOOR)
    assert archive.sink.wait_for(lambda sink: bool(sink.of(Fault)))
    fault = archive.sink.last(Fault)
    assert (fault.code, fault.source, fault.subject) == (Code.PIPELINE_SNAPSHOT_FAILED, DOOR, "Door")
    archive.stream.play(1)
    archive.footage.snapshot(DOOR)
    assert archive.sink.wait_for(lambda sink: not sink.open_faults())


def test_a_snapshot_that_nobody_has_time_for_is_the_same_fault_and_ends_as_any_other(tmp_path: Path) -> None:
    archive = Archive(tmp_path)  # its threads were not started
    archive.stream.play(1)
    for _ in range(MOST_WAITING + 1):
        archive.footage.snapshot(DOOR)
    (fault,) = archive.sink.of(Fault)
    assert (fault.code, fault.source, fault.detail) == (Code.PIPELINE_SNAPSHOT_FAILED, DOOR, Code.PIPELINE_OVERLOAD)


def test_past_seconds_are_saved_as_they_came(archive: Archive) -> None:
    archive.stream.play(20)
    result = archive.save(5.5, 9.0)

    ((key, facts),) = result.facts
    assert (result.ok, key, facts["seconds"]) == (True, "clip.original", "3.9")
    file = (archive.folder / "clip.mp4").read_bytes()
    assert len(shown(file)) == 4 * FPS, "from the key frame before to the end"
    assert [found.name for found in archive.folder.iterdir() if "part" in found.name] == []


def test_for_the_web_a_codec_of_cameras_is_encoded_again(archive: Archive) -> None:
    (archive.folder / "clip.mp4").write_bytes(mp4_of(film("mjpeg")))
    result = archive.convert(archive.folder / "clip.mp4")

    assert [key for key, _ in result.facts] == ["clip.encoded_for_web"]
    with av.open(archive.folder / "page.mp4") as container:
        assert container.streams.video[0].codec_context.name == "h264"


def test_for_the_web_h264_stays_what_it_is(archive: Archive) -> None:
    archive.stream.play(5)
    archive.save(0, 5)
    result = archive.convert(archive.folder / "clip.mp4")

    assert [key for key, _ in result.facts] == ["clip.original_for_web"]
    assert (archive.folder / "page.mp4").read_bytes() == (archive.folder / "clip.mp4").read_bytes()


def test_a_clip_that_is_gone_or_none_is_not_converted(archive: Archive) -> None:
    assert archive.convert(archive.folder / "clip.mp4").code is Code.PIPELINE_CLIP_FAILED
    (archive.folder / "noise.mp4").write_bytes(b"no clip")
    archive.footage.convert_clip("n", archive.folder / "noise.mp4", archive.folder / "page.mp4")
    assert archive.answer("n").code is Code.PIPELINE_ENCODE_FAILED
    assert not (archive.folder / "page.mp4").exists()


def test_of_a_camera_that_sent_nothing_it_is_not_said_that_it_is_no_longer_kept(archive: Archive) -> None:
    assert archive.save(-30, 0).code is Code.PIPELINE_CLIP_EMPTY, "it never sent anything"


def test_of_a_camera_that_fell_silent_long_ago_neither(archive: Archive) -> None:
    archive.stream.play(5)
    archive.clock.advance(120)

    assert archive.save(95, 125).code is Code.PIPELINE_CLIP_EMPTY


@pytest.mark.parametrize("camera_id", ["door", "nobody"])
def test_seconds_that_nobody_has_are_no_clip(archive: Archive, camera_id: str) -> None:
    archive.stream.play(5)
    span = Span(NOON_S - 100, NOON_S - 50)
    archive.footage.save_clip("c", CameraId(camera_id), span, archive.folder / "clip.mp4")
    result = archive.answer("c")
    assert (result.ok, result.code) == (False, Code.PIPELINE_CLIP_GONE)
    assert not (archive.folder / "clip.mp4").exists()


def test_a_clip_that_cannot_be_written_is_named_and_leaves_nothing(archive: Archive) -> None:
    archive.stream.play(5)
    (archive.folder / "clip.mp4").mkdir()
    result = archive.save(0, 5)
    assert (result.ok, result.code) == (False, Code.PIPELINE_CLIP_FAILED)
    assert [file.name for file in archive.folder.iterdir() if "part" in file.name] == []


def test_a_full_disk_is_named(archive: Archive) -> None:
    archive.stream.play(5)
    (archive.folder / "clip.mp4.part").symlink_to("/dev/full")
    result = archive.save(0, 5)
    assert result.code is Code.DISK_FULL
    assert list(archive.folder.glob("clip.mp4*")) == []


def walls(film: ClipPlayback, count: int) -> list[float]:
    """Unix times of the first pictures of a film, as they are taken."""
    seen: list[float] = []

    def take() -> bool:
        frame = film.take()
        if frame:
            seen.append(frame.at.wall_s - NOON_S)
        return len(seen) >= count

    assert wait_until(take, every_s=0.005)
    return seen


def test_a_film_begins_on_disk_and_goes_on_into_the_ring(archive: Archive) -> None:
    archive.footage.recorder._rule = RecordingRule(segment_s=10)
    archive.record(25)
    assert len(list(archive.recordings.folder.glob("*/*.mp4"))) == 3, "the last one is being written"
    film = archive.footage.open_recording(DOOR, NOON_S + 4, "en")
    assert film
    try:
        assert walls(film, 1) == pytest.approx([4.0], abs=0.01)
        assert wait_until(lambda: film.duration_s > 0)
        assert film.duration_s == pytest.approx(25, abs=2 / FPS), "with what only the ring has"
        film.seek(24.0)
        assert wait_until(lambda: bool(film.take()) and film.position_s == pytest.approx(24.0, abs=0.2))
    finally:
        film.stop()


def test_without_a_recording_the_ring_is_shown(archive: Archive) -> None:
    archive.stream.play(10)
    film = archive.footage.open_recording(DOOR, NOON_S + 5, "en")
    assert film
    try:
        assert walls(film, 1) == pytest.approx([5.0], abs=0.01)
    finally:
        film.stop()


def test_where_nothing_is_kept_there_is_no_film(archive: Archive) -> None:
    assert archive.footage.open_recording(DOOR, NOON_S, "en") is None
    assert archive.footage.open_recording(CameraId("nobody"), NOON_S, "en") is None


def test_the_limits_of_the_settings_are_those_of_the_recorder(archive: Archive) -> None:
    archive.footage.recorder._rule = RecordingRule(segment_s=5)
    archive.record(12)
    archive.footage.limit(gib=1e-9, days=1)
    archive.record(1)
    assert len(list(archive.recordings.folder.glob("*/*.mp4"))) == 1


LEFT = Zone("p1", "", ZoneUse.PRIVACY, ((0, 0), (0.5, 0), (0.5, 1), (0, 1)))


def test_exports_of_a_camera_with_a_privacy_zone_show_nothing_of_it_until_it_is_unlocked(archive: Archive) -> None:
    archive.stream.play(20)
    locked = replace(archive.seat.camera, scene=Scene((LEFT,)))
    archive.seat = replace(archive.seat, camera=locked)
    assert archive.save(5.5, 9.0).facts[0][0] == "clip.redacted"
    left = [half for half, _ in _halves((archive.folder / "clip.mp4").read_bytes())]
    assert max(left) < 30

    archive.footage.snapshot(DOOR)
    assert archive.sink.wait_for(lambda sink: bool(archive.told))
    ((dark, bright),) = _halves(next(archive.snapshots.folder.glob("*.png")).read_bytes())
    assert dark < 5 < bright

    archive.seat = replace(archive.seat, camera=replace(locked, scene=replace(locked.scene, unlocked=True)))
    assert archive.save(5.5, 9.0, "unlocked").facts[0][0] == "clip.original"


def _halves(file: bytes) -> list[tuple[float, float]]:
    """How bright the left and the right half of each picture are."""
    with av.open(io.BytesIO(file)) as container:
        greys = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
    return [(float(g[:, : g.shape[1] // 2 - 2].mean()), float(g[:, g.shape[1] // 2 + 3 :].mean())) for g in greys]
