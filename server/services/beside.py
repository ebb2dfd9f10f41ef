"""Jobs on threads of their own, so that nobody is held up by one that hangs.

Each has its thread, which ends with it: however many hang, the threads that answer requests are free.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from server.logs import journal
from vigint_core.domain.fault import Code, VigintError

Result = TypeVar("Result")
_log = journal(__name__)


def begin(job: Callable[[], Result]) -> "Future[Result]":
    """Begin a job; whoever calls this sees to it that there are not too many."""
    pool = ThreadPoolExecutor(1, thread_name_prefix="beside")
    try:
        return pool.submit(job)
    finally:
        pool.shutdown(wait=False)


class Errands:
    """Jobs that are waited for only so long, and then go on alone; a bounded number at once. Thread-safe; blocks."""

    def __init__(self, most: int, wait_s: float) -> None:
        self._places = threading.BoundedSemaphore(most)
        self._wait_s = wait_s

    def do(self, job: Callable[[], Result]) -> Result:
        """What the job returned or raised.

        Raises TimeoutError where it is not done in time: it goes on. Raises VigintError(SERVER_BUSY) where too many are
        under way: it was never begun.
        """
        until_s = time.monotonic() + self._wait_s
        if not self._places.acquire(timeout=self._wait_s):
            raise VigintError(Code.SERVER_BUSY, "too many earlier jobs are not done")
        try:
            done = begin(lambda: self._in_place(job))
        except RuntimeError:  # the machine has no thread left
            self._places.release()
            raise
        try:
            return done.result(max(0.0, until_s - time.monotonic()))
        except TimeoutError:
            if not done.done():
                done.add_done_callback(_tell_failure)
                raise
            return done.result()

    def _in_place(self, job: Callable[[], Result]) -> Result:
        try:
            return job()
        finally:
            self._places.release()


def _tell_failure(done: "Future[Result]") -> None:
    """Nobody waits any more: what went wrong is said here, or nowhere."""
    error = done.exception()
    if error is not None:
        _log.error("job failed", exc_info=error)
