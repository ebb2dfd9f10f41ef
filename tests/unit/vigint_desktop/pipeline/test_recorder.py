"""The recorder: what goes to disk, when, for how long, and what happens when the disk or a codec refuses."""

import errno
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.clock import NOON_S, FakeClock
from tests.fakes.films import film, shown
from tests.fakes.rings import FPS, FakeStream
from tests.fakes.sink import RecordingSink
from vigint_core.domain.camera import Camera, Recording
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.status import Activity, CameraRecording
from vigint_core.domain.window import Span
from vigint_core.media import segment as segment_module
from vigint_core.policy.recording import RecordingLimits, RecordingRule
from vigint_desktop.capture.packet_ring import PacketRing
from vigint_desktop.pipeline.recorder import Recorder
from vigint_desktop.pipeline.recording_folder import RecordingFolder, start_of

RULE = RecordingRule(pre_roll_s=3, post_roll_s=5, segment_s=20)


class Studio:
    """A recorder that takes a step when it is told to."""

    def __init__(self, folder: Path, recording: Recording = Recording.CONTINUOUS) -> None:
        self.clock = FakeClock()
        self.sink = RecordingSink()
        self.stream = FakeStream(self.clock, recording)
        self.rings: list[tuple[Camera, PacketRing]] = [(self.stream.camera, self.stream.ring)]
        self.recordings = RecordingFolder(folder / "recordings")
        self.recorder = Recorder(self.recordings, lambda: self.rings, self.sink, self.clock, RULE)
        self.recorder.worker.stopping.set()  # its steps do not wait

    def run(self, seconds: float) -> None:
        """Let the camera send and the recorder write, once a second."""
        for _ in range(round(seconds)):
            self.stream.play(1)
            self.recorder._step()

    def see(self, start_s: float, end_s: float, *, closed: bool) -> None:
        span = Span(NOON_S + start_s, NOON_S + end_s)
        self.recorder.note(Activity(self.stream.camera.id, span, closed=closed))

    @property
    def files(self) -> list[Path]:
        return sorted(self.recordings.folder.glob("*/*.mp4"))

    @property
    def starts(self) -> list[float]:
        return [round((start_of(file.name) or 0) - NOON_S, 3) for file in self.files]

    @property
    def told(self) -> list[bool]:
        return [event.recording for event in self.sink.of(CameraRecording)]

    @property
    def lost(self) -> int:
        return self.recorder.counters(self.stream.camera.id).lost


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return Studio(tmp_path)


@pytest.fixture
def active(tmp_path: Path) -> Studio:
    return Studio(tmp_path, Recording.ON_ACTIVITY)


def pictures(files: list[Path]) -> int:
    return sum(len(shown(file.read_bytes())) for file in files)


def test_everything_is_written_in_segments_that_begin_with_key_frames(studio: Studio) -> None:
    studio.run(45)
    studio.recorder.finish()

    assert studio.starts == [0, 20, 40]
    assert [len(shown(file.read_bytes())) for file in studio.files] == [20 * FPS, 20 * FPS, 5 * FPS]
    counters = studio.recorder.counters(studio.stream.camera.id)
    assert (counters.packets, counters.segments, counters.lost) == (45 * FPS, 3, 0)
    assert studio.told == [True, False]


def test_a_camera_that_is_not_to_be_recorded_is_not(tmp_path: Path) -> None:
    studio = Studio(tmp_path, Recording.OFF)
    studio.see(1, 2, closed=False)
    studio.run(5)
    studio.recorder.finish()
    assert (studio.files, studio.told) == ([], [])


def test_an_activity_that_a_slow_disk_kept_waiting_is_recorded_though_another_one_began(active: Studio) -> None:
    active.stream.play(10)
    active.see(10, 12, closed=True)
    active.stream.play(25)  # no step meanwhile: the disk holds the recorder up
    active.see(34, 35, closed=False)
    active.run(1)
    active.recorder.finish()
    assert active.starts[0] == 7, "three seconds before the first one"


def test_an_activity_that_was_recorded_is_not_recorded_again_with_the_next_one(active: Studio) -> None:
    active.run(10)
    active.see(10, 12, closed=True)
    active.run(20)
    active.see(30, 31, closed=False)
    active.run(2)
    active.recorder.finish()
    assert active.starts == [7, 27]


def test_activity_is_recorded_after_the_clock_was_set_back(active: Studio) -> None:
    active.run(10)
    active.see(10, 12, closed=True)
    active.run(20)
    active.clock.step_wall(-3600)
    active.run(61)  # the ring holds nothing of the time before
    active.see(91 - 3600, 92 - 3600, closed=False)
    active.run(1)
    active.see(91 - 3600, 92 - 3600, closed=True)
    active.run(10)
    active.recorder.finish()
    assert active.told == [True, False, True, False]
    assert active.starts == [88 - 3600, 7], "from before the gate opened"
    assert pictures(active.files[:1]) == 9 * FPS, "until after it closed"


