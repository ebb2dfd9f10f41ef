"""A file of a recording: readable while it grows, when it is torn, when the disk is full; plain once it is closed."""

import errno
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Any

import av
import pytest

from tests.fakes.films import brightness, film, shown
from vigint_core.domain.fault import Code, VigintError
from vigint_core.media.boxes import read_tracks
from vigint_core.media.packets import Origin, PacketCut, StreamPacket
from vigint_core.media.segment import PIECE_S, Segment


def packets(cut: PacketCut) -> list[StreamPacket]:
    origin = Origin(cut.header, cut.parameters)
    return [StreamPacket(origin, packet) for packet in cut.packets]


def begun(file: Path, cut: PacketCut) -> Segment:
    first, *others = packets(cut)
    segment = Segment(file, first)
    add_all(segment, others)
    return segment


def add_all(segment: Segment, others: list[StreamPacket]) -> None:
    for each in others:
        segment.add(each)


@dataclass
class Limited:
    """A raw file on a disk that takes so many bytes and no more."""

    raw: object
    room: int

    def __getattr__(self, name: str) -> object:
        return getattr(self.raw, name)

    def write(self, data: memoryview) -> int:
        if not self.room:
            raise OSError(28, "No space left on device")
        taken = min(self.room, len(data))
        self.room -= taken
        return self.raw.write(data[:taken])  # type: ignore[attr-defined, no-any-return]


@dataclass
class LateToTell:
    """A raw file on a network disk: it takes everything, and fails when it is closed."""

    raw: FileIO

    def __getattr__(self, name: str) -> object:
        return getattr(self.raw, name)

    def close(self) -> None:
        self.raw.close()
        raise OSError(errno.EIO, "Input/output error")


FILMS: dict[str, dict[str, Any]] = {
    "h264": {},
    "b-frames": {"b_frames": 2},
    "h265 in band": {"codec": "libx265", "in_band": True},
    "mjpeg": {"codec": "mjpeg"},
}


def ten_seconds(name: str = "h264") -> PacketCut:
    return film(frames=100, **FILMS[name])


@pytest.mark.parametrize("name", FILMS)
def test_a_closed_segment_is_a_plain_mp4_of_every_packet(name: str, tmp_path: Path) -> None:
    file = tmp_path / "door" / "a.mp4"
    segment = begun(file, ten_seconds(name))
    segment.close()

    assert [track.samples for track in read_tracks(file.read_bytes())] == [100], "the index of a plain file"
    assert shown(file.read_bytes()) == [number / 10 for number in range(100)]
    with av.open(str(file)) as container:
        assert container.duration == pytest.approx(10e6, abs=1000)
    assert segment.safe is segment.last.packet


@pytest.mark.parametrize("name", FILMS)
def test_an_unfinished_segment_is_readable_up_to_its_last_piece(name: str, tmp_path: Path) -> None:
    cut = ten_seconds(name)
    segment = begun(tmp_path / "a.mp4", cut)
    left = (tmp_path / "a.mp4").read_bytes()
    segment.abandon()

    assert segment.safe
    seconds = (segment.safe.dts - cut.packets[0].dts) / 90_000
    assert 10 - seconds <= PIECE_S + 0.2
    assert len(shown(left)) >= seconds * 10 - 2
    assert brightness(left) == sorted(brightness(left))


def test_a_full_disk_is_named_and_what_was_whole_stays(tmp_path: Path) -> None:
    file = tmp_path / "a.mp4"
    first, *others = packets(ten_seconds())
    segment = Segment(file, first)
    disk = segment._disk
    assert disk
    disk._raw = Limited(disk._raw, 5000)  # type: ignore[assignment]
    with pytest.raises(VigintError) as caught:
        add_all(segment, others)

    assert caught.value.code is Code.DISK_FULL
    assert 10 <= len(shown(file.read_bytes())) < 100
    with pytest.raises(VigintError):
        segment.add(others[-1])


def test_a_disk_that_fills_while_a_file_is_closed_leaves_it_readable(tmp_path: Path) -> None:
    file = tmp_path / "a.mp4"
    segment = begun(file, ten_seconds())
    disk = segment._disk
    assert disk
    disk._raw = Limited(disk._raw, 300)  # type: ignore[assignment]
    with pytest.raises(VigintError) as caught:
        segment.close()
    assert caught.value.code is Code.DISK_FULL
    assert len(shown(file.read_bytes())) >= 80


def test_nothing_is_left_of_a_file_that_holds_nothing(tmp_path: Path) -> None:
    segment = Segment(tmp_path / "a.mp4", packets(ten_seconds())[0])
    segment.abandon()
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_takes_no_change_any_more_is_named_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, *others = packets(ten_seconds())
    segment = Segment(tmp_path / "a.mp4", first)
    disk = segment._disk
    assert disk
    disk._raw = Limited(disk._raw, 0)  # type: ignore[assignment]

    def refuse(_file: Path, **_how: bool) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(VigintError) as caught:
        add_all(segment, others)
    assert caught.value.code is Code.DISK_FULL
    assert disk._raw.closed


def test_a_disk_that_tells_only_at_the_end_what_it_did_not_write_is_named(tmp_path: Path) -> None:
    segment = begun(tmp_path / "a.mp4", ten_seconds())
    disk = segment._disk
    assert disk
    disk._raw = LateToTell(disk._raw)  # type: ignore[assignment]
    with pytest.raises(VigintError) as caught:
        segment.close()
    assert caught.value.code is Code.PIPELINE_RECORDING_FAILED


def test_what_mp4_cannot_hold_is_named_and_leaves_no_file(tmp_path: Path) -> None:
    first = packets(ten_seconds())[0]
    with pytest.raises(VigintError) as caught:
        Segment(tmp_path / "a.mp4", StreamPacket(Origin(b""), first.packet))
    assert caught.value.code is Code.PIPELINE_CLIP_UNSUPPORTED
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "door").touch()
    with pytest.raises(VigintError) as caught:
        Segment(tmp_path / "door" / "a.mp4", packets(ten_seconds())[0])
    assert caught.value.code is Code.PIPELINE_RECORDING_FAILED
