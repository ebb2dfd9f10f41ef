"""What the pipeline needs of a gate."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class GateLook(Protocol):
    """What a gate says at one look: whether it is open, a score of which 1.0 is the threshold, and why."""

    @property
    def open(self) -> bool:
        """Whether something is worth a look."""

    @property
    def score(self) -> float:
        """Movement now."""

    @property
    def occupied(self) -> bool:
        """Nothing moves any more, but something stands where it moved."""

    @property
    def heat(self) -> NDArray[np.float32] | None:
        """Movement of each cell, shape ``(rows, columns)`` over the whole picture; None while nobody knows."""


class Gate(Protocol):
    """Decides whether something is worth a look."""

    def look(self, grey: NDArray[np.uint8], at_s: float) -> GateLook:
        """Take one small grey picture ``(h, w)`` at a monotonic time in seconds."""
