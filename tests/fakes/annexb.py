"""H.264 and H.265 taken apart into pictures without decoding, so that damage passes through as it is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import av
from av.bitstream import BitStreamFilterContext

_START = b"\0\0\1"
_FILTERS = {"h264": "h264_mp4toannexb", "hevc": "hevc_mp4toannexb"}
_H264_SLICES = frozenset(range(1, 6))
_H264_PREFIXES = frozenset({6, 7, 8, 9})
_HEVC_PREFIXES = frozenset({32, 33, 34, 35, 39})

Units = Sequence[bytes]
"""The NAL units of one picture, without start codes."""


@dataclass(frozen=True, slots=True)
class Film:
    """Pictures in decoding order.

    Attributes:
        codec: ``"h264"`` or ``"hevc"``.
        pictures: each with the time it is to be shown, seconds from the first decoding time.
        length_s: of one round.
    """

    codec: str
    pictures: Sequence[tuple[Units, float]]
    length_s: float


def raw_film(file: Path, frames_per_s: float, codec: str = "h264") -> Film:
    """A raw file, whose pictures have no times of their own."""
    every = [(units, number / frames_per_s) for number, units in enumerate(pictures(file.read_bytes(), codec))]
    return Film(codec, every, len(every) / frames_per_s)


def film_of(file: Path) -> Film:
    """The pictures of an MP4 at their own times; parameters stand before every key frame."""
    with av.open(str(file)) as container:
        stream = container.streams.video[0]
        codec = stream.codec_context.name
        annexb = BitStreamFilterContext(_FILTERS[codec], stream)
        packets = [each for packet in container.demux(stream) if packet.size for each in annexb.filter(packet)]
        tick, first = float(stream.time_base or 0), packets[0].dts or 0
        every = [(list(units(bytes(packet))), ((packet.pts or 0) - first) * tick) for packet in packets]
        length_s = sum(packet.duration or 0 for packet in packets) * tick
    return Film(codec, every, length_s)


def units(stream: bytes) -> Iterator[bytes]:
    """The NAL units of a stream of bytes."""
    for piece in stream.split(_START)[1:]:
        if unit := piece.rstrip(b"\0"):
            yield unit


def pictures(stream: bytes, codec: str) -> Iterator[list[bytes]]:
    """The units of one picture after the other."""
    begins = _begins_h264 if codec == "h264" else _begins_hevc
    picture: list[bytes] = []
    sliced = False
    for unit in units(stream):
        is_slice, begins_new = begins(unit)
        if sliced and begins_new:
            yield picture
            picture, sliced = [], False
        picture.append(unit)
        sliced = sliced or is_slice
    if picture:
        yield picture


def _begins_h264(unit: bytes) -> tuple[bool, bool]:
    """Whether a unit is a piece of a picture, and whether a new picture begins with it."""
    kind = unit[0] & 0x1F
    is_slice = kind in _H264_SLICES
    return is_slice, kind in _H264_PREFIXES or (is_slice and len(unit) > 1 and bool(unit[1] & 0x80))


def _begins_hevc(unit: bytes) -> tuple[bool, bool]:
    kind = unit[0] >> 1 & 0x3F
    is_slice = kind < 32
    return is_slice, kind in _HEVC_PREFIXES or (is_slice and len(unit) > 2 and bool(unit[2] & 0x80))