def test_activity_is_recorded_with_what_came_before_and_after(active: Studio) -> None:
    active.run(10)
    assert active.files == []
    active.see(10, 10.2, closed=False)
    active.run(4)
    assert active.told == [True]
    active.see(10, 14, closed=True)
    active.run(10)
    active.recorder.finish()

    assert active.starts == [7], "three seconds before the gate opened"
    assert pictures(active.files) == 12 * FPS, "up to five seconds after it closed"
    assert active.told == [True, False]


def test_a_new_activity_within_the_post_roll_is_the_same_recording(active: Studio) -> None:
    active.run(10)
    active.see(10, 11, closed=True)
    active.run(5)
    active.see(14, 15, closed=False)
    active.run(3)
    active.see(14, 18, closed=True)
    active.run(10)
    assert active.starts == [7]
    assert pictures(active.files) == (23 - 7) * FPS


def test_two_activities_far_apart_are_two_recordings_and_nothing_is_written_twice(active: Studio) -> None:
    active.run(10)
    active.see(10, 11, closed=True)
    active.run(10)
    active.see(18, 20, closed=True)
    active.run(10)
    assert active.starts == [7, 16], "the second one begins where the first one ended, at a key frame"
    assert pictures(active.files) == (16 - 7 + 25 - 16) * FPS


def test_what_is_on_disk_is_told_while_a_file_grows(studio: Studio) -> None:
    studio.run(10)
    safe_s = studio.recorder.safe_s(studio.stream.camera.id)
    (file,) = studio.files
    assert NOON_S + 7 <= safe_s < NOON_S + 10
    assert len(shown(file.read_bytes())) == pytest.approx((safe_s - NOON_S) * FPS, abs=2)
    studio.recorder.finish()


def test_a_camera_that_falls_silent_is_not_being_recorded(studio: Studio) -> None:
    studio.run(5)
    studio.clock.advance(11)
    studio.recorder._step()
    assert studio.told == [True, False]
    studio.run(5)
    assert studio.told == [True, False, True]
    studio.recorder.finish()
    assert pictures(studio.files) == 10 * FPS


def test_another_stream_is_another_file(studio: Studio) -> None:
    studio.run(5)
    studio.stream.ring.begin(film("libx265").header, "hevc")
    for number, packet in enumerate(film("libx265", at_s=5000.0).packets):
        at = replace(packet.at, wall_s=studio.clock.wall() + number / 10)
        studio.stream.ring.add(replace(packet, at=at))
    studio.recorder._step()
    studio.recorder.finish()
    assert [len(shown(file.read_bytes())) for file in studio.files] == [5 * FPS, 20]


def test_a_camera_that_is_taken_off_the_wall_leaves_a_closed_file_with_its_last_picture(studio: Studio) -> None:
    studio.run(5)
    studio.stream.play(1)
    studio.rings.clear()
    studio.recorder._step()
    assert studio.told == [True, False]
    assert pictures(studio.files) == 6 * FPS
    assert studio.recorder.counters(studio.stream.camera.id).packets == 6 * FPS


@pytest.mark.expects_log("the end of a recording of door is lost")
def test_a_camera_that_leaves_while_the_disk_refuses_is_let_go(studio: Studio) -> None:
    studio.recordings.folder.touch()
    studio.stream.play(1)
    with pytest.raises(VigintError):
        studio.recorder._step()
    studio.rings.clear()
    studio.recorder._step()
    assert not studio.recorder._writers


def test_a_choice_that_changes_takes_effect(studio: Studio) -> None:
    studio.run(5)
    camera = studio.stream.camera
    studio.rings[:] = [(replace(camera, recording=Recording.OFF), studio.stream.ring)]
    studio.run(4)
    assert studio.told == [True, False]
    studio.rings[:] = [(camera, studio.stream.ring)]
    studio.run(3)
    studio.recorder.finish()
    assert studio.told == [True, False, True, False]
    assert studio.starts == [0, 4]
    assert pictures(studio.files) == 13 * FPS, "the last group stands in both"


def test_what_left_the_ring_before_it_could_be_written_is_counted(studio: Studio) -> None:
    studio.run(5)
    studio.stream.play(100)
    studio.recorder._step()
    studio.recorder.finish()
    assert studio.lost == pytest.approx(40 * FPS, abs=2 * FPS), "a hundred seconds, of which the ring keeps sixty"
    assert studio.lost + studio.recorder.counters(studio.stream.camera.id).packets == 105 * FPS


