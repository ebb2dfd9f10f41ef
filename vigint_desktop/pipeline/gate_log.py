"""What a gate has seen: its newest look, and the highest score of each second of the last hour."""

import threading
from collections import deque
from typing import Final

from vigint_core.domain.frame import Moment
from vigint_core.domain.gate_view import GateView
from vigint_desktop.pipeline.gate_look import GateLook

HISTORY_S: Final = 3600


class GateLog:
    """Of one camera. ``note`` is for the camera's own thread, everything else for any."""

    def __init__(self) -> None:
        self._view: GateView | None = None
        self._peaks: deque[tuple[int, float]] = deque(maxlen=HISTORY_S)
        self._lock = threading.Lock()

    def note(self, at: Moment, look: GateLook, sensitivity: float) -> None:
        """One look; its score is kept as it would be at sensitivity 1. While the gate does not know, none is."""
        self._view = GateView(at.wall_s, look.score, look.open, look.occupied, look.heat)
        if look.heat is None:
            return
        second, score = int(at.mono_s), look.score / sensitivity
        with self._lock:
            if self._peaks and self._peaks[-1][0] == second:
                self._peaks[-1] = (second, max(score, self._peaks[-1][1]))
            else:
                self._peaks.append((second, score))

    @property
    def view(self) -> GateView | None:
        """The newest look."""
        return self._view

    def peaks(self, now_mono_s: float) -> list[float | None]:
        """One a second up to now, oldest first; None for a second without a look."""
        with self._lock:
            known = dict(self._peaks)
        first = max(int(now_mono_s) - HISTORY_S, min(known, default=int(now_mono_s)))
        return [known.get(second) for second in range(first, int(now_mono_s))]
