"""Who works now: cameras wait in as many threads as there are, and decode in as few as the machine has cores.

Without it, dozens of threads contend for Python's one lock at every call into a library: 25 cameras of 640x360 then
spend more than half of two cores on handing that lock over, and the window stands still for a second. Small pictures
take turns even so, as their work is mostly Python's: two of them at a time cost more than one after the other.
"""

import os
import threading
from collections import deque
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final

_CORES: Final = os.cpu_count() or 2
_SMALL: Final = 500_000
"""Pixels of a picture (960x540) up to which work is small; decoding takes 0.5 ms of 640x360 and 5 ms of 1080p."""
_HIDDEN_EVERY: Final = 8
"""Turns of cameras on screen after which one that is not goes first, so that it gets on at all."""


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    """A thread in the queue. Its lock is released when its turn has come."""

    small: bool
    turn: threading.Lock = field(default_factory=threading.Lock)


@dataclass(slots=True, eq=False)
class Turn:
    """One thread's turn: a context manager, for one time.

    Attributes:
        held: it has come, and was not given back.
    """

    turnstile: "Turnstile"
    small: bool
    shown: bool
    held: bool = False

    def __enter__(self) -> None:
        self.turnstile.enter(self)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.turnstile.leave(self)


class Turnstile:
    """Lets a few threads through at a time: in the order in which they came, those of cameras on screen first."""

    def __init__(self, most: int = _CORES, most_small: int = max(1, _CORES // 2)) -> None:
        """``most``: threads at a time; ``most_small``: those among them whose pictures are small."""
        self._free = most
        self._free_small = most_small
        self._shown: deque[_Waiting] = deque()
        self._hidden: deque[_Waiting] = deque()
        self._shown_in_a_row = 0
        self._lock = threading.Lock()

    @property
    def waiting(self) -> int:
        """Threads that wait for their turn."""
        with self._lock:
            return len(self._shown) + len(self._hidden)

    def turn(self, pixels: int, *, shown: bool) -> "Turn":
        """A turn to be waited for, and held over one piece of work that waits for nothing: ``with turnstile.turn(..)``.

        ``pixels``: of a picture, 0 where it is not known; ``shown``: whether the camera is on screen.
        """
        return Turn(self, 0 < pixels <= _SMALL, shown)

    def enter(self, turn: Turn) -> None:
        """Wait for the turn; ``leave`` gives it back."""
        with self._lock:
            if self._free and (self._free_small or not turn.small):  # whoever waits could not have gone either
                self._free -= 1
                self._free_small -= turn.small
                turn.held = True
                return
            waiting = _Waiting(turn.small)
            waiting.turn.acquire()
            (self._shown if turn.shown else self._hidden).append(waiting)
        waiting.turn.acquire()
        turn.held = True

    def leave(self, turn: Turn) -> None:
        """Let the next one in; once a turn, also when a thread that hangs was given up and comes back after all."""
        with self._lock:
            if turn.held:
                turn.held = False
                self._free += 1
                self._free_small += turn.small
                self._admit()

    def _admit(self) -> None:
        while (self._shown or self._hidden) and self._free and (waiting := self._next()) is not None:
            self._free -= 1
            self._free_small -= waiting.small
            waiting.turn.release()

    def _next(self) -> _Waiting | None:
        """Who goes next, taken out of the queue; None when nobody can."""
        hidden_first = self._shown_in_a_row >= _HIDDEN_EVERY
        for queue in (self._hidden, self._shown) if hidden_first else (self._shown, self._hidden):
            for waiting in queue:
                if not waiting.small or self._free_small:
                    queue.remove(waiting)
                    self._shown_in_a_row = self._shown_in_a_row + 1 if queue is self._shown else 0
                    return waiting
        return None
