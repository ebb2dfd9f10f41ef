"""Codec parameters as bytes, and MP4 of packets: also for those of codecs that are not H.264."""

import io
from pathlib import Path

import av
import numpy as np
import pytest

from vigint_core.domain.frame import Moment
from vigint_core.media.container import mp4, stream_header
from vigint_core.media.packets import EncodedPacket

AT = Moment(0.0, 0.0, 0.0)


def film(codec: str, pixel_format: str, container: str) -> tuple[bytes, list[EncodedPacket]]:
    """Header and packets of six pictures that went through a container, 0.1 s apart."""
    file = io.BytesIO()
    with av.open(file, "w", format=container) as writer:
        stream = writer.add_stream(codec, rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, pixel_format
        for number in range(6):
            picture = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 30 * number, np.uint8), "bgr24")
            writer.mux(stream.encode(picture))
        writer.mux(stream.encode(None))
    with av.open(io.BytesIO(file.getvalue())) as reader:
        packets = [packet for packet in reader.demux(video=0) if packet.size]
        kept = [
            EncodedPacket(bytes(packet), 9000 * (number + 2), 9000 * number, packet.is_keyframe, AT)
            for number, packet in enumerate(packets)
        ]
        return stream_header(reader.streams.video[0]), kept


@pytest.mark.parametrize(
    ("codec", "pixel_format", "container"),
    [
        ("libx264", "yuv420p", "mp4"),
        ("libx264", "yuv420p", "mpegts"),
        ("libx265", "yuv420p", "mp4"),
        ("mjpeg", "yuvj420p", "avi"),
    ],
)
def test_packets_of_every_camera_codec_become_a_film(codec: str, pixel_format: str, container: str) -> None:
    header, packets = film(codec, pixel_format, container)
    with av.open(io.BytesIO(mp4(header, packets))) as made:
        assert len(list(made.decode(video=0))) == 6
        assert made.duration
        assert made.duration >= 590_000


def test_the_same_stream_gives_the_same_header(tmp_path: Path) -> None:
    first, _ = film("libx264", "yuv420p", "mp4")
    again, _ = film("libx264", "yuv420p", "mp4")
    other, _ = film("libx265", "yuv420p", "mp4")
    assert first == again
    assert first != other


def test_a_lonely_packet_lasts_a_second() -> None:
    header, packets = film("mjpeg", "yuvj420p", "avi")
    with av.open(io.BytesIO(mp4(header, packets[:1]))) as made:
        assert made.duration == pytest.approx(1_000_000, abs=1000)
