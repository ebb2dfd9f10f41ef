"""Compressed video as it came from a camera: single packets, and a cut of them that can become a file."""

from dataclasses import dataclass
from typing import Final

from vigint_core.domain.frame import Moment
from vigint_core.domain.window import Span

TICKS_PER_S: Final = 90_000
"""Unit of the timestamps below: RTP's own clock for video, so that nothing is rounded on the way."""


NOWHERE: Final = Moment(0.0, 0.0, 0.0)
"""When the packets of a film arrived: it is cut by nobody, and only their timestamps count."""


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
class Origin:
    """What a decoder must know of a stream. Packets of equal origins can follow each other in one file.

    Attributes:
        header: codec parameters, as ``vigint_core.media.container.stream_header`` wrote them.
        parameters: the parameter sets that came inside the packets, or empty; newer than those of ``header``.
    """

    header: bytes
    parameters: bytes = b""


@dataclass(frozen=True, slots=True)
class StreamPacket:
    """A packet and the stream it belongs to."""

    origin: Origin
    packet: EncodedPacket

    def follows(self, earlier: "StreamPacket") -> bool:
        """Whether one decoder, and one file, can take this packet right after the other."""
        return self.origin == earlier.origin and self.packet.dts > earlier.packet.dts


@dataclass(frozen=True, slots=True)
class PacketCut:
    """Packets of one stream in decoding order; the first one is a key frame.

    Attributes:
        header, parameters: as in ``Origin``.
        packets: at least one.
    """

    header: bytes
    packets: tuple[EncodedPacket, ...]
    parameters: bytes = b""

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
