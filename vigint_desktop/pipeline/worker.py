"""A named thread that survives: its step may fail, the failure is reported once, and the thread goes on."""

import logging
import random
import threading
from collections.abc import Callable

from vigint_core.domain.fault import Code, Fault, VigintError
from vigint_core.domain.status import FaultCleared
from vigint_core.policy.retry import BackOff
from vigint_core.ports import Clock, EventSink

GOOD_S = 5.0  # without a failure before a fault is over: a step that only waited proves nothing
_log = logging.getLogger(__name__)


class Worker:
    """Calls ``step`` over and over on a thread of its own until it is stopped.

    ``step`` waits for its work itself, for at most about a second at a time. What it raises becomes a ``Fault`` whose
    source is the worker's name, and a pause with back-off. ``GOOD_S`` without another failure end it; so does the end.

    Attributes:
        stopping: set when the worker is asked to end; a step that waits longer than a second watches it.
    """

    def __init__(
        self,
        name: str,
        step: Callable[[], None],
        sink: EventSink,
        clock: Clock,
        on_stop: Callable[[], None] | None = None,
    ) -> None:
        self.name = name
        self.stopping = threading.Event()
        self._step = step
        self._sink = sink
        self._clock = clock
        self._on_stop = on_stop
        self._back_off = BackOff(first_s=0.5, most_s=10.0)
        self._failures = 0
        self._open: Fault | None = None
        self._failed_mono_s = 0.0
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self, timeout_s: float = 5.0) -> bool:
        """Ask it to end and wait; True when it has ended."""
        self.stopping.set()
        if self._on_stop is not None:
            self._on_stop()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def recovered(self) -> None:
        """What was reported is over. Told by a step that goes on for long; the back-off keeps its count."""
        if self._open is not None:
            self._sink.publish(FaultCleared(self.name, self._open.code))
            self._open = None

    def _run(self) -> None:
        while not self.stopping.is_set():
            try:
                self._step()
            except VigintError as error:
                self._failed(error.code, error.detail)
            except Exception as error:  # noqa: BLE001 - the outermost frame of a worker
                _log.exception("%s failed", self.name)
                self._failed(Code.WORKER_CRASHED, f"{self.name}: {type(error).__name__}")
            else:
                self._failures = 0
                if self._clock.monotonic() - self._failed_mono_s >= GOOD_S:
                    self.recovered()
        self.recovered()

    def _failed(self, code: Code, detail: str) -> None:
        self._failures += 1
        self._failed_mono_s = self._clock.monotonic()
        since_s = self._clock.wall()
        if self._open is not None and self._open.code is code:
            since_s = self._open.at_s
        else:
            self.recovered()
            _log.info("%s: %s (%s)", self.name, code, detail)
        self._open = Fault(code, self.name, detail, since_s)
        self._sink.publish(self._open)
        self.stopping.wait(self._back_off.delay_s(self._failures, random.random()))  # noqa: S311 - jitter
