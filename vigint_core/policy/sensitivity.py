"""What another sensitivity would have made of the last hour: from the highest score of each second."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from vigint_core.policy.sampling import SamplingRule

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
        windows: how many windows would have fallen due.
    """

    known_s: int
    open_s: int
    openings: int
    windows: int

    @property
    def share(self) -> float | None:
        """Of the seconds known, 0 to 1; None where nothing is."""
        return self.open_s / self.known_s if self.known_s else None


def preview(peaks: Sequence[float | None], sensitivity: float, rule: SamplingRule) -> Preview:
    """``peaks``: one a second, oldest first, as scores at sensitivity 1; None for a second without a look.

    Who stands and is seen to stand keeps the real gate open longer: that is not in the scores.
    """
    known = left_s = 0
    runs: list[int] = []
    for peak in peaks:
        if peak is None:
            left_s = 0
            continue
        known += 1
        was_open = left_s > 0
        if peak * sensitivity >= (_STAY_AT if was_open else 1.0):
            left_s = _POSTROLL_S + 1
        if left_s > 0:
            if not was_open:
                runs.append(0)
            runs[-1] += 1
            left_s -= 1
    return Preview(known, sum(runs), len(runs), sum(_windows(run_s, rule) for run_s in runs))


def _windows(open_s: int, rule: SamplingRule) -> int:
    """How many fall due while a gate is open so long, with the last one when it closes."""
    return 1 + max(0, math.ceil((open_s - (rule.length_s - rule.preroll_s)) / rule.stride_s))
