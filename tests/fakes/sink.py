"""An event sink that remembers, and that a test can wait on."""

import threading
from collections.abc import Callable
from typing import TypeVar

from vigint_core.domain.fault import Code, Fault
from vigint_core.domain.status import Event, FaultCleared

_Kind = TypeVar("_Kind")


class RecordingSink:
    """``EventSink`` that keeps every event in order. Thread-safe."""

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._changed = threading.Condition(threading.RLock())

    def publish(self, event: Event) -> None:
        """Keep one event."""
        with self._changed:
            self._events.append(event)
            self._changed.notify_all()

    @property
    def events(self) -> list[Event]:
        """All of them so far."""
        with self._changed:
            return list(self._events)

    def of(self, kind: type[_Kind]) -> list[_Kind]:
        """Those of one kind."""
        return [event for event in self.events if isinstance(event, kind)]

    def last(self, kind: type[_Kind]) -> _Kind:
        """The latest of one kind; there must be one."""
        return self.of(kind)[-1]

    def open_faults(self) -> set[tuple[str, Code]]:
        """Faults that were reported and not cleared since, as ``(source, code)``."""
        standing: set[tuple[str, Code]] = set()
        for event in self.events:
            if isinstance(event, Fault):
                standing.add((event.source, event.code))
            elif isinstance(event, FaultCleared):
                standing.discard((event.source, event.code))
        return standing

    def wait_for(self, holds: Callable[["RecordingSink"], bool], timeout_s: float = 30.0) -> bool:
        """Whether ``holds`` comes true with the events that arrive within ``timeout_s``."""
        with self._changed:
            return self._changed.wait_for(lambda: holds(self), timeout_s)
