"""Wakes the requests that wait for a window, when its work ends in this process."""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from vigint_core.wire import AnalysisResponse


class Settlements:
    """Who waits for which window. ``expect`` belongs on the event loop, ``tell`` is for any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: defaultdict[tuple[str, str], set[asyncio.Future[AnalysisResponse]]] = defaultdict(set)

    @contextmanager
    def expect(self, client_id: str, window_id: str) -> Iterator[asyncio.Future[AnalysisResponse]]:
        """A future that gets the answer about a window if this process writes it during the block."""
        future: asyncio.Future[AnalysisResponse] = asyncio.get_running_loop().create_future()
        key = (client_id, window_id)
        with self._lock:
            self._waiting[key].add(future)
        try:
            yield future
        finally:
            with self._lock:
                self._waiting[key].discard(future)
                if not self._waiting[key]:
                    del self._waiting[key]

    def tell(self, client_id: str, answer: AnalysisResponse) -> None:
        """The window is settled."""
        with self._lock:
            waiting = tuple(self._waiting.get((client_id, answer.window_id), ()))
        for future in waiting:
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                future.get_loop().call_soon_threadsafe(_answer, future, answer)


def _answer(future: asyncio.Future[AnalysisResponse], answer: AnalysisResponse) -> None:
    if not future.done():
        future.set_result(answer)
