"""The machine's own clocks."""

import time


class SystemClock:
    """``Clock`` of this machine."""

    def monotonic(self) -> float:
        """Seconds of the monotonic clock."""
        return time.monotonic()

    def wall(self) -> float:
        """Unix time in seconds."""
        return time.time()
