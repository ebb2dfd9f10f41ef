"""The decoder: the same pictures as a plain one, whatever is switched on the way, and nothing that begins mid-group."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from vigint_core.policy.saving import NOTHING, Decoding, Pictures
from vigint_desktop.capture.decoder import Decoder

ALL = Decoding()
ROUGH = Decoding(deblocked=False)
REFERENCES = Decoding(Pictures.REFERENCES)
GOP = 10


def noise(number: int) -> av.VideoFrame:
    """Something that leaves edges between blocks: a texture that moves."""
    across = np.arange(128)[None, :] + 3 * number
    down = np.arange(96)[:, None]
    texture = (across * 7 % 90 + down * 5 % 80 + 40).astype(np.uint8)
    return av.VideoFrame.from_ndarray(np.repeat(texture[:, :, None], 3, axis=2), "bgr24")


def encoded(codec: str = "libx264", container: str = "mp4", b_frames: int = 0, frames: int = 40) -> bytes:
    """A film whose pictures are numbered by their timestamps."""
    out = io.BytesIO()
    with av.open(out, "w", format=container) as film:
        options = {"crf": "40", "sc_threshold": "0", "x265-params": "log-level=none:open-gop=0"}
        stream = film.add_stream(codec, rate=10, options={} if codec == "mjpeg" else options)
        stream.width, stream.height = 128, 96
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.gop_size, stream.codec_context.max_b_frames = GOP, b_frames
        for number in range(frames):
            film.mux(stream.encode(noise(number)))
        film.mux(stream.encode(None))
    return out.getvalue()


def packets(file: bytes | Path) -> Iterator[tuple[Decoder, "av.Packet[Any]"]]:
    """A decoder for the stream, again and again with one packet after the other; the last one is empty."""
    with av.open(io.BytesIO(file) if isinstance(file, bytes) else file) as container:
        stream = container.streams.video[0]
        decoder = Decoder(stream)
        for packet in container.demux(stream):
            yield decoder, packet


def decoded(file: bytes | Path, chosen: Callable[[int], Decoding]) -> list[av.VideoFrame]:
    """All pictures, with the decoding that was chosen for each packet by its number."""
    pictures: list[av.VideoFrame] = []
    for number, (decoder, packet) in enumerate(packets(file)):
        try:
            pictures += decoder.decode(packet, chosen(number)) if packet.size else decoder.drain()
        except av.FFmpegError:
            continue
    return pictures


def plainly(file: bytes | Path) -> list[av.VideoFrame]:
    """What the library itself makes of a file."""
    pictures: list[av.VideoFrame] = []
    with av.open(io.BytesIO(file) if isinstance(file, bytes) else file) as container:
        stream = container.streams.video[0]
        for packet in container.demux(stream):
            try:
                pictures += stream.codec_context.decode(packet if packet.size else None)
            except av.FFmpegError:
                continue
    return pictures


def times(pictures: list[av.VideoFrame]) -> list[int | None]:
    return [picture.pts for picture in pictures]


FILMS = [
    ("libx264", "mp4", 0),
    ("libx264", "mp4", 2),
    ("libx264", "mpegts", 2),
    ("libx265", "mp4", 0),
    ("mjpeg", "avi", 0),
]


@pytest.mark.parametrize(("codec", "container", "b_frames"), FILMS)
def test_no_picture_is_lost_or_doubled_when_deblocking_is_switched(codec: str, container: str, b_frames: int) -> None:
    film = encoded(codec, container, b_frames)
    switched = decoded(film, lambda number: ROUGH if number // 7 % 2 else ALL)
    assert times(switched) == times(plainly(film))


def test_without_deblocking_the_pictures_are_nearly_the_same() -> None:
    film = encoded()
    plain, rough = plainly(film), decoded(film, lambda _: ROUGH)
    apart = [abs(a.to_ndarray().astype(int) - b.to_ndarray()).mean() for a, b in zip(plain, rough, strict=True)]
    assert 0.01 < max(apart) < 6


def test_a_change_waits_for_the_key_frame() -> None:
    film = encoded()
    plain, switched = plainly(film), decoded(film, lambda number: ROUGH if number >= 3 else ALL)
    same = [np.array_equal(a.to_ndarray(), b.to_ndarray()) for a, b in zip(plain, switched, strict=True)]
    assert all(same[:GOP])
    assert not any(same[GOP + 1 : 2 * GOP])


def test_what_is_switched_back_is_as_it_was() -> None:
    film = encoded()
    plain, switched = plainly(film), decoded(film, lambda number: ROUGH if number < GOP else ALL)
    same = [np.array_equal(a.to_ndarray(), b.to_ndarray()) for a, b in zip(plain, switched, strict=True)]
    assert all(same[GOP:])


def test_pictures_that_no_other_one_needs_are_left_out_and_come_back() -> None:
    film = encoded(b_frames=2)
    fewer = decoded(film, lambda number: REFERENCES if number < 20 else ALL)
    assert len([at for at in times(fewer) if at is not None and at < times(plainly(film))[20]]) < 14  # type: ignore[operator]
    assert times(fewer)[-8:] == times(plainly(film))[-8:]


@pytest.mark.parametrize(("codec", "container", "b_frames"), FILMS[:4])
def test_after_packets_that_were_passed_over_it_begins_at_a_key_frame(
    codec: str, container: str, b_frames: int
) -> None:
    film = encoded(codec, container, b_frames)
    plain = plainly(film)
    some = decoded(film, lambda number: NOTHING if 3 <= number < 14 else ALL)
    by_time = {picture.pts: picture for picture in plain}
    assert times(some)[-20:] == times(plain)[-20:]
    assert all(np.array_equal(each.to_ndarray(), by_time[each.pts].to_ndarray()) for each in some[-20:])
    assert len(some) <= 24


def test_nothing_is_decoded_for_nobody() -> None:
    assert decoded(encoded(), lambda _: NOTHING) == []


def test_a_stream_without_further_key_frames_is_not_waited_for_for_ever() -> None:
    film = encoded(frames=5)
    with av.open(io.BytesIO(film)) as container:
        stream = container.streams.video[0]
        all_packets = [packet for packet in container.demux(stream) if packet.size]
        decoder = Decoder(stream)
        decoder.decode(all_packets[0], NOTHING)
        tried = [decoder.decode(all_packets[1], ALL) for _ in range(499)]
        assert not any(tried)
        decoder.decode(all_packets[1], ALL)  # handed to the library, which makes of it what it can
        assert decoder.decode(all_packets[0], ALL) or decoder.drain()


@pytest.mark.parametrize(
    "name", ["BA_MW_D.264", "BA_MW_D_IDR_LOST.264", "CVFC1_Sony_C.jsv", "Error_I_P.264", "SarVui.264"]
)
def test_streams_of_real_cameras_lose_nothing_by_a_switch(name: str, footage: Path) -> None:
    file = footage / "robustness" / "h264" / name
    assert len(decoded(file, lambda number: ROUGH if number // 20 % 2 else ALL)) == len(plainly(file))
