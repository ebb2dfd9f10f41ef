"""Who works now: cameras wait in as many threads as there are, and decode in as many as there are cores.

Without it, dozens of threads contend for Python's one lock at every call into a library: 25 cameras of 640x360 then
spend more than half of two cores on handing that lock over, and the window stands still for a second.
"""

import os
import threading
from types import TracebackType
from typing import Final

_CORES: Final = os.cpu_count() or 2


class Turnstile:
    """Lets a few threads through at a time. A context manager, entered for one piece of work that waits for nothing."""

    def __init__(self, most: int = _CORES) -> None:
        self._free = threading.Semaphore(most)

    def __enter__(self) -> None:
        self._free.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._free.release()
