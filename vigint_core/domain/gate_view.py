"""What a camera's gate sees now, for the person who sets it up."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class GateView:
    """One look.

    Attributes:
        at_s: Unix time.
        score: movement, 1.0 = the threshold at which the gate opens.
        open: the gate is open.
        occupied: nothing moves any more, but something stands where it moved.
        heat: movement of each cell, shape ``(rows, columns)`` over the whole picture, 1.0 = enough; None while the gate
            does not know. Not to be written to.
    """

    at_s: float
    score: float
    open: bool
    occupied: bool
    heat: NDArray[np.float32] | None
