"""How many windows a camera's movement makes: the sampling rule, played through a day that is made up.

The day is made up of activities (stretches during which the gate is open) whose lengths are spread as a log-normal
distribution says: many short ones, few long ones, as times spent at a place are usually found to be. Nothing is left to
chance: lengths are taken from evenly spread quantiles in a fixed, mixed order, pauses between activities are as long as
the share of activity makes them, and every so many windows one is suspicious.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

from vigint_core.domain.window import Span
from vigint_core.policy.sampling import CLOSE_WATCH_S, SamplingRule, SamplingState, advance, without_overlap

_GOLDEN: Final = (math.sqrt(5) - 1) / 2
"""Multiples of it, modulo 1, fill the interval evenly from the first one on."""
_SHORTEST_S: Final = 2.0  # the gate stays open so long after the least movement
_STEP_S: Final = 0.5  # between looks; the program looks ten times a second, which moves no window by more than this
_ACTIVITIES: Final = 800


@dataclass(frozen=True, slots=True)
class Movement:
    """What goes on before a camera.

    Attributes:
        share: of the time during which the gate is open, more than 0 to 1.
        median_s: half of all activities are longer.
        spread: standard deviation of the logarithm of their lengths; at 1, one in six is longer than 2.7 medians.
        suspicion: share of the windows that the first look finds suspicious, 0 to 1.
        answer_s: from a window's end until its suspicion is known.
    """

    share: float
    median_s: float = 30.0
    spread: float = 1.0
    suspicion: float = 0.0
    answer_s: float = 3.0

    def __post_init__(self) -> None:
        if not (0 < self.share <= 1 and self.median_s > 0 and self.spread >= 0 and 0 <= self.suspicion <= 1):
            raise ValueError("movement needs 0 < share <= 1, median > 0, spread >= 0, 0 <= suspicion <= 1")


@dataclass(frozen=True, slots=True)
class Workload:
    """What a second of activity makes on average.

    Attributes:
        windows: first looks a second of activity.
        mean_s: average length of an activity.
    """

    windows: float
    mean_s: float


def lengths_s(movement: Movement, count: int) -> Iterator[float]:
    """Lengths of so many activities, in seconds, at least ``_SHORTEST_S``."""
    normal = NormalDist(math.log(movement.median_s), movement.spread) if movement.spread else None
    for number in range(count):
        quantile = math.modf((number + 0.5) * _GOLDEN)[0]
        length_s = math.exp(normal.inv_cdf(min(max(quantile, 1e-6), 1 - 1e-6))) if normal else movement.median_s
        yield max(_SHORTEST_S, round(length_s / _STEP_S) * _STEP_S)


def workload(rule: SamplingRule, movement: Movement) -> Workload:
    """Play ``advance`` through ``_ACTIVITIES`` activities, adaptive as the watcher is where the rule says so."""
    day = _Day(rule, movement)
    lengths = list(lengths_s(movement, _ACTIVITIES))
    for length_s in lengths:
        day.live_through(length_s)
    return Workload(day.windows / sum(lengths), sum(lengths) / len(lengths))


class _Day:
    def __init__(self, rule: SamplingRule, movement: Movement) -> None:
        self.windows = 0
        self._rule = rule
        self._movement = movement
        self._state = SamplingState()
        self._now_s = 0.0
        self._suspicions_s: list[float] = []

    def live_through(self, length_s: float) -> None:
        """One activity and the pause after it."""
        for number in range(round(length_s / _STEP_S)):
            self._look(self._now_s + number * _STEP_S, is_open=True)
        self._look(self._now_s + length_s, is_open=False)
        self._now_s += length_s / self._movement.share

    def _look(self, now_s: float, *, is_open: bool) -> None:
        self._state, due = advance(self._rule_at(now_s), self._state, is_open, now_s)
        for span in due:
            self._note(span)

    def _rule_at(self, now_s: float) -> SamplingRule:
        """As ``Watcher`` chooses it: without overlap once an activity is settled and nothing was suspected lately."""
        known = [at_s for at_s in self._suspicions_s[-2:] if at_s <= now_s]
        calm = not known or now_s - known[-1] > CLOSE_WATCH_S
        return without_overlap(self._rule) if self._rule.adaptive and self._state.is_settled and calm else self._rule

    def _note(self, span: Span) -> None:
        self.windows += 1
        if math.floor(self.windows * self._movement.suspicion) > math.floor(
            (self.windows - 1) * self._movement.suspicion
        ):
            self._suspicions_s.append(span.end_s + self._movement.answer_s)
