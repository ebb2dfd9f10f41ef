"""What is known about the AI: proven by a real probe, refreshed by real looks, never ok by construction."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from vigint_core.analysis.examiner import Probe
from vigint_core.domain.fault import Code
from vigint_core.domain.status import Health
from vigint_core.policy.ai_health import ai_health
from vigint_core.ports import Clock
from vigint_core.wire import AnalysisResponse

PROBE_EVERY_S: Final = 60.0  # while it is not ok; a probe costs money


@dataclass(frozen=True, slots=True)
class AiState:
    """What the last proof said.

    Attributes:
        code: why it is not ok, or None.
        model: which model answered, or "".
        at_s: Unix time of the proof, or None before the first one.
    """

    code: Code | None
    model: str
    at_s: float | None

    @property
    def health(self) -> Health:
        """The state in one word."""
        return ai_health(self.code)


class AiHealth:
    """Holds the last proof and says when the next probe is due. Thread-safe."""

    def __init__(self, has_key: bool, clock: Clock) -> None:
        self._clock = clock
        self._state = AiState(Code.AI_NOT_PROVEN if has_key else Code.AI_NO_KEY, "", None)
        self._probed_mono_s: float | None = None
        self._has_key = has_key
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
        with self._lock:
            self._state = AiState(probe.code, probe.model, self._clock.wall())

    def note_answer(self, answer: AnalysisResponse) -> None:
        """A look was made; its outcome is worth as much as a probe's, and cost nothing on top."""
        outcomes = [look for look in (answer.first, answer.second) if look is not None]
        failed = next((look.reason for look in outcomes if look.outcome == "not_analysed"), None)
        model = next((call.model for call in reversed(answer.calls) if call.error is None), "")
        with self._lock:
            changed = failed != self._state.code
            self._state = AiState(failed, model or self._state.model, self._clock.wall())
        if changed:
            self._on_change()

    def begin_probe(self) -> float:
        """0.0 when a probe is due, which then counts as made; else seconds until one may be; inf while all is well."""
        with self._lock:
            if not self._has_key or self._state.code is None:
                return float("inf")
            now_s = self._clock.monotonic()
            if self._probed_mono_s is not None and now_s - self._probed_mono_s < PROBE_EVERY_S:
                return PROBE_EVERY_S - (now_s - self._probed_mono_s)
            self._probed_mono_s = now_s
            return 0.0
