"""Looks at a camera's pictures, whichever of its streams they come from: for the gate, and for what they still show."""

import threading
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vigint_core.domain.frame import Moment
from vigint_core.domain.window import Span
from vigint_core.policy.picture_truth import TruthState, examine
from vigint_core.policy.streams import Stream
from vigint_desktop.capture.channels import CaptureCounters, Tap
from vigint_desktop.capture.condition import Condition
from vigint_desktop.capture.view import View

_EXAMINED_EVERY_S: Final = 0.95
"""Once a second: looks are 0.1 s apart, and a little early is not too early."""
_MOST_WAIT_S: Final = 1.0
"""For a look that is under way when the stream changes; one that hangs must not hold the supervisor up."""


class Lookout:
    """One of a camera's streams is watched at a time; the looks of the other one count for nothing. Thread-safe."""

    def __init__(self, tap: Tap, condition: Condition) -> None:
        self._tap = tap
        self._condition = condition
        self._watched = Stream.MAIN
        self._looking = False
        self._view = View()
        self._truth = TruthState()
        self._lock = threading.Lock()

    def of(self, stream: Stream, counters: CaptureCounters) -> Tap:
        """What the worker of one stream is given as its tap."""
        return _Post(self, stream, counters)

    def watch(self, stream: Stream, at_mono_s: float) -> None:
        """Look at this stream from now on."""
        if stream is not self._watched and self._lock.acquire(timeout=_MOST_WAIT_S):
            try:
                self._lose(at_mono_s)
                self._watched = stream
            finally:
                self._lock.release()

    def confirm_view(self) -> None:
        """What the camera shows now is what it is meant to show."""
        with self._lock:
            self._view.forget()
            self._truth = TruthState()

    def look(self, stream: Stream, counters: CaptureCounters, grey: NDArray[np.uint8], at: Moment) -> None:
        """Take one look of a stream."""
        with self._lock:
            if stream is self._watched:
                self._looking = True
                self._tap.look(grey, at)
                self._examine(grey, at.mono_s, counters.keys)

    def unseen(self, stream: Stream, span: Span) -> None:
        """Nothing could be looked at of a stream."""
        with self._lock:
            if stream is self._watched:
                self._tap.unseen(span)

    def lost(self, stream: Stream, at_mono_s: float) -> None:
        """A stream broke or was stopped."""
        with self._lock:
            if stream is self._watched:
                self._lose(at_mono_s)

    def _lose(self, at_mono_s: float) -> None:
        if self._looking:
            self._looking = False
            self._tap.lost(at_mono_s)

    def _examine(self, grey: NDArray[np.uint8], at_s: float, keys: int) -> None:
        self._view.glance(grey)
        self._condition.shaped(grey.shape[1], grey.shape[0])
        last_s = self._truth.seen_s
        if last_s is not None and 0 <= at_s - last_s < _EXAMINED_EVERY_S:
            return
        self._truth = examine(self._truth, self._view.look(grey, at_s, keys))
        self._condition.seen(self._truth.sight, self._truth.since_s)


class _Post:
    """``Tap`` of one stream."""

    def __init__(self, lookout: Lookout, stream: Stream, counters: CaptureCounters) -> None:
        self._lookout = lookout
        self._stream = stream
        self._counters = counters

    def look(self, grey: NDArray[np.uint8], at: Moment) -> None:
        """As ``Tap.look``."""
        self._lookout.look(self._stream, self._counters, grey, at)

    def unseen(self, span: Span) -> None:
        """As ``Tap.unseen``."""
        self._lookout.unseen(self._stream, span)

    def lost(self, at_mono_s: float) -> None:
        """As ``Tap.lost``."""
        self._lookout.lost(self._stream, at_mono_s)
