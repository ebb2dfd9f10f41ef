"""RTP as a camera sends it: pictures of H.264 (RFC 6184) and H.265 (RFC 7798) in packets that fit a network."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.fakes.annexb import Units

_MOST_BYTES = 1400
_CLOCK_HZ = 90_000


@dataclass(slots=True)
class RtpSender:
    """Numbers the packets of one stream.

    Attributes:
        codec: ``"h264"`` or ``"hevc"``.
        payload_type: as the session's description names it.
        ssrc: who sends.
        sequence: of the next packet.
        first_tick: the timestamp that stands for second 0.
    """

    codec: str
    payload_type: int
    ssrc: int = 0x5EC0DE
    sequence: int = 4711
    first_tick: int = 1_000_000

    def packets(self, units: Units, at_s: float) -> Iterator[bytes]:
        """One picture, its last packet marked."""
        pieces = [piece for unit in units for piece in self._pieces(unit)]
        tick = (self.first_tick + round(at_s * _CLOCK_HZ)) % 2**32
        for number, piece in enumerate(pieces, start=1):
            marker = 0x80 if number == len(pieces) else 0
            head = bytes([0x80, marker | self.payload_type]) + self.sequence.to_bytes(2, "big")
            self.sequence = (self.sequence + 1) % 2**16
            yield head + tick.to_bytes(4, "big") + self.ssrc.to_bytes(4, "big") + piece

    def _pieces(self, unit: bytes) -> Iterator[bytes]:
        """A unit as it is, or in fragments."""
        if len(unit) <= _MOST_BYTES:
            yield unit
            return
        size = 1 if self.codec == "h264" else 2
        head, body = unit[:size], unit[size:]
        last = (len(body) - 1) // _MOST_BYTES
        for number in range(last + 1):
            flags = (0x80 if number == 0 else 0) | (0x40 if number == last else 0)
            yield self._fragment_head(head, flags) + body[number * _MOST_BYTES : (number + 1) * _MOST_BYTES]

    def _fragment_head(self, head: bytes, flags: int) -> bytes:
        if self.codec == "h264":
            return bytes([head[0] & 0xE0 | 28, flags | head[0] & 0x1F])
        return bytes([head[0] & 0x81 | 49 << 1, head[1], flags | head[0] >> 1 & 0x3F])
