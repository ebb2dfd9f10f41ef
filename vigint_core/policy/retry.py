"""When to try again: exponential back-off with jitter, reset by the first success."""

import math
from dataclasses import dataclass
from typing import Final

_PATIENCE_GROWS: Final = 0.5
"""Seconds by which the longest delay grows for each second of an outage that is no longer young."""


@dataclass(frozen=True, slots=True)
class BackOff:
    """Delays between tries, in seconds.

    Attributes:
        first_s: delay after the first failure.
        factor: growth per failure.
        most_s: no delay is longer.
        jitter: share of the delay that is drawn at random, 0 to 1, so that many clients do not try in step.
        soon_s: no delay is longer than this in the first ``soon_for_s`` of an outage; afterwards the longest delay
            grows with the outage, so that what comes back is not missed for much longer than it was away.
        soon_for_s: 0 where the age of an outage does not matter.
    """

    first_s: float = 0.5
    factor: float = 2.0
    most_s: float = 30.0
    jitter: float = 0.2
    soon_s: float = 0.0
    soon_for_s: float = 0.0

    def delay_s(self, failures: int, chance: float, outage_s: float = math.inf) -> float:
        """Seconds to wait after ``failures`` failures in a row (>= 1), ``outage_s`` after the first of them.

        ``chance`` is a random number in [0, 1): the full delay times ``1 - jitter * chance``, never longer than it.
        """
        exponent = min(max(failures, 1) - 1, 32)
        full = min(self.first_s * self.factor**exponent, self.most_s, self._longest_s(outage_s))
        return full * (1.0 - self.jitter * chance)

    def _longest_s(self, outage_s: float) -> float:
        if not self.soon_for_s:
            return math.inf
        return self.soon_s + _PATIENCE_GROWS * max(0.0, outage_s - self.soon_for_s)


CAMERA_BACK_OFF: Final = BackOff(first_s=0.25, factor=2.0, most_s=30.0, jitter=0.3, soon_s=1.0, soon_for_s=60.0)
"""A camera that was unplugged for a moment is live again within 3 s: the pause between tries may cost one of them."""
