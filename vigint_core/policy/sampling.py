"""When windows fall due while the gate is open.

The first window reaches back over the pre-roll; while the gate stays open another follows every stride; when it closes,
seconds that no window has covered yet make a last one. All times are on the monotonic clock.
"""

from dataclasses import dataclass, replace
from typing import Final

from vigint_core.domain.window import Span

_LATE_LOOK_S = 1.0  # looks are 0.2 s apart; one that comes later than this comes after a gap
CLOSE_WATCH_S: Final = 60.0
"""So long after a suspicion the windows of a camera overlap again, whatever is saved by an adaptive stride."""
_FIRST_WINDOWS = 2  # of an activity: they overlap whatever is saved, because most acts follow soon after somebody came


@dataclass(frozen=True, slots=True)
class SamplingRule:
    """The owner's choice, in seconds: a ``length_s`` window every ``stride_s``, the first with ``preroll_s``.

    A stride that is longer than a window leaves seconds out; the coverage counts them as not looked at. ``adaptive``:
    once an activity has had its first windows and nothing was suspected, those that follow do not overlap.
    """

    length_s: float = 10.0
    stride_s: float = 5.0
    preroll_s: float = 3.0
    adaptive: bool = False

    def __post_init__(self) -> None:
        if not (self.stride_s > 0 and 0 <= self.preroll_s < self.length_s):
            raise ValueError("a window needs a stride > 0 and 0 <= pre-roll < length")


@dataclass(frozen=True, slots=True)
class SamplingState:
    """Where the sampling of one camera stands.

    Attributes:
        next_end_s: end of the next window while the gate is open, None while it is closed.
        covered_s: end of the last window that fell due.
        windows: how many fell due since the gate opened.
    """

    next_end_s: float | None = None
    covered_s: float = float("-inf")
    windows: int = 0

    @property
    def is_settled(self) -> bool:
        """Whether the activity has had its first windows."""
        return self.windows >= _FIRST_WINDOWS


def advance(
    rule: SamplingRule, state: SamplingState, gate_open: bool, now_s: float
) -> tuple[SamplingState, tuple[Span, ...]]:
    """Take one look of the gate at ``now_s`` into account; return the spans that fall due now.

    After a gap in the looks (a stall, a reconnect) only the latest due window is made: what nobody saw can't be judged.
    """
    if state.next_end_s is None:
        if not gate_open:
            return state, ()
        return replace(state, next_end_s=now_s + rule.length_s - rule.preroll_s), ()
    if gate_open:
        return _while_open(rule, state, state.next_end_s, now_s)
    closed = SamplingState(next_end_s=None, covered_s=now_s)
    if state.covered_s >= now_s:
        return closed, ()
    return closed, (Span(_last_start_s(rule, state.next_end_s, now_s), now_s),)


def without_overlap(rule: SamplingRule) -> SamplingRule:
    """The same rule with windows that follow each other, so that no second is looked at twice and none is left out."""
    return replace(rule, stride_s=max(rule.stride_s, rule.length_s))


def _last_start_s(rule: SamplingRule, next_end_s: float, now_s: float) -> float:
    """Where the last window begins: its length ago.

    When the look that closed the gate came a little after the next window's end, it begins where that one would have
    begun, so that nothing between two windows is left out.
    """
    late_s = now_s - next_end_s
    return now_s - rule.length_s - (late_s if 0 < late_s <= _LATE_LOOK_S else 0.0)


def _while_open(
    rule: SamplingRule, state: SamplingState, next_end_s: float, now_s: float
) -> tuple[SamplingState, tuple[Span, ...]]:
    if now_s < next_end_s:
        return state, ()
    end_s = next_end_s
    while end_s + rule.stride_s <= now_s:
        end_s += rule.stride_s
    due = Span(end_s - rule.length_s, end_s)
    return SamplingState(end_s + rule.stride_s, covered_s=end_s, windows=state.windows + 1), (due,)
