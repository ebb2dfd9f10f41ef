"""One camera on its way to disk: what a failure costs, and what is counted."""

import errno
from pathlib import Path

import pytest

from tests.fakes.clock import NOON_S, FakeClock
from tests.fakes.films import shown
from tests.fakes.rings import FPS, FakeStream
from vigint_core.domain.fault import Code, VigintError
from vigint_core.media import segment as segment_module
from vigint_core.policy.recording import RecordingRule
from vigint_desktop.pipeline.segment_writer import RecordingCounters, SegmentWriter

RULE = RecordingRule(segment_s=10)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def stream(clock: FakeClock) -> FakeStream:
    return FakeStream(clock)


@pytest.fixture
def writer(stream: FakeStream, tmp_path: Path) -> SegmentWriter:
    def place(start_s: float) -> Path:
        return tmp_path / f"{start_s - NOON_S:06.2f}.mp4"

    return SegmentWriter(stream.camera, stream.ring, place, RULE, RecordingCounters())


def pictures(folder: Path) -> dict[str, int]:
    return {file.stem: len(shown(file.read_bytes())) for file in sorted(folder.iterdir())}


def test_a_file_that_cannot_be_closed_is_written_again_from_what_was_safe(
    stream: FakeStream, writer: SegmentWriter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream.play(9)
    writer.pump(0.0)
    safe_s = writer.safe_s - NOON_S
    stream.play(3)

    def full(disk: segment_module._Disk, data: bytes) -> int:
        disk._failed = True
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(segment_module._Disk, "write", full)
        with pytest.raises(VigintError) as caught:
            writer.pump(1.0)
    assert caught.value.code is Code.DISK_FULL
    assert writer.running is None

    writer.pump(2.0)
    writer.rest()
    first, second = pictures(tmp_path).items()
    assert first[1] / FPS >= safe_s, "its whole pieces"
    assert float(second[0]) <= first[1] / FPS, "no gap between the two"
    assert float(second[0]) + second[1] / FPS == 12
    assert writer.counters.lost == 0


def test_packets_before_the_first_key_frame_after_a_loss_are_counted(stream: FakeStream, writer: SegmentWriter) -> None:
    stream.play(5)
    writer.pump(0.0)
    stream.play(90)
    writer.pump(1.0)
    writer.rest()
    counters = writer.counters
    assert counters.packets + counters.lost == stream.sent
    assert counters.bytes > 0


def test_resting_twice_is_resting_once(stream: FakeStream, writer: SegmentWriter, tmp_path: Path) -> None:
    writer.rest()
    stream.play(2)
    writer.pump(0.0)
    writer.rest()
    writer.rest()
    assert list(pictures(tmp_path).values()) == [2 * FPS]
    assert writer.safe_s == NOON_S + 2 - 1 / FPS
