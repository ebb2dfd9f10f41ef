"""A clock that stands still until it is told to go on."""

import threading

NOON_S = 1_800_000_000.0
"""Unix time at which every fake clock starts unless told otherwise."""


class FakeClock:
    """``Clock`` with both hands in the test's hand; thread-safe. Both go on together, as the machine's own do."""

    def __init__(self, mono_s: float = 1000.0, wall_s: float = NOON_S) -> None:
        self._mono_s = mono_s
        self._wall_s = wall_s
        self._lock = threading.Lock()

    def monotonic(self) -> float:
        """Seconds of the monotonic hand."""
        with self._lock:
            return self._mono_s

    def wall(self) -> float:
        """Unix time of the wall's hand."""
        with self._lock:
            return self._wall_s

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        with self._lock:
            self._mono_s += seconds
            self._wall_s += seconds

    def step_wall(self, seconds: float) -> None:
        """Set the wall's hand forward or back, as NTP or a person does; the monotonic one does not move."""
        with self._lock:
            self._wall_s += seconds
