"""Compressed video as it came from a camera: single packets, and a cut of them that can become a file."""

from dataclasses import dataclass
from typing import Final

from vigint_core.domain.frame import Moment
from vigint_core.domain.window import Span

TICKS_PER_S: Final = 90_000
"""Unit of the timestamps below: RTP's own clock for video, so that nothing is rounded on the way."""


@dataclass(frozen=True, slots=True)
class EncodedPacket:
    """One packet of a camera's video.

    Attributes:
        pts, dts: ticks of 1/90000 s on the camera's continuous media time.
        at: when it arrived.
    """

    data: bytes
    pts: int
    dts: int
    is_key: bool
    at: Moment


@dataclass(frozen=True, slots=True)
class PacketCut:
    """Packets of one stream in decoding order; the first one is a key frame.

    Attributes:
        header: the stream's codec parameters, as ``vigint_core.media.container.stream_header`` wrote them.
        packets: at least one.
    """

    header: bytes
    packets: tuple[EncodedPacket, ...]

    @property
    def start(self) -> Moment:
        """When the first picture was taken; the cut may start earlier than what was asked for."""
        return self.packets[0].at

    @property
    def span(self) -> Span:
        """From the first to the last packet, monotonic clock."""
        return Span(self.packets[0].at.mono_s, self.packets[-1].at.mono_s)

    @property
    def size(self) -> int:
        """Bytes of all packets together."""
        return sum(len(packet.data) for packet in self.packets)
