"""A source: an open stream of one camera, whatever its kind. The worker knows nothing else about cameras."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from av import VideoFrame

from vigint_core.domain.camera import Camera
from vigint_core.domain.fault import Code
from vigint_core.domain.frame import Moment
from vigint_core.media.packets import EncodedPacket


@dataclass(frozen=True, slots=True)
class StreamFacts:
    """What a stream says about itself.

    Attributes:
        codec: ``"h264"``, ``"hevc"``, ``"mjpeg"``, ...
        width, height: pixels; 0 until the first frame where the stream does not say.
        frames_per_s: as announced, or 0.0.
        header: codec parameters for ``PacketRing.begin``.
        warning: as in ``Arrival``, where it is known from the start.
    """

    codec: str
    width: int
    height: int
    frames_per_s: float
    header: bytes
    warning: Code | None = None


@dataclass(frozen=True, slots=True)
class DecodedFrame:
    """A decoded picture at full size, and when it was taken."""

    picture: VideoFrame
    at: Moment


@dataclass(frozen=True, slots=True)
class Effort:
    """What the decoder leaves out because the machine can't keep up.

    Attributes:
        saving: it does leave something out that is needed.
        passing_over: all of it: this packet, and every one up to the next key frame.
    """

    saving: bool = False
    passing_over: bool = False


FULL_EFFORT: Final = Effort()


@dataclass(frozen=True, slots=True)
class Arrival:
    """What one read brought.

    Attributes:
        packet: the packet as it came; None where the decoder only gave back what it still held.
        frames: the frames that it completed, in order; often one, may be none.
        failed: whether the packet could not be decoded.
        warning: something turned out to be wrong that does not keep the rest from playing, or None.
        effort: what was left undone.
    """

    packet: EncodedPacket | None
    frames: tuple[DecodedFrame, ...]
    failed: bool = False
    warning: Code | None = None
    effort: Effort = FULL_EFFORT


@dataclass(frozen=True, slots=True)
class Demand:
    """What is wanted of a stream now.

    Attributes:
        width, height: device pixels of the largest tile that shows it; 0 while none does.
        watched: whether gate and picture ring live on this stream.
    """

    width: int = 0
    height: int = 0
    watched: bool = True

    @property
    def shown(self) -> bool:
        """Whether somebody sees it."""
        return self.width > 0 and self.height > 0


Work = Callable[[], Arrival]
"""What is left to do with something that was read: decode it. Uses the CPU and waits for nothing; called once."""
Reading = Arrival | Work
"""What a read brought: all of it, where there is nothing to decode, or else the work that is left to do."""


class Source(Protocol):
    """An open stream. Used by one thread; closed by the one who opened it."""

    @property
    def facts(self) -> StreamFacts:
        """What the stream says about itself."""

    def reads(self) -> Iterator[Reading]:
        """What is read, at the stream's own speed; the work that it makes is to be done before the next read.

        Reading waits and work does not, so that a worker can wait freely and take turns at the CPU. Ends when the
        interrupt is set, or when the other side ends the stream. Raises VigintError(CAMERA_*) when it breaks, in
        reading or in the work; blocks for at most a few seconds.
        """

    def want(self, demand: Demand) -> None:
        """What the stream is wanted for from now on; it decodes no more than that. Callable from any thread."""

    def close(self) -> None:
        """Give the connection back."""


Opener = Callable[[Camera, str, threading.Event], Source]
"""Opens a camera: ``(camera, password, interrupt)``. Raises VigintError(CAMERA_*), whose text holds no password."""


def arrivals(source: Source) -> Iterator[Arrival]:
    """Everything a stream brings, worked off at once: for whoever looks at one stream alone."""
    for reading in source.reads():
        yield reading if isinstance(reading, Arrival) else reading()
