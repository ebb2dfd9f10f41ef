"""Which models the provider has asked us to leave alone, and until when."""

import threading

from vigint_core.domain.fault import Code
from vigint_core.domain.verdict import NotAnalysed
from vigint_core.ports import Clock

# No pause is longer: one question a quarter of an hour is a cheap way to learn that the owner has paid, and a wrong
# number from the other side can't silence us for longer. A daily quota waits that long each time, whatever short delay
# comes with it.
LONGEST_S = 900.0


class Pauses:
    """Pauses by model, each only ever what an answer of the provider asked for. Thread-safe."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until: dict[str, tuple[float, Code]] = {}
        self._lock = threading.Lock()

    def note(self, model: str, failure: NotAnalysed) -> None:
        """Remember the pause that a failure asks for, if it asks for one."""
        if failure.reason is Code.AI_QUOTA_EXHAUSTED:
            wait_s = LONGEST_S
        elif failure.reason is Code.AI_RATE_LIMITED and failure.retry_after_s:
            wait_s = min(failure.retry_after_s, LONGEST_S)
        else:
            return
        with self._lock:
            self._until[model] = (self._clock.monotonic() + wait_s, failure.reason)

    def standing(self, model: str) -> NotAnalysed | None:
        """Why the model can't be asked now, with the seconds that are left; None when it can."""
        with self._lock:
            until_s, reason = self._until.get(model, (0.0, Code.AI_RATE_LIMITED))
            left_s = until_s - self._clock.monotonic()
            if left_s <= 0:
                self._until.pop(model, None)
                return None
        return NotAnalysed(reason, f"{model}: asked to wait", retry_after_s=left_s)

    def forget(self, model: str) -> None:
        """The model has answered: it need not be left alone."""
        with self._lock:
            self._until.pop(model, None)
