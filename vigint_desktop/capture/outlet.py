"""The only way out of a camera's thread. It can be shut from outside: a thread given up then changes nothing more."""

import threading
from collections.abc import Callable
from typing import Final

from vigint_core.domain.camera import Camera
from vigint_core.domain.fault import Code
from vigint_core.domain.frame import Frame, Picture
from vigint_core.domain.window import Span
from vigint_core.media.reduce import GreyReducer
from vigint_core.policy.streams import Extent, Stream
from vigint_desktop.capture.channels import Channels, Tap
from vigint_desktop.capture.condition import Condition
from vigint_desktop.capture.effort import Unseen
from vigint_desktop.capture.reduction import Reducer, Size
from vigint_desktop.capture.source import Arrival, DecodedFrame, Demand, StreamFacts

LOOK_EVERY_S: Final = 0.1
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
        stream: which of the camera's streams this is.
        demand: what is wanted of it now; the supervisor sets it.
        alive_mono_s: when it last brought what is wanted: a frame, or a packet where none is to be decoded; or None.
        pause_s: between the last two times at which it was alive: a slow camera brings a frame every few seconds.
        size: of its frames, once there was one.
    """

    def __init__(
        self, camera: Camera, channels: Channels, tap: Tap, condition: Condition, *, stream: Stream = Stream.MAIN
    ) -> None:
        self.stream = stream
        self.demand = Demand()
        self.alive_mono_s: float | None = None
        self.pause_s = 0.0
        self.size = Extent()
        self._camera = camera
        self._channels = channels
        self._tap = tap
        self._condition = condition
        self._reducer = Reducer()
        self._greys = GreyReducer()
        self._looks = Cadence(LOOK_EVERY_S)
        self._pictures = Cadence(PICTURE_EVERY_S)
        self._unseen = Unseen()
        self._warning: Code | None = None
        self._known_pace = False  # an absence is no pace: the first frame of a stream tells none
        self._shut = False
        self._lock = threading.RLock()

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
            self._warning, self._known_pace = facts.warning, False
            self._channels.packets.begin(facts.header, facts.codec)

    def lost(self, mono_s: float) -> None:
        """The stream is over, for whatever reason."""
        with self._lock:
            if not self._shut:
                self._channels.counters.saving = False
                self._note_unseen(self._unseen.ended(mono_s))
                self._tap.lost(mono_s)

    def hand_on(self, arrival: Arrival) -> None:
        """Pass one arrival on to everybody who wants something of it."""
        with self._lock:
            if self._shut:
                return
            self._warning = arrival.warning or self._warning
            self._count(arrival)
            self._note_unseen(self._unseen.after(arrival, watched=self.demand.watched))
            if arrival.packet:
                self._channels.packets.add(arrival.packet)
                if arrival.effort.passing_over or not (self.demand.shown or self.demand.watched):
                    self._note_alive(arrival.packet.at.mono_s, shows=not arrival.effort.passing_over)
            for frame in arrival.frames:
                self._frame(frame)

    def _count(self, arrival: Arrival) -> None:
        counters = self._channels.counters
        counters.failed += arrival.failed
        counters.saving = arrival.effort.saving
        if arrival.packet:
            counters.received += 1
            counters.bytes_received += len(arrival.packet.data)
            counters.keys += arrival.packet.is_key

    def _note_unseen(self, span: Span | None) -> None:
        if span is not None:
            self._channels.counters.unseen_s += span.length_s
            self._tap.unseen(span)

    def _note_alive(self, at_mono_s: float, *, shows: bool = True) -> None:
        before_s = self.alive_mono_s if self._known_pace else None
        self.pause_s = 0.0 if before_s is None else at_mono_s - before_s
        self.alive_mono_s, self._known_pace = at_mono_s, True
        if shows:
            self._condition.live(self._warning, self.stream)

    def _frame(self, frame: DecodedFrame) -> None:
        self._channels.counters.decoded += 1
        self.size = Extent(frame.picture.width, frame.picture.height)
        self._note_alive(frame.at.mono_s)
        demand = self.demand
        if demand.shown and self._channels.mailbox.awaits(self.stream):
            self._show(frame, demand)
        if demand.watched:
            self._watch(frame)

    def _watch(self, frame: DecodedFrame) -> None:
        if self._looks.takes(frame.at.media_s):
            self._tap.look(self._greys.grey(frame.picture), frame.at)
        if self._pictures.takes(frame.at.media_s):
            self._keep(frame)

    def _show(self, frame: DecodedFrame, demand: Demand) -> None:
        tile = self._reducer.tile(frame.picture, Size(demand.width, demand.height))
        size, camera_id = tile.size, self._camera.id
        self._channels.counters.published += self._channels.mailbox.show(
            self.stream,
            frame.at,
            lambda number: Frame(camera_id, number, frame.at, size.width, size.height, tile.stride, tile.pixels),
        )

    def _keep(self, frame: DecodedFrame) -> None:
        yuv = self._reducer.picture(frame.picture)
        height, width = yuv.shape[0] * 2 // 3, yuv.shape[1]
        self._channels.pictures.add(Picture(self._camera.id, frame.at, width, height, yuv))
