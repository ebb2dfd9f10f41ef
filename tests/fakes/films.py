"""Packets as cameras send them, of every codec, made on the spot: with reordered pictures, with parameters in band."""

import io
from dataclasses import replace
from fractions import Fraction
from typing import Any

import av
import numpy as np

from tests.fakes.clock import NOON_S
from vigint_core.domain.frame import Moment
from vigint_core.media.container import stream_header
from vigint_core.media.packets import TICKS_PER_S, EncodedPacket, PacketCut

FPS = 10
_QUIET = {"libx265": {"x265-params": "log-level=none"}}


def film(
    codec: str = "libx264",
    *,
    frames: int = 20,
    gop: int = 10,
    b_frames: int = 0,
    size: tuple[int, int] = (64, 48),
    at_s: float = 1000.0,
    in_band: bool = False,
) -> PacketCut:
    """A film of ``frames`` pictures, 10 a second, each brighter than the one before.

    ``in_band``: the header announces nothing, parameters stand in front of every key frame (H.264 and H.265).
    Packets arrive on the monotonic clock as they are decoded; the monotonic clock shows ``at_s`` at the first one.
    """
    kind = "nut" if codec == "mjpeg" else "mpegts" if in_band else "mp4"
    data = _encoded(codec, frames, {"gop": gop, "b_frames": b_frames, "size": size, "container": kind})
    with av.open(io.BytesIO(data), "r", format=kind) as reader:
        stream = reader.streams.video[0]
        packets = [packet for packet in reader.demux(stream) if packet.size]
        base = float(stream.time_base or Fraction(1))
        cut = PacketCut(stream_header(stream), tuple(_stored(each, base, packets[0], at_s) for each in packets))
    if in_band:
        return replace(cut, header=_header_without_parameters(cut.header))
    return cut


def shown(file: bytes) -> list[float]:
    """Times of all pictures that a player shows, in seconds, in the order in which it shows them."""
    with av.open(io.BytesIO(file)) as container:
        return [round(frame.time or 0.0, 3) for frame in container.decode(video=0)]


def brightness(file: bytes) -> list[int]:
    """How bright each picture is that a player shows, in order."""
    with av.open(io.BytesIO(file)) as container:
        return [int(frame.to_ndarray(format="gray").mean()) for frame in container.decode(video=0)]


def _encoded(codec: str, frames: int, how: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format=how["container"]) as container:
        stream = container.add_stream(codec, rate=FPS, options=_QUIET.get(codec, {}))
        stream.width, stream.height = how["size"]
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.gop_size = how["gop"]
        stream.codec_context.max_b_frames = how["b_frames"]
        for number in range(frames):
            level = 20 + number * 200 // frames
            grey = np.full((stream.height, stream.width, 3), level, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(grey, "bgr24")))
        container.mux(stream.encode(None))
    return out.getvalue()


def _stored(packet: Any, base_s: float, first: Any, at_s: float) -> EncodedPacket:
    dts_s = at_s + (packet.dts - first.dts) * base_s
    pts_s = at_s + (packet.pts - first.dts) * base_s
    at = Moment(dts_s, NOON_S + dts_s - at_s, dts_s)
    return EncodedPacket(bytes(packet), round(pts_s * TICKS_PER_S), round(dts_s * TICKS_PER_S), packet.is_keyframe, at)


def _header_without_parameters(header: bytes) -> bytes:
    """The header of a camera that announces its codec and nothing else."""
    out = io.BytesIO()
    out.close = lambda: None  # type: ignore[method-assign]  # the bytes are wanted after the muxer has closed them
    with av.open(io.BytesIO(header), format="nut") as reader, av.open(out, "w", format="nut") as writer:
        bare = writer.add_stream_from_template(reader.streams.video[0], opaque=True)
        bare.codec_context.extradata = None
        packet = av.Packet(b"\0")
        packet.stream, packet.pts, packet.dts, packet.is_keyframe = bare, 0, 0, True
        writer.mux(packet)
    return out.getvalue()
