"""A source: an open stream of one camera, whatever its kind. The worker knows nothing else about cameras."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

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
class Arrival:
    """What one read brought.

    Attributes:
        packet: the packet as it came; None where the decoder only gave back what it still held.
        frames: the frames that it completed, in order; often one, may be none.
        failed: whether the packet could not be decoded.
        warning: something turned out to be wrong that does not keep the rest from playing, or None.
    """

    packet: EncodedPacket | None
    frames: tuple[DecodedFrame, ...]
    failed: bool = False
    warning: Code | None = None


class Source(Protocol):
    """An open stream. Used by one thread; closed by the one who opened it."""

    @property
    def facts(self) -> StreamFacts:
        """What the stream says about itself."""

    def arrivals(self) -> Iterator[Arrival]:
        """Packets and frames as they come, at the stream's own speed.

        Ends when the interrupt is set, or when the other side ends the stream. Raises VigintError(CAMERA_*) when it
        breaks; blocks for at most a few seconds.
        """

    def close(self) -> None:
        """Give the connection back."""


Opener = Callable[[Camera, str, threading.Event], Source]
"""Opens a camera: ``(camera, password, interrupt)``. Raises VigintError(CAMERA_*), whose text holds no password."""
