"""Cameras that do what a test says: sources without a library, and clocks and interrupts that stand in for waiting."""

import threading
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from av import VideoFrame
from numpy.typing import NDArray

from tests.fakes.clock import FakeClock
from vigint_core.domain.camera import Camera, SourceKind
from vigint_core.domain.fault import VigintError
from vigint_core.domain.frame import Moment
from vigint_core.domain.ids import CameraId
from vigint_core.domain.window import Span
from vigint_core.media.packets import TICKS_PER_S, EncodedPacket
from vigint_desktop.capture.source import Arrival, DecodedFrame, Demand, Source, StreamFacts, Work

DOOR = Camera(CameraId("door"), "Door", SourceKind.RTSP, "rtsp://127.0.0.1/door", "guard")
FACTS = StreamFacts("h264", 64, 36, 10.0, b"header")


def encoded(at_s: float, *, key: bool = False, size: int = 10) -> EncodedPacket:
    """A packet of zeros that arrived at a monotonic time."""
    ticks = round(at_s * TICKS_PER_S)
    return EncodedPacket(bytes(size), ticks, ticks, key, Moment(at_s, at_s, at_s))


def arrival(at_s: float, *, key: bool = True) -> Arrival:
    """A packet that completed one grey picture."""
    picture = VideoFrame.from_ndarray(np.full((36, 64, 3), 90, np.uint8), "bgr24")
    return Arrival(encoded(at_s, key=key), (DecodedFrame(picture, Moment(at_s, at_s, at_s)),))


class ScriptedSource:
    """``Source`` that gives what it was told to and then does ``at_end``: raises, waits, or ends.

    Attributes:
        closed: whether it was given back.
        demands: what was wanted of it, in order.
    """

    def __init__(
        self,
        arrivals: Sequence[Arrival],
        at_end: Callable[[], None] = lambda: None,
        facts: StreamFacts = FACTS,
    ) -> None:
        self.facts = facts
        self.closed = False
        self.demands: list[Demand] = []
        self._arrivals = arrivals
        self._at_end = at_end

    def reads(self) -> Iterator[Work]:
        """As ``Source.reads``."""
        for arrival in self._arrivals:
            yield lambda arrival=arrival: arrival
        self._at_end()

    def want(self, demand: Demand) -> None:
        """Remember it."""
        self.demands.append(demand)

    def close(self) -> None:
        """Given back."""
        self.closed = True


class ScriptedOpener:
    """``Opener`` that answers one try after the other; what is left over from the script waits for an interrupt.

    Attributes:
        tries: passwords that were tried, in order.
    """

    def __init__(self, *answers: Source | VigintError | Exception) -> None:
        self.tries: list[str] = []
        self._answers = list(answers)

    def __call__(self, camera: Camera, password: str, interrupt: threading.Event) -> Source:
        """As ``Opener``."""
        self.tries.append(password)
        if not self._answers:
            interrupt.wait(60.0)
            return ScriptedSource([])
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


class RecordingTap:
    """``Tap`` that remembers."""

    def __init__(self) -> None:
        self.looks: list[float] = []
        self.shapes: set[tuple[int, ...]] = set()
        self.unseen_spans: list[Span] = []
        self.losses = 0

    def look(self, grey: NDArray[np.uint8], at: Moment) -> None:
        """One look."""
        self.looks.append(at.media_s)
        self.shapes.add(grey.shape)

    def unseen(self, span: Span) -> None:
        """One span that nothing looked at."""
        self.unseen_spans.append(span)

    def lost(self, at_mono_s: float) -> None:
        """One loss."""
        self.losses += 1


class FakeInterrupt(threading.Event):
    """An event whose ``wait`` lets a fake clock go on instead of waiting.

    Attributes:
        waits: how long was waited each time, seconds.
    """

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self.waits: list[float] = []
        self._clock = clock

    def wait(self, timeout: float | None = None) -> bool:
        """Let the time pass at once."""
        assert timeout is not None
        if not self.is_set():
            self.waits.append(timeout)
            self._clock.advance(timeout)
        return self.is_set()
