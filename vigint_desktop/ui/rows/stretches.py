"""Stretches of time that are settled: those of an hour are found among those of a day without walking past the rest."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from typing import Final, Generic, TypeVar

from vigint_core.domain.window import Span

T = TypeVar("T")
_GAPS_S: Final = (8.0, 60.0, 180.0)  # joined over gaps that nobody sees in a view of an hour, of eight, of a day


class Stretches(Generic[T]):
    """Items that never change, sorted by the start of their spans.

    Attributes:
        items: all of them.
    """

    def __init__(
        self, items: Iterable[T], span_of: Callable[[T], Span], join: Callable[[Sequence[T], float], Sequence[T]]
    ) -> None:
        self.items = tuple(items)
        self._span_of = span_of
        self._join = join
        self._starts = [span_of(item).start_s for item in self.items]
        self._ends = list(accumulate((span_of(item).end_s for item in self.items), max))  # rises, so it can be searched
        self._coarser: dict[float, Stretches[T]] = {}

    def visible(self, start_s: float, end_s: float, blur_s: float = 0.0) -> Sequence[T]:
        """What touches a stretch; items less than ``blur_s`` apart may come as one that ``join`` made of them."""
        gap_s = max((gap for gap in _GAPS_S if gap <= blur_s), default=0.0)
        if gap_s:
            return self._coarse(gap_s).visible(start_s, end_s)
        found = self.items[bisect_left(self._ends, start_s) : bisect_right(self._starts, end_s)]
        return [item for item in found if self._span_of(item).end_s >= start_s]

    def _coarse(self, gap_s: float) -> "Stretches[T]":
        if gap_s not in self._coarser:
            self._coarser[gap_s] = Stretches(self._join(self.items, gap_s), self._span_of, self._join)
        return self._coarser[gap_s]
