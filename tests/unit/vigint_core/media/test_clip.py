"""Clips: real times, a key frame where the window begins, the same bytes each time; cuts keep the original packets."""

import errno
import io
from pathlib import Path

import av
import numpy as np
import pytest

from tests.fakes.clock import NOON_S
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.frame import Moment, Picture
from vigint_core.domain.ids import CameraId
from vigint_core.media.clip import encode_clips, encode_still, mux
from vigint_core.media.container import stream_header
from vigint_core.media.packets import TICKS_PER_S, EncodedPacket, PacketCut

DOOR = CameraId("door")


def picture(at_s: float, light: int = 120, width: int = 64, height: int = 36) -> Picture:
    """A flat picture of one brightness."""
    yuv = np.full((height * 3 // 2, width), 128, np.uint8)
    yuv[:height] = light
    return Picture(DOOR, Moment(at_s, NOON_S + at_s, at_s), width, height, yuv)


def series(start_s: float, count: int, every_s: float = 0.5) -> list[Picture]:
    """Pictures whose brightness rises by 5 from one to the next, from 20."""
    return [picture(start_s + number * every_s, 20 + 5 * number) for number in range(count)]


def shown(clip: bytes) -> list[tuple[float, int]]:
    """``(time, brightness)`` of every frame of a clip."""
    with av.open(io.BytesIO(clip)) as container:
        return [
            (float(frame.time or 0.0), round(float(frame.to_ndarray(format="yuv420p")[: frame.height].mean())))
            for frame in container.decode(video=0)
        ]


def test_a_clip_shows_every_picture_at_its_real_time() -> None:
    times = [100.0, 100.5, 101.1, 101.5, 104.0, 104.5]
    clip, _ = encode_clips([picture(at_s, 40 + 10 * n) for n, at_s in enumerate(times)], [])
    frames = shown(clip)
    assert [at_s for at_s, _ in frames] == pytest.approx([0, 0.5, 1.1, 1.5, 4.0, 4.5], abs=0.001)
    assert [light for _, light in frames] == pytest.approx([40, 50, 60, 70, 80, 90], abs=3)


def test_a_clip_is_h264_in_mp4_without_sound_and_its_index_comes_first() -> None:
    clip, _ = encode_clips(series(100, 20), [])
    assert clip.find(b"moov") < clip.find(b"mdat")
    with av.open(io.BytesIO(clip)) as container:
        (stream,) = container.streams
        assert isinstance(stream, av.VideoStream)
        context = stream.codec_context
        assert (context.name, context.pix_fmt, context.width, context.height) == ("h264", "yuv420p", 64, 36)
        assert stream.start_time == 0
        assert container.duration == pytest.approx(10_000_000, abs=10_000)


def test_without_a_lead_the_context_is_the_clip() -> None:
    clip, context = encode_clips(series(100, 4), [])
    assert clip is context


def test_the_context_is_lead_and_window_and_the_clip_its_end() -> None:
    pictures = series(100, 20)
    clip, context = encode_clips(pictures[8:], pictures[:8])
    assert [light for _, light in shown(context)] == pytest.approx(list(range(20, 120, 5)), abs=3)
    assert [light for _, light in shown(clip)] == pytest.approx(list(range(60, 120, 5)), abs=3)
    assert [at_s for at_s, _ in shown(clip)] == pytest.approx(np.arange(12) / 2, abs=0.001)


def test_the_same_pictures_give_the_same_bytes() -> None:
    pictures = series(100, 12)
    assert encode_clips(pictures[4:], pictures[:4]) == encode_clips(pictures[4:], pictures[:4])


def test_a_picture_is_never_shown_twice() -> None:
    pictures = series(100, 6)
    clip, context = encode_clips(pictures[2:], pictures[:4])  # the lead reaches into the window
    assert len(shown(context)) == 6
    assert len(shown(clip)) == 4


def test_pictures_of_another_size_are_scaled() -> None:
    clip, context = encode_clips(series(102, 4), [picture(100.0, 50, 128, 72), picture(101.0, 50, 128, 72)])
    assert len(shown(context)) == 6
    assert len(shown(clip)) == 4


def test_an_empty_window_is_no_clip() -> None:
    with pytest.raises(VigintError) as caught:
        encode_clips([], series(100, 3))
    assert caught.value.code is Code.PIPELINE_NO_PICTURES


def test_a_picture_that_no_encoder_takes_is_named() -> None:
    with pytest.raises(VigintError) as caught:
        encode_clips([picture(100.0, width=63, height=36)], [])
    assert caught.value.code is Code.PIPELINE_ENCODE_FAILED


def test_a_still_is_a_jpeg_of_the_picture() -> None:
    jpeg = encode_still(picture(100.0, 16 + 110))
    assert jpeg.startswith(b"\xff\xd8")
    with av.open(io.BytesIO(jpeg)) as container:
        frame = next(container.decode(video=0))
    assert (frame.width, frame.height) == (64, 36)
    assert float(frame.to_ndarray(format="bgr24").mean()) == pytest.approx(128, abs=3)


@pytest.fixture
def cut(footage: Path) -> PacketCut:
    """The first 30 packets of a real camera, as the packet ring would give them."""
    with av.open(str(footage / "gate" / "Normal_39.mp4")) as film:
        stream = film.streams.video[0]
        packets = []
        for packet in film.demux(stream):
            if len(packets) == 30 or packet.dts is None or packet.pts is None:
                break
            dts, pts = (
                round(1000 * TICKS_PER_S + at * packet.time_base * TICKS_PER_S) for at in (packet.dts, packet.pts)
            )
            at = Moment(dts / TICKS_PER_S, dts / TICKS_PER_S, dts / TICKS_PER_S)
            packets.append(EncodedPacket(bytes(packet), pts, dts, packet.is_keyframe, at))
        return PacketCut(stream_header(stream), tuple(packets))


def test_a_cut_is_written_packet_for_packet(cut: PacketCut, tmp_path: Path) -> None:
    file = tmp_path / "new" / "clip.mp4"
    mux(cut, file)
    with av.open(str(file)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
        assert [bytes(packet) for packet in packets] == [packet.data for packet in cut.packets]
        assert container.streams.video[0].start_time == 0, "the film begins with its first picture"
    assert len(shown(file.read_bytes())) == 30
    assert [each.name for each in file.parent.iterdir()] == ["clip.mp4"]


def test_a_full_disk_is_named_and_leaves_nothing(
    cut: PacketCut, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, data: bytes) -> int:
        self.touch()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(VigintError) as caught:
        mux(cut, tmp_path / "clip.mp4")
    assert caught.value.code is Code.DISK_FULL
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_can_not_be_made_is_named(cut: PacketCut, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(VigintError) as caught:
        mux(cut, tmp_path / "file" / "clip.mp4")
    assert caught.value.code is Code.PIPELINE_CLIP_FAILED


def test_parameters_that_were_never_written_are_named(cut: PacketCut, tmp_path: Path) -> None:
    with pytest.raises(VigintError) as caught:
        mux(PacketCut(b"", cut.packets), tmp_path / "clip.mp4")
    assert caught.value.code is Code.PIPELINE_CLIP_UNSUPPORTED
