"""Cameras that do what a test says: sources without a library, and clocks and interrupts that stand in for waiting."""

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np
from av import VideoFrame
from numpy.typing import NDArray

from tests.fakes.clock import FakeClock
from tests.fakes.waiting import wait_until
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


def arrival(at_s: float, *, key: bool = True, size: tuple[int, int] = (64, 36)) -> Arrival:
    """A packet that completed one grey picture of ``size`` (width, height)."""
    picture = VideoFrame.from_ndarray(np.full((size[1], size[0], 3), 90, np.uint8), "bgr24")
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


class LiveSource:
    """``Source`` that a test feeds while it is read.

    Attributes:
        demands: what was wanted of it, in order.
    """

    def __init__(self, interrupt: threading.Event, facts: StreamFacts = FACTS) -> None:
        self.facts = facts
        self.demands: list[Demand] = []
        self._interrupt = interrupt
        self._fed: queue.SimpleQueue[Arrival | VigintError] = queue.SimpleQueue()

    def feed(self, arrival: Arrival | VigintError) -> None:
        """Let it read this next, or break by it."""
        self._fed.put(arrival)

    def reads(self) -> Iterator[Work]:
        """As ``Source.reads``; waits for what it is fed, and wakes now and then to see whether it is to end."""
        while not self._interrupt.is_set():
            try:
                fed = self._fed.get(timeout=0.02)
            except queue.Empty:
                continue
            if isinstance(fed, VigintError):
                raise fed
            yield partial(_given, fed)

    def want(self, demand: Demand) -> None:
        """Remember it."""
        if not self.demands or self.demands[-1] != demand:
            self.demands.append(demand)

    def close(self) -> None:
        """Nothing to give back."""


def _given(arrival: Arrival) -> Arrival:
    return arrival


class LiveOpener:
    """``Opener`` of cameras that a test feeds: each opening makes a ``LiveSource``, or raises what ``refuse`` says.

    Attributes:
        opened: sources by address, in the order in which they were opened.
        refuse: why an address can't be opened, by address.
        tries: addresses and passwords that were tried, in order.
    """

    def __init__(self) -> None:
        self.opened: dict[str, list[LiveSource]] = {}
        self.refuse: dict[str, VigintError] = {}
        self.tries: list[tuple[str, str]] = []

    def __call__(self, camera: Camera, password: str, interrupt: threading.Event) -> Source:
        """As ``Opener``."""
        self.tries.append((camera.url, password))
        if camera.url in self.refuse:
            raise self.refuse[camera.url]
        source = LiveSource(interrupt)
        self.opened.setdefault(camera.url, []).append(source)
        return source

    def source(self, url: str, number: int = 0) -> LiveSource:
        """The ``number``-th source of an address; waits until it was opened."""
        assert wait_until(lambda: len(self.opened.get(url, [])) > number, every_s=0.005)
        return self.opened[url][number]