class Full:
    """A disk that is full as long as a test says so, for all cameras or for one."""

    def __init__(self, patch: pytest.MonkeyPatch, camera: str = "") -> None:
        self.is_full = False
        real: Callable[..., int] = segment_module._Disk.write

        def write(disk: segment_module._Disk, data: bytes) -> int:
            if self.is_full and not disk._failed and disk._file.parent.name.startswith(camera):
                disk._failed = True
                raise OSError(errno.ENOSPC, "No space left on device")
            return real(disk, data)

        patch.setattr(segment_module._Disk, "write", write)


def test_a_full_disk_is_told_and_recording_goes_on_without_a_gap_when_there_is_room(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Full(monkeypatch)
    studio.run(6)
    disk.is_full = True
    with pytest.raises(VigintError) as caught:
        studio.run(5)
    assert caught.value.code is Code.DISK_FULL
    assert studio.told == [True, False]

    disk.is_full = False
    studio.run(5)
    studio.recorder.finish()
    assert studio.told == [True, False, True, False]
    assert studio.lost == 0
    first, second = studio.files
    seen_s = len(shown(first.read_bytes())) / FPS
    assert studio.starts[1] <= seen_s, "the second file begins before the first one ends"
    assert studio.starts[1] + len(shown(second.read_bytes())) / FPS == studio.stream.sent / FPS


def test_on_a_full_disk_the_oldest_recordings_make_room(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vigint_desktop.pipeline.recorder._MAKE_ROOM_BYTES", 10)
    disk = Full(monkeypatch)
    studio.run(45)
    disk.is_full = True
    with pytest.raises(VigintError):
        studio.run(5)
    assert studio.starts[0] == 20
    disk.is_full = False
    studio.recorder.finish()


def test_a_file_that_is_being_written_never_makes_room(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vigint_desktop.pipeline.recorder._MAKE_ROOM_BYTES", 1 << 40)
    disk = Full(monkeypatch, "door")
    other = FakeStream(studio.clock)
    studio.rings.append((replace(other.camera, id="till", name="Till"), other.ring))
    other.play(3)
    studio.run(3)
    studio.clock.step_wall(3600)  # now both files seem to be an hour old
    disk.is_full = True
    with pytest.raises(VigintError):
        studio.run(5)
    assert [file.parent.name for file in studio.files] == ["till"]
    disk.is_full = False
    studio.recorder.finish()


def test_one_camera_whose_folder_refuses_does_not_keep_the_others_from_the_disk(studio: Studio) -> None:
    other = FakeStream(studio.clock)
    till = replace(other.camera, id="till", name="Till")
    studio.rings.insert(0, (till, other.ring))
    studio.recordings.folder.mkdir()
    (studio.recordings.folder / "till").touch()
    other.play(1)
    with pytest.raises(VigintError) as caught:
        studio.run(1)
    assert caught.value.code is Code.PIPELINE_RECORDING_FAILED
    studio.recorder._writers.pop("till")  # type: ignore[call-overload]
    studio.recorder.finish()
    assert pictures(studio.files) == FPS


def test_a_codec_that_no_mp4_holds_is_told_once_and_ends_with_the_stream(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    studio.stream.ring.begin(b"no parameters at all")
    studio.run(3)
    assert studio.sink.open_faults() == {("door", Code.PIPELINE_CLIP_UNSUPPORTED)}
    assert studio.files == []
    studio.stream.ring.begin(film().header, "h264")
    studio.run(3)
    assert studio.sink.open_faults() == set()
    studio.recorder.finish()


def test_old_and_surplus_files_go_and_the_running_one_stays(studio: Studio) -> None:
    studio.run(65)
    assert len(studio.files) == 4
    studio.recorder.limit(RecordingLimits(bytes=1, days=1))
    studio.recorder._step()
    assert studio.starts == [60]
    studio.recorder.finish()


def test_before_limits_are_known_nothing_goes(studio: Studio) -> None:
    studio.run(125)
    assert studio.starts[0] == 0
    studio.recorder.finish()


def test_it_works_on_a_thread_of_its_own_and_closes_its_files(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    studio.recorder.worker.stopping.clear()
    studio.stream.play(5)
    studio.recorder.worker.start()
    assert studio.sink.wait_for(lambda sink: bool(sink.of(CameraRecording)))
    studio.stream.play(5)
    assert studio.recorder.worker.stop(timeout_s=30)
    studio.recorder.finish()
    assert pictures(studio.files) == 10 * FPS
    assert studio.told == [True, False]
