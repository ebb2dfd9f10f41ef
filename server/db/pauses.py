"""Pauses in long work on SQLite, whose lock is given to nobody in turn: whoever asks at the right moment has it.

A process that waits for it asks again after ever longer sleeps, at last every tenth of a second. Who lets go of it for
a moment only, again and again, is hardly ever asked in such a moment, and the others wait for seconds.
"""

import threading
import time
from collections.abc import Callable
from typing import Final

WORK_S: Final = 0.1
"""Work goes on for so long without a pause, and to the end of its piece."""
PAUSE_S: Final = 0.15
"""The shortest pause: everybody who waits asks within it."""
_LONGEST_PAUSE_S: Final = 1.0


class Pauses:
    """Taken between the pieces of one long work. ``wait`` waits for as many seconds as it is given."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, wait: Callable[[float], object] | None = None
    ) -> None:
        self._clock = clock
        self._wait = wait or threading.Event().wait
        self._since_s = clock()

    def take(self) -> None:
        """A piece is done: let others have their turn, for as long as we had ours."""
        worked_s = self._clock() - self._since_s
        if worked_s >= WORK_S:
            self._wait(min(max(worked_s, PAUSE_S), _LONGEST_PAUSE_S))
            self._since_s = self._clock()
