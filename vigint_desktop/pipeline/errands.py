"""What somebody asked for that takes a while (a check, a search, a question to a camera): done elsewhere, answered."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from vigint_core.domain.fault import Code
from vigint_core.domain.status import Event
from vigint_core.ports import Clock, EventSink
from vigint_desktop.pipeline.worker import Worker

MOST_WAITING = 64  # people ask for what they see: more than a screen of cameras at once is a stuck key
_WAIT_S = 1.0


@dataclass(frozen=True, slots=True)
class Errand:
    """One thing to be done.

    Attributes:
        id: as the asker knows it.
        run: does it and returns what is to be told; blocks within a bound of its own.
        stop: makes ``run`` end soon, or at once when it has not begun; called from any thread, at any time.
        refused: what is to be told when it can't be run.
    """

    id: str
    run: Callable[[], Event]
    stop: Callable[[], None]
    refused: Callable[[Code], Event]


class Errands:
    """Runs errands on a few threads of its own and publishes every answer. Nothing here blocks.

    Attributes:
        workers: to be started, and stopped.
    """

    def __init__(self, name: str, threads: int, sink: EventSink, clock: Clock) -> None:
        names = [name] if threads == 1 else [f"{name}-{number + 1}" for number in range(threads)]
        self.workers = tuple(
            Worker(each, partial(self._step, number), sink, clock, self._end) for number, each in enumerate(names)
        )
        self._sink = sink
        self._waiting: deque[Errand] = deque()
        self._open: dict[str, Errand] = {}
        self._changed = threading.Condition()

    def ask(self, errand: Errand) -> None:
        """Have an errand run soon. Every one is answered, also one that can't be run."""
        with self._changed:
            taken = len(self._waiting) < MOST_WAITING
            if taken:
                self._waiting.append(errand)
                self._open[errand.id] = errand
                self._changed.notify()
        if not taken:
            self._sink.publish(errand.refused(Code.PIPELINE_OVERLOAD))

    def stop(self, errand_id: str) -> None:
        """End an errand soon, whether it runs or waits; nothing happens when it is over."""
        with self._changed:
            errand = self._open.get(errand_id)
        if errand is not None:
            errand.stop()

    def _step(self, number: int) -> None:
        errand = self._next(self.workers[number].stopping)
        if errand is None:
            return
        answer = errand.refused(Code.WORKER_CRASHED)
        try:
            answer = errand.run()
        finally:
            with self._changed:
                if self._open.get(errand.id) is errand:
                    del self._open[errand.id]
            self._sink.publish(answer)

    def _next(self, stopping: threading.Event) -> Errand | None:
        """The errand that waited longest; None when there is none for a while, or the thread is to end."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or stopping.is_set(), _WAIT_S)
            return None if stopping.is_set() or not self._waiting else self._waiting.popleft()

    def _end(self) -> None:
        """The program ends: nobody waits for anything any more, and no thread for work."""
        with self._changed:
            still_open = list(self._open.values())
            self._changed.notify_all()
        for errand in still_open:
            errand.stop()
