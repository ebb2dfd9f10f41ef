"""Plays what does not come by itself, files and demo scenes, at its own speed."""

import threading
from collections.abc import Iterator
from typing import Final

from vigint_core.ports import Clock
from vigint_desktop.capture.stream_time import StreamTime

_MOST_LATE_S: Final = 1.0
"""Later than this (a suspended machine, no CPU left) the rest is played later too, not faster."""
_BREATH_S: Final = 1.0
"""Waits are cut into pieces no longer than this, so that a watch over the thread sees it alive."""


class Pace:
    """Waits until the moment of each packet has come."""

    def __init__(self, clock: Clock, interrupt: threading.Event) -> None:
        self._clock = clock
        self._interrupt = interrupt

    def until(self, time: StreamTime, raw_s: float) -> Iterator[None]:
        """Wait for a packet's time; yields once for every breath that this takes, and ends early when interrupted."""
        while (wait_s := time.media_s(raw_s) - self._clock.monotonic()) > 0:
            if self._interrupt.wait(min(wait_s, _BREATH_S)):
                return
            if wait_s > _BREATH_S:
                yield
        if wait_s < -_MOST_LATE_S:
            time.delay(-wait_s)
