"""The last minute of a camera, still compressed: what alert clips and evidence are cut from."""

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from vigint_core.domain.window import Span
from vigint_core.media.packets import EncodedPacket, PacketCut

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Kept:
    """A packet and the stream it belongs to."""

    header: bytes
    packet: EncodedPacket


class PacketRing:
    """Packets of the last ``span_s`` seconds, at most ``most_bytes`` of them; the oldest leave first. Thread-safe.

    Attributes:
        dropped: packets that could not be kept for the whole span: the bytes ran out, or no key frame came before them.
    """

    def __init__(self, span_s: float = 60.0, most_bytes: int = 64 * MIB) -> None:
        self.dropped = 0
        self._span_s = span_s
        self._most_bytes = most_bytes
        self._header = b""
        self._kept: deque[_Kept] = deque()
        self._bytes = 0
        self._lock = threading.Lock()

    @property
    def bytes_kept(self) -> int:
        """Bytes of all packets that are kept now."""
        return self._bytes

    def begin(self, header: bytes) -> None:
        """A stream was opened: packets from now on belong to it. A cut never mixes two different streams."""
        with self._lock:
            self._header = header

    def add(self, packet: EncodedPacket) -> None:
        """Keep one packet, and let go of what is too old or too much."""
        with self._lock:
            if not packet.is_key and not self._continues(packet):
                self.dropped += 1
                return
            self._kept.append(_Kept(self._header, packet))
            self._bytes += len(packet.data)
            self._shed_old(packet.at.mono_s - self._span_s)
            self._shed_bytes()

    def cut(self, span: Span) -> PacketCut | None:
        """The packets of a span of monotonic time.

        It starts at the last key frame at or before ``span.start_s``, or at the oldest one there is, and ends at
        ``span.end_s``. Where the camera came back with other codec parameters in between, the later stream is cut.
        None when nothing of the span is kept.
        """
        with self._lock:
            kept = [each for each in self._kept if each.packet.at.mono_s < span.end_s]
        if not kept or kept[-1].packet.at.mono_s < span.start_s:
            return None
        packets = _latest_stream(kept)
        return PacketCut(kept[-1].header, packets[_first_key(packets, span.start_s) :])

    def _continues(self, packet: EncodedPacket) -> bool:
        if not self._kept:
            return False
        last = self._kept[-1]
        return last.header == self._header and last.packet.dts < packet.dts

    def _shed_old(self, before_s: float) -> None:
        """Let whole groups go: packets whose key frame has left are of no use.

        The group that reaches into the span stays until the next one does, so a cut can start at its key frame.
        """
        while (end := self._second_key()) is not None and self._kept[end].packet.at.mono_s <= before_s:
            self._shed(end)

    def _shed_bytes(self) -> None:
        while self._bytes > self._most_bytes:
            group = self._second_key() or len(self._kept)
            self.dropped += group
            self._shed(group)

    def _second_key(self) -> int | None:
        for index, kept in enumerate(self._kept):
            if index and kept.packet.is_key:
                return index
        return None

    def _shed(self, count: int) -> None:
        for _ in range(count):
            self._bytes -= len(self._kept.popleft().packet.data)


def _latest_stream(kept: Sequence[_Kept]) -> tuple[EncodedPacket, ...]:
    """The packets at the end of ``kept`` that one decoder can play: same parameters, timestamps that only rise."""
    start = len(kept) - 1
    while start > 0 and _follows(kept[start - 1], kept[start]):
        start -= 1
    return tuple(each.packet for each in kept[start:])


def _follows(earlier: _Kept, later: _Kept) -> bool:
    return earlier.header == later.header and earlier.packet.dts < later.packet.dts


def _first_key(packets: Sequence[EncodedPacket], start_s: float) -> int:
    """Index of the last key frame at or before ``start_s``, else of the first one."""
    first = 0
    for index, packet in enumerate(packets):
        if packet.at.mono_s > start_s:
            break
        if packet.is_key:
            first = index
    return first
