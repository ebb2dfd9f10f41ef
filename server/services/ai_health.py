"""What is known about the AI: proven by a real probe, refreshed by real looks, never ok by construction."""

import threading
from collections.abc import Callable, Sequence

from server.logs import journal
from server.services.metrics import Metrics
from vigint_core.analysis.examiner import Probe
from vigint_core.domain.fault import Code
from vigint_core.domain.verdict import Call, Outcome
from vigint_core.policy.ai_health import AiState, looked, probe_wait_s
from vigint_core.ports import Clock

_log = journal(__name__)


class AiHealth:
    """Holds the last proof and says when the next probe is due. Thread-safe."""

    def __init__(self, has_key: bool, clock: Clock, notice: Code | None = None, metrics: Metrics | None = None) -> None:
        """``notice``: what is worth knowing whatever a probe says. ``metrics`` count every look and every call."""
        self._clock = clock
        self._notice = notice
        self._metrics = metrics or Metrics()
        self._worked_s: float | None = None
        self._state = AiState(Code.AI_NOT_PROVEN if has_key else Code.AI_NO_KEY, notice)
        self._probed_mono_s: float | None = None
        self._lock = threading.Lock()
        self._on_change: Callable[[], None] = lambda: None

    @property
    def state(self) -> AiState:
        """What is known now."""
        with self._lock:
            return self._state

    @property
    def worked_s(self) -> float | None:
        """Unix time of the last call that a model answered, None before the first one of this process."""
        with self._lock:
            return self._worked_s

    def listen(self, on_change: Callable[[], None]) -> None:
        """Call ``on_change``, on any thread, whenever a look changed what is known."""
        self._on_change = on_change

    def note_probe(self, probe: Probe) -> None:
        """A probe came back."""
        notice = probe.notice or self._notice
        state = AiState(probe.code, notice, probe.model, probe.detail, self._clock.wall(), probe.until_s)
        self._count(probe.calls)
        with self._lock:
            self._state = state

    def note_looks(self, outcomes: Sequence[Outcome | None], calls: Sequence[Call]) -> None:
        """A window was looked at, or once more."""
        self._metrics.looked(outcomes)
        self._count(calls)
        model = next((call.model for call in reversed(calls) if call.error is None), "")
        with self._lock:
            before = self._state.failure
            self._state = looked(self._state, outcomes, model, self._clock.wall())
            changed = self._state.failure != before
        if changed:
            self._on_change()

    def _count(self, calls: Sequence[Call]) -> None:
        """Count the calls, and tell the log of each, beside the request that it was made for."""
        self._metrics.called(calls)
        for call in calls:
            _log.info(
                "model called",
                look=call.look,
                model=call.model,
                error=call.error,
                latency_s=round(call.latency_s, 3),
                tokens_in=call.tokens_in,
                tokens_out=call.tokens_out,
                cost_micro_usd=call.cost_micro_usd,
            )
        if any(call.error is None for call in calls):
            with self._lock:
                self._worked_s = self._clock.wall()

    def begin_probe(self) -> float:
        """0.0 when a probe is due, which then counts as made; else seconds until one may be; inf without a key."""
        with self._lock:
            now_s = self._clock.monotonic()
            wait_s = probe_wait_s(self._state, None if self._probed_mono_s is None else now_s - self._probed_mono_s)
            if wait_s == 0:
                self._probed_mono_s = now_s
            return wait_s
