"""The only way out of a camera's thread. It can be shut from outside: a thread given up then changes nothing more."""

import threading
from collections.abc import Callable
from typing import Final

from vigint_core.domain.camera import Camera
from vigint_core.domain.fault import Code
from vigint_core.domain.frame import Frame, Picture
from vigint_core.media.reduce import GreyReducer
from vigint_desktop.capture.channels import Channels, Tap
from vigint_desktop.capture.condition import Condition
from vigint_desktop.capture.reduction import Reducer, Size
from vigint_desktop.capture.source import Arrival, DecodedFrame, Demand, StreamFacts

LOOK_EVERY_S: Final = 0.2
PICTURE_EVERY_S: Final = 0.5
_SLACK_S: Final = 0.002
"""Timestamps are rounded; a frame this little too early is the one that was meant."""


class Cadence:
    """Says which frames of a stream to take so that there is about one every ``period_s`` of media time."""

    def __init__(self, period_s: float) -> None:
        self._period_s = period_s
        self._due_s: float | None = None

    def takes(self, media_s: float) -> bool:
        """Whether the frame at ``media_s`` is one of them."""
        if self._due_s is not None and self._due_s - self._period_s <= media_s < self._due_s - _SLACK_S:
            return False
        late_s = 0.0 if self._due_s is None else media_s - self._due_s
        on_time = self._due_s is not None and 0 <= late_s + _SLACK_S < self._period_s
        self._due_s = (self._due_s if on_time and self._due_s is not None else media_s) + self._period_s
        return True


class Outlet:
    """Hands the arrivals of one worker on to tile, gate, rings and counters, until it is shut.

    Attributes:
        last_frame_mono_s: when the last decoded frame arrived, or None.
    """

    def __init__(self, camera: Camera, channels: Channels, tap: Tap, condition: Condition) -> None:
        self.last_frame_mono_s: float | None = None
        self._camera = camera
        self._channels = channels
        self._tap = tap
        self._condition = condition
        self._reducer = Reducer()
        self._greys = GreyReducer()
        self._looks = Cadence(LOOK_EVERY_S)
        self._pictures = Cadence(PICTURE_EVERY_S)
        self._demand = Demand()
        self._warning: Code | None = None
        self._shut = False
        self._lock = threading.RLock()

    def show_at(self, width: int, height: int) -> None:
        """Device pixels of the tile; (0, 0) while it is not on screen, and no frame is made for it."""
        self._demand = Demand(width, height)

    @property
    def demand(self) -> Demand:
        """What is wanted of the stream now."""
        return self._demand

    def shut(self, mono_s: float) -> None:
        """Tell the tap that the stream is lost, then let nothing through any more; callable from any thread.

        What is on its way out gets a second to leave; when it hangs in there the tap is not told.
        """
        if self._lock.acquire(timeout=1.0):
            self.lost(mono_s)
            self._shut = True
            self._lock.release()
        self._shut = True

    def tell(self, change: Callable[[Condition], None]) -> None:
        """Change the camera's condition, unless shut."""
        with self._lock:
            if not self._shut:
                change(self._condition)

    def opened(self, facts: StreamFacts) -> None:
        """A stream begins."""
        with self._lock:
            if self._shut:
                return
            self._channels.counters.opened += 1
            self._warning = facts.warning
            self._channels.packets.begin(facts.header, facts.codec)

    def lost(self, mono_s: float) -> None:
        """The stream is over, for whatever reason."""
        with self._lock:
            if not self._shut:
                self._tap.lost(mono_s)

    def hand_on(self, arrival: Arrival) -> None:
        """Pass one arrival on to everybody who wants something of it."""
        with self._lock:
            if self._shut:
                return
            self._warning = arrival.warning or self._warning
            self._count(arrival)
            if arrival.packet:
                self._channels.packets.add(arrival.packet)
            for frame in arrival.frames:
                self._frame(frame)

    def _count(self, arrival: Arrival) -> None:
        counters = self._channels.counters
        counters.failed += arrival.failed
        if arrival.packet:
            counters.received += 1
            counters.bytes_received += len(arrival.packet.data)

    def _frame(self, frame: DecodedFrame) -> None:
        self._channels.counters.decoded += 1
        self.last_frame_mono_s = frame.at.mono_s
        self._condition.live(self._warning)
        if self._demand.shown:
            self._show(frame, self._demand)
        if self._looks.takes(frame.at.media_s):
            self._tap.look(self._greys.grey(frame.picture), frame.at)
        if self._pictures.takes(frame.at.media_s):
            self._keep(frame)

    def _show(self, frame: DecodedFrame, demand: Demand) -> None:
        tile = self._reducer.tile(frame.picture, Size(demand.width, demand.height))
        counters = self._channels.counters
        number, size = counters.decoded, tile.size
        shown = Frame(self._camera.id, number, frame.at, size.width, size.height, tile.stride, tile.pixels)
        self._channels.mailbox.put(shown)
        counters.published += 1

    def _keep(self, frame: DecodedFrame) -> None:
        yuv = self._reducer.picture(frame.picture)
        height, width = yuv.shape[0] * 2 // 3, yuv.shape[1]
        self._channels.pictures.add(Picture(self._camera.id, frame.at, width, height, yuv))
