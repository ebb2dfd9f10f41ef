"""What leaves a camera's thread: the newest frame, the two rings, the counters, and the gate's small grey pictures."""

from dataclasses import dataclass, field, replace
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from vigint_core.domain.frame import Moment
from vigint_core.domain.window import Span
from vigint_desktop.capture.packet_ring import MIB, PacketRing
from vigint_desktop.capture.picture_ring import PictureRing
from vigint_desktop.capture.tile_mailbox import TileMailbox


class Tap(Protocol):
    """Looks at a camera in the camera's own thread; must be quick and must not raise.

    ``lost`` alone may come from another thread, never at the same time as ``look``.
    """

    def look(self, grey: NDArray[np.uint8], at: Moment) -> None:
        """A small grey picture, shape (height, width <= 320), read-only; about ten times a second."""

    def unseen(self, span: Span) -> None:
        """Nothing could be looked at over a span of monotonic time, because the machine could not keep up."""

    def lost(self, at_mono_s: float) -> None:
        """The stream broke or was stopped: nothing more is seen from here on."""


@dataclass(slots=True)
class CaptureCounters:
    """What became of a stream's packets and frames since the program started. Written by one thread.

    Attributes:
        received: packets; bytes_received: their size; keys: key frames among them.
        decoded: frames; failed: packets that could not be decoded, in part or at all.
        published: frames left in the mailbox for a tile.
        opened: streams opened.
        replaced: threads given up because they hung in the library.
        saving: the decoder leaves something out now, because the machine can't keep up.
        unseen_s: seconds that nothing could look at for that reason.
    """

    received: int = 0
    bytes_received: int = 0
    keys: int = 0
    decoded: int = 0
    failed: int = 0
    published: int = 0
    opened: int = 0
    replaced: int = 0
    saving: bool = False
    unseen_s: float = 0.0

    @property
    def reconnects(self) -> int:
        """Streams opened after the first one."""
        return max(0, self.opened - 1)

    def snapshot(self) -> "CaptureCounters":
        """A copy that no longer changes."""
        return replace(self)


_MOST_SUB_BYTES: Final = 16 * MIB
"""Of the sub stream's packets: a minute at 2 Mbit/s, twice what any usual one sends."""


@dataclass(frozen=True, slots=True)
class Channels:
    """Where the pictures of one camera are found; lives as long as the camera is on the wall.

    Attributes:
        packets, counters: of the main stream.
        sub_packets, sub_counters: of the sub stream; empty where there is none. Two rings: no cut mixes streams.
    """

    mailbox: TileMailbox = field(default_factory=TileMailbox)
    packets: PacketRing = field(default_factory=PacketRing)
    pictures: PictureRing = field(default_factory=PictureRing)
    counters: CaptureCounters = field(default_factory=CaptureCounters)
    sub_packets: PacketRing = field(default_factory=lambda: PacketRing(most_bytes=_MOST_SUB_BYTES))
    sub_counters: CaptureCounters = field(default_factory=CaptureCounters)

    def of_sub(self) -> "Channels":
        """The same for the worker of the sub stream, whose packets and counters are apart."""
        return replace(self, packets=self.sub_packets, counters=self.sub_counters)
