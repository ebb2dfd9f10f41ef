"""What another sensitivity would have made of the last hour: from the highest score of each second."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

LEAST: Final = 0.25
MOST: Final = 4.0
"""Of the sensitivity: the gate's threshold is a quarter or four times what it is usually."""
_STAY_AT: Final = 0.8
_POSTROLL_S: Final = 2
"""As the gate itself has them (``vigint_desktop/gate/motion.py``)."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What would have been.

    Attributes:
        known_s: seconds that were looked at.
        open_s: of those, with the gate open.
        openings: how often it would have opened.
    """

    known_s: int
    open_s: int
    openings: int

    @property
    def share(self) -> float | None:
        """Of the seconds known, 0 to 1; None where nothing is."""
        return self.open_s / self.known_s if self.known_s else None


def preview(peaks: Sequence[float | None], sensitivity: float) -> Preview:
    """``peaks``: one a second, oldest first, as scores at sensitivity 1; None for a second without a look."""
    known = opened = openings = 0
    left_s = 0
    for peak in peaks:
        if peak is None:
            left_s = 0
            continue
        known += 1
        score = peak * sensitivity
        was_open = left_s > 0
        if score >= (_STAY_AT if was_open else 1.0):
            left_s = _POSTROLL_S + 1
        openings += not was_open and left_s > 0
        opened += left_s > 0
        left_s = max(0, left_s - 1)
    return Preview(known, opened, openings)
