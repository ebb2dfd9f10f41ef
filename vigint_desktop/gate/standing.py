"""Whether something stands where movement has ended: a person who stopped, or an object that was put down."""

from collections import deque
from typing import Final

import cv2
import numpy as np

from vigint_desktop.gate.sketch import Floats, Sketch, common_power, common_slope, difference, shifted_onto

_BEFORE_S: Final = 1.0
"""What was seen so long before the gate opened shows nothing yet of who opened it."""
_MOVED: Final = 0.5
"""Heat of a cell from which on something has moved there."""
_REACH: Final = np.ones((3, 3), np.uint8)
_FEW: Final = 4
"""Cells that have to differ from before: those that one person of 4 px of 160 touches."""
_TIMES_NOISE: Final = 6.0
_NOISE: Final = 2.0
"""Squared grey levels: looks that are seconds apart differ by more than neighbours do."""
_SHAKE_PX: Final = 0.5
_UNEVEN_LIGHT: Final = 0.2
"""Share of a cell's contrast; light moves further in the time that somebody stays than in one step."""
_KEPT: Final = 8


class Standing:
    """Remembers how the picture was before something moved, and where it moved."""

    def __init__(self) -> None:
        self._calm: deque[Sketch] = deque(maxlen=_KEPT)
        self._trace: Floats | None = None

    def forget(self) -> None:
        """Another picture."""
        self._calm.clear()
        self._trace = None

    def rested(self, look: Sketch) -> None:
        """The gate is closed at this look."""
        self._trace = None
        if not self._calm or look.at_s - self._calm[-1].at_s >= _BEFORE_S / 2:
            self._calm.append(look)

    def moved(self, heat: Floats) -> None:
        """Something moves at this look."""
        self._trace = heat if self._trace is None else np.maximum(self._trace, heat)

    def stands(self, look: Sketch) -> bool:
        """Whether some of what moved has left the picture another one than before."""
        before = self._before(look)
        if before is None or self._trace is None:
            return False
        change = _change(look, before)
        if np.count_nonzero(change > 1) > change.size // 20 and (moved := shifted_onto(look, before)) is not None:
            change = np.minimum(change, _change(look, moved))
        where = cv2.dilate((self._trace >= _MOVED).astype(np.uint8), _REACH)
        return int(np.count_nonzero((change > 1) & (where > 0))) >= _FEW

    def _before(self, look: Sketch) -> Sketch | None:
        """The latest calm look that is old enough."""
        if not self._calm or self._calm[0].picture.shape != look.picture.shape:
            return None
        opened_s = self._calm[-1].at_s
        return next((calm for calm in reversed(self._calm) if calm.at_s <= opened_s - _BEFORE_S), self._calm[0])


def _change(new: Sketch, old: Sketch) -> Floats:
    """Change of each cell over what noise, shake and light explain, 1.0 = more than that."""
    allowed = _SHAKE_PX**2 * common_slope(new, old) + _UNEVEN_LIGHT**2 * common_power(new, old)
    return np.asarray(difference(new, old) / (_TIMES_NOISE * _NOISE + allowed), np.float32)
