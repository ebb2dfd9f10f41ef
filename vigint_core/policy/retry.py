"""When to try again: exponential back-off with jitter, reset by the first success."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BackOff:
    """Delays between tries, in seconds.

    Attributes:
        first_s: delay after the first failure.
        factor: growth per failure.
        most_s: no delay is longer.
        jitter: share of the delay that is drawn at random, 0 to 1, so that many clients do not try in step.
    """

    first_s: float = 0.5
    factor: float = 2.0
    most_s: float = 30.0
    jitter: float = 0.2

    def delay_s(self, failures: int, chance: float) -> float:
        """Seconds to wait after ``failures`` failures in a row (>= 1); ``chance`` is a random number in [0, 1).

        Full delay times ``1 - jitter * chance``: never longer than ``most_s``.
        """
        exponent = min(max(failures, 1) - 1, 32)
        full = min(self.first_s * self.factor**exponent, self.most_s)
        return full * (1.0 - self.jitter * chance)
