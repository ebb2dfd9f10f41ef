"""The last minute of a camera, still compressed: what alert clips, evidence, snapshots and recordings are cut from."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from vigint_core.domain.frame import Moment
from vigint_core.domain.window import Span
from vigint_core.media.packets import EncodedPacket, Origin, PacketCut, StreamPacket
from vigint_core.media.parameters import all_among, parameter_sets

MIB: Final = 1024 * 1024
SPAN_S: Final = 60.0
MOST_BYTES: Final = 64 * MIB
"""Twice what a minute at 4 Mbit/s takes; a camera that sends more is kept for a shorter time."""

_MOST_REORDERED: Final = 16  # pictures that a stream may hold back, by the standards of H.264 and H.265


@dataclass(frozen=True, slots=True)
class Stretch:
    """Packets in the order in which they arrived.

    Attributes:
        lost: how many before the first one were gone already when they were asked for.
        last: the number of the last one; what to ask on from.
    """

    packets: tuple[StreamPacket, ...]
    lost: int
    last: int


class PacketRing:
    """Packets of the last ``span_s`` seconds, at most ``most_bytes`` of them; the oldest leave first. Thread-safe.

    Every packet that is kept has a number, from 1 on, so that whoever writes them to disk can come back for the next
    ones: the ring is that writer's queue, and it holds each packet once.

    Attributes:
        dropped: packets that could not be kept for the whole span: the bytes ran out, or no key frame came before them.
    """

    def __init__(self, span_s: float = SPAN_S, most_bytes: int = MOST_BYTES) -> None:
        self.dropped = 0
        self._span_s = span_s
        self._most_bytes = most_bytes
        self._codec = ""
        self._origin = Origin(b"")
        self._kept: deque[StreamPacket] = deque()
        self._keys: deque[int] = deque()
        self._last = 0
        self._bytes = 0
        self._awaits_key = True
        self._lock = threading.Lock()

    @property
    def bytes_kept(self) -> int:
        """Bytes of all packets that are kept now."""
        return self._bytes

    def begin(self, header: bytes, codec: str = "") -> None:
        """A stream was opened: packets from now on belong to it, from its first key frame on.

        A cut never mixes two different streams. Where the same one came back, what it sends before a key frame leans on
        pictures that nobody has received: behind the group before, it would decode to a picture that never was.

        ``codec``: its name, by which parameters inside the packets are found; they are part of what a stream is.
        """
        with self._lock:
            same = header == self._origin.header
            self._codec = codec
            self._awaits_key = True
            self._origin = self._origin if same else Origin(header)

    def add(self, packet: EncodedPacket) -> None:
        """Keep one packet, and let go of what is too old or too much."""
        with self._lock:
            if packet.is_key:
                self._note_parameters(packet)
                self._awaits_key = False
            elif not self._continues(packet):
                self.dropped += 1
                return
            self._last += 1
            self._kept.append(StreamPacket(self._origin, packet))
            self._bytes += len(packet.data)
            if packet.is_key:
                self._keys.append(self._last)
            self._shed_old(packet.at.mono_s - self._span_s)
            self._shed_bytes()

    def cut(self, span: Span) -> PacketCut | None:
        """The packets of a span of monotonic time.

        It starts at the last key frame at or before ``span.start_s``, or at the oldest one there is, and ends at
        ``span.end_s``. Where the camera came back with other codec parameters in between, the later stream is cut.
        None when nothing of the span is kept.
        """
        return self._cut(span, _mono_s)

    def cut_by_wall(self, span: Span) -> PacketCut | None:
        """As ``cut``, for a span of Unix time."""
        return self._cut(span, _wall_s)

    def newest(self) -> PacketCut | None:
        """From the last key frame to the last packet: what must be decoded to see the newest picture."""
        with self._lock:
            if not self._keys:
                return None
            packets = self._from(self._keys[-1])
        return _as_cut(packets)

    def key_before(self, wall_s: float) -> int:
        """Number of the last key frame at or before a Unix time, or of the oldest that is kept; 0 while none is."""
        with self._lock:
            found = 0
            for number in self._keys:
                if found and self._numbered(number).packet.at.wall_s > wall_s:
                    break
                found = number
            return found

    def after(self, number: int) -> Stretch:
        """What has arrived since the packet of this number, and is still kept."""
        with self._lock:
            oldest = self._last - len(self._kept) + 1
            start = max(number + 1, oldest)
            return Stretch(self._from(start), start - number - 1, max(self._last, number))

    def _cut(self, span: Span, time_of: Callable[[Moment], float]) -> PacketCut | None:
        with self._lock:
            kept = [each for each in self._kept if time_of(each.packet.at) < span.end_s]
        if not kept or time_of(kept[-1].packet.at) < span.start_s:
            return None
        packets = _latest_stream(kept)
        return _as_cut(_complete(packets[_first_key(packets, span.start_s, time_of) :]))

    def _note_parameters(self, key: EncodedPacket) -> None:
        """A key frame that brings other parameters than the ones before begins another stream."""
        found = parameter_sets(self._codec, key.data)
        if not all_among(found, self._origin.parameters):
            self._origin = Origin(self._origin.header, found)

    def _continues(self, packet: EncodedPacket) -> bool:
        if self._awaits_key or not self._kept:
            return False
        last = self._kept[-1]
        return last.origin == self._origin and last.packet.dts < packet.dts

    def _shed_old(self, before_s: float) -> None:
        """Let whole groups go: packets whose key frame has left are of no use.

        The group that reaches into the span stays until the next one does, so a cut can start at its key frame.
        """
        while len(self._keys) > 1 and self._numbered(self._keys[1]).packet.at.mono_s <= before_s:
            self._shed_group()

    def _shed_bytes(self) -> None:
        while self._bytes > self._most_bytes:
            self.dropped += self._shed_group()

    def _shed_group(self) -> int:
        """Let the oldest group go; returns how many packets it had."""
        end = self._keys[1] if len(self._keys) > 1 else self._last + 1
        self._keys.popleft()
        count = end - (self._last - len(self._kept) + 1)
        for _ in range(count):
            self._bytes -= len(self._kept.popleft().packet.data)
        return count

    def _numbered(self, number: int) -> StreamPacket:
        return self._kept[number - (self._last - len(self._kept) + 1)]

    def _from(self, number: int) -> tuple[StreamPacket, ...]:
        start = number - (self._last - len(self._kept) + 1)
        return tuple(islice(self._kept, start, None))


def _mono_s(at: Moment) -> float:
    return at.mono_s


def _wall_s(at: Moment) -> float:
    return at.wall_s


def _as_cut(packets: Sequence[StreamPacket]) -> PacketCut:
    origin = packets[-1].origin
    return PacketCut(origin.header, tuple(each.packet for each in packets), origin.parameters)


def _latest_stream(kept: Sequence[StreamPacket]) -> Sequence[StreamPacket]:
    """The packets at the end of ``kept`` that one decoder can play: same parameters, timestamps that only rise."""
    start = len(kept) - 1
    while start > 0 and kept[start].follows(kept[start - 1]):
        start -= 1
    return kept[start:]


def _complete(packets: Sequence[StreamPacket]) -> Sequence[StreamPacket]:
    """Without those at the end that are shown only after pictures which are not there.

    Where pictures lean on later ones, a packet comes before those that are shown before it.
    """
    end = len(packets)
    while end > 1:
        last, before = packets[end - 1].packet, packets[end - 2].packet
        shown = max(each.packet.pts for each in packets[max(0, end - 1 - _MOST_REORDERED) : end - 1])
        if last.pts - shown <= 1.5 * (last.dts - before.dts):
            break
        end -= 1
    return packets[:end]


def _first_key(packets: Sequence[StreamPacket], start_s: float, time_of: Callable[[Moment], float]) -> int:
    """Index of the last key frame at or before ``start_s``, else of the first one."""
    first = 0
    for index, each in enumerate(packets):
        if time_of(each.packet.at) > start_s:
            break
        if each.packet.is_key:
            first = index
    return first
