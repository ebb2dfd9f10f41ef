"""What is known about the AI: proven by a real probe, refreshed by real looks, never ok by construction."""

import threading
from collections.abc import Callable, Sequence

from vigint_core.analysis.examiner import Probe
from vigint_core.domain.fault import Code
from vigint_core.domain.verdict import Call, Outcome
from vigint_core.policy.ai_health import AiState, looked, probe_wait_s
from vigint_core.ports import Clock


class AiHealth:
    """Holds the last proof and says when the next probe is due. Thread-safe."""

    def __init__(self, has_key: bool, clock: Clock, notice: Code | None = None) -> None:
        """``notice``: what is worth knowing whatever a probe says."""
        self._clock = clock
        self._notice = notice
        self._state = AiState(Code.AI_NOT_PROVEN if has_key else Code.AI_NO_KEY, notice)
        self._probed_mono_s: float | None = None
        self._lock = threading.Lock()
        self._on_change: Callable[[], None] = lambda: None

    @property
    def state(self) -> AiState:
        """What is known now."""
        with self._lock:
            return self._state

    def listen(self, on_change: Callable[[], None]) -> None:
        """Call ``on_change``, on any thread, whenever a look changed what is known."""
        self._on_change = on_change

    def note_probe(self, probe: Probe) -> None:
        """A probe came back."""
        notice = probe.notice or self._notice
        state = AiState(probe.code, notice, probe.model, probe.detail, self._clock.wall(), probe.until_s)
        with self._lock:
            self._state = state

    def note_looks(self, outcomes: Sequence[Outcome | None], calls: Sequence[Call]) -> None:
        """A window was looked at."""
        model = next((call.model for call in reversed(calls) if call.error is None), "")
        with self._lock:
            before = self._state.failure
            self._state = looked(self._state, outcomes, model, self._clock.wall())
            changed = self._state.failure != before
        if changed:
            self._on_change()

    def begin_probe(self) -> float:
        """0.0 when a probe is due, which then counts as made; else seconds until one may be; inf without a key."""
        with self._lock:
            now_s = self._clock.monotonic()
            wait_s = probe_wait_s(self._state, None if self._probed_mono_s is None else now_s - self._probed_mono_s)
            if wait_s == 0:
                self._probed_mono_s = now_s
            return wait_s
