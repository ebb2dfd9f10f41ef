"""What somebody asked for that takes a while (a check, a search, a question to a camera): done elsewhere, answered."""

import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

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
        self.workers = tuple(Worker(each, self._step, sink, clock, self._end) for each in names)
        self._sink = sink
        self._inbox: queue.Queue[Errand | None] = queue.Queue(MOST_WAITING)
        self._open: dict[str, Errand] = {}
        self._lock = threading.Lock()

    def ask(self, errand: Errand) -> None:
        """Have an errand run soon. Every one is answered, also one that can't be run."""
        try:
            with self._lock:
                self._inbox.put_nowait(errand)
                self._open[errand.id] = errand
        except queue.Full:
            self._sink.publish(errand.refused(Code.PIPELINE_OVERLOAD))

    def stop(self, errand_id: str) -> None:
        """End an errand soon, whether it runs or waits; nothing happens when it is over."""
        with self._lock:
            errand = self._open.get(errand_id)
        if errand is not None:
            errand.stop()

    def _step(self) -> None:
        try:
            errand = self._inbox.get(timeout=_WAIT_S)
        except queue.Empty:
            return
        if errand is None:
            return
        answer = errand.refused(Code.WORKER_CRASHED)
        try:
            answer = errand.run()
        finally:
            with self._lock:
                if self._open.get(errand.id) is errand:
                    del self._open[errand.id]
            self._sink.publish(answer)

    def _end(self) -> None:
        """The program ends: nobody waits for anything any more, and no thread for work."""
        with self._lock:
            still_open = list(self._open.values())
        for errand in still_open:
            errand.stop()
        with suppress(queue.Full):
            for _ in self.workers:  # one for each: whoever takes it may not be the one that is to end now
                self._inbox.put_nowait(None)
