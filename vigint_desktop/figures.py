"""Figures of a run: distributions in bounded memory, for ``--report`` and the window's own numbers."""

import math
import os
import threading
import time
from pathlib import Path

_IMPORTED_S = time.monotonic()
_STEP = 1.05  # each bucket is 5 % wider than the one before: quantiles are good to 5 %
_LEAST = 1e-4


class Distribution:
    """Quantiles of a stream of non-negative numbers in constant memory. Thread-safe.

    Attributes:
        count: how many numbers were added.
        largest: the largest one, exact.
    """

    def __init__(self) -> None:
        self.count = 0
        self.largest = 0.0
        self._buckets: dict[int, int] = {}
        self._lock = threading.Lock()

    def add(self, value: float) -> None:
        """Take one number into account."""
        bucket = 0 if value <= _LEAST else math.ceil(math.log(value / _LEAST, _STEP))
        with self._lock:
            self.count += 1
            self.largest = max(self.largest, value)
            self._buckets[bucket] = self._buckets.get(bucket, 0) + 1

    def quantile(self, share: float) -> float | None:
        """The number below which ``share`` (0 to 1) of all lie, to 5 %; None when there is none."""
        with self._lock:
            if not self.count:
                return None
            wanted = max(1, math.ceil(share * self.count))
            seen = 0
            for bucket in sorted(self._buckets):
                seen += self._buckets[bucket]
                if seen >= wanted:
                    return min(_LEAST * _STEP**bucket, self.largest)
            return self.largest

    def summary(self, scale: float = 1.0) -> dict[str, float | None]:
        """``{"p50", "p99", "max"}``, multiplied by ``scale``, rounded to 0.001; None where nothing was added."""
        values = (self.quantile(0.5), self.quantile(0.99), self.largest if self.count else None)
        return {
            name: None if value is None else round(value * scale, 3)
            for name, value in zip(("p50", "p99", "max"), values, strict=True)
        }


class CpuMeter:
    """CPU seconds that one thread spends inside ``with meter:``.

    Attributes:
        total_s: so far.
    """

    def __init__(self) -> None:
        self.total_s = 0.0
        self._started_s = 0.0

    def __enter__(self) -> None:
        self._started_s = time.thread_time()

    def __exit__(self, *_: object) -> None:
        self.total_s += time.thread_time() - self._started_s


def process_started_s() -> float:
    """Monotonic time at which this process began, from the kernel's books where it keeps them (Linux), to 10 ms.

    Elsewhere it is the time at which this module was imported, which is early, but after Python itself.
    """
    try:
        fields = Path("/proc/self/stat").read_text("ascii").rpartition(")")[2].split()
        age_s = time.clock_gettime(time.CLOCK_BOOTTIME) - int(fields[19]) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, AttributeError, IndexError):
        return _IMPORTED_S
    return time.monotonic() - age_s
