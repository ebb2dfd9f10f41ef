"""Counting every second of a camera into exactly one state, from claims that overlap and contradict each other.

Claims lie in three layers, and the upper one decides. At the bottom stands what the camera was (BASE): off before
offline before quiet before not looked at. Over that lies movement (ACTIVITY), which waits for a window, and over that
the windows and the rules' incidents (WINDOW): incident before vetoed before clear before waiting before not looked at.
A second that nobody claims, between others that are claimed, is not looked at: there was no picture.

A second belongs to a claim when its middle does, so a claim of any length and its neighbour share no second and leave
none out.
"""

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import pairwise
from typing import Final

from vigint_core.domain.coverage import Cover, CoverRun
from vigint_core.domain.fault import Code
from vigint_core.domain.window import Span

_RANK: Final = {
    Cover.NOT_LOOKED_AT: 0,
    Cover.QUIET: 1,
    Cover.LOCAL_ONLY: 2,
    Cover.WAITING: 3,
    Cover.CLEAR: 4,
    Cover.VETOED: 5,
    Cover.INCIDENT: 6,
    Cover.OFFLINE: 7,
    Cover.OFF: 8,
}
"""Who wins within a layer; the layers keep those apart that can't meet."""
_LOOKED: Final = (Cover.QUIET, Cover.CLEAR, Cover.VETOED, Cover.INCIDENT)


class Layer(IntEnum):
    """Which claims beat which."""

    BASE = 0
    ACTIVITY = 1
    WINDOW = 2


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody says in which state a stretch of Unix time is. ``reason`` as in ``CoverRun``."""

    layer: Layer
    span: Span
    cover: Cover
    reason: Code | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """Seconds by state and reason.

    Attributes:
        seconds: of each state.
        gaps: seconds neither looked at nor off, by state and reason.
        spared: seconds that were clear by a look that was spared something for money, by reason.
    """

    seconds: Counter[Cover] = field(default_factory=Counter)
    gaps: Counter[tuple[Cover, Code | None]] = field(default_factory=Counter)
    spared: Counter[Code] = field(default_factory=Counter)

    @property
    def looked_s(self) -> int:
        """Seconds that somebody looked at."""
        return sum(self.seconds[cover] for cover in _LOOKED)

    @property
    def wanted_s(self) -> int:
        """Seconds that somebody should have looked at: all but off."""
        return self.seconds.total() - self.seconds[Cover.OFF]

    @property
    def share(self) -> float | None:
        """Coverage, 0 to 1; None where nobody was meant to look."""
        return self.looked_s / self.wanted_s if self.wanted_s else None


def whole(at_s: float) -> int:
    """The first second whose middle lies at or after a Unix time: where a claim that begins there begins to count."""
    return math.ceil(at_s - 0.5)


def count(claims: Iterable[Claim], start_s: int, end_s: int) -> tuple[CoverRun, ...]:
    """The states of the seconds ``[start_s, end_s)``, without a gap, neighbours that are alike joined."""
    inside = [
        (max(whole(c.span.start_s), start_s), min(whole(c.span.end_s), end_s), (c.layer, _RANK[c.cover]), c)
        for c in claims
    ]
    inside = [claimed for claimed in inside if claimed[0] < claimed[1]]
    begins = sorted(inside, key=lambda claimed: claimed[0])
    edges = sorted({start_s, end_s, *(c[0] for c in inside), *(c[1] for c in inside)})
    open_claims: list[tuple[int, int, tuple[Layer, int], Claim]] = []
    made: list[CoverRun] = []
    place = 0
    for first, last in pairwise(edges):
        open_claims = [claimed for claimed in open_claims if claimed[1] > first]
        while place < len(begins) and begins[place][0] <= first:
            open_claims.append(begins[place])
            place += 1
        made.append(_decided(first, last, [(c[2], c[3]) for c in open_claims]))
    return joined(made)


def joined(runs: Iterable[CoverRun]) -> tuple[CoverRun, ...]:
    """Runs in order, with neighbours of the same state and reason made one."""
    made: list[CoverRun] = []
    for run in runs:
        last = made[-1] if made else None
        if last and (last.end_s, last.cover, last.reason) == (run.start_s, run.cover, run.reason):
            made[-1] = CoverRun(last.start_s, run.end_s, run.cover, run.reason)
        else:
            made.append(run)
    return tuple(made)


def splice(known: list[CoverRun], fresh: Sequence[CoverRun], start_s: int, end_s: int) -> list[CoverRun]:
    """Replace the seconds ``[start_s, end_s)`` of ``known``, in order, by ``fresh``; returns what they were before."""
    first = bisect_left(known, start_s, key=lambda run: run.end_s)  # with the one that ends there: it may be joined
    last = bisect_right(known, end_s, key=lambda run: run.start_s)
    touched = known[first:last]
    before = [part for run in touched if (part := _cut(run, run.start_s, start_s))]
    after = [part for run in touched if (part := _cut(run, end_s, run.end_s))]
    known[first:last] = joined([*before, *fresh, *after])
    return [part for run in touched if (part := _cut(run, start_s, end_s))]


def totals(runs: Iterable[CoverRun], start_s: int, end_s: int) -> Totals:
    """What the seconds of ``[start_s, end_s)`` add up to."""
    seconds: Counter[Cover] = Counter()
    gaps: Counter[tuple[Cover, Code | None]] = Counter()
    spared: Counter[Code] = Counter()
    for run in runs:
        part = _cut(run, start_s, end_s)
        if part is None:
            continue
        seconds[run.cover] += part.length_s
        if is_gap(run):
            gaps[run.cover, run.reason] += part.length_s
        elif run.reason is not None and is_spared(run):
            spared[run.reason] += part.length_s
    return Totals(seconds, gaps, spared)


def is_gap(run: CoverRun) -> bool:
    """Whether somebody should have looked at it, and nobody has: what the list of gaps shows."""
    return run.cover is not Cover.OFF and run.cover not in _LOOKED


def is_spared(run: CoverRun) -> bool:
    """Whether it is clear by a look that was spared something for money."""
    return run.cover is Cover.CLEAR and run.reason is not None


def _decided(start_s: int, end_s: int, claims: Sequence[tuple[tuple[Layer, int], Claim]]) -> CoverRun:
    if not claims:
        return CoverRun(start_s, end_s, Cover.NOT_LOOKED_AT, Code.PIPELINE_NO_PICTURES)
    _, claim = max(claims, key=lambda ranked: (ranked[0], ranked[1].reason or ""))
    return CoverRun(start_s, end_s, claim.cover, claim.reason)


def _cut(run: CoverRun, start_s: int, end_s: int) -> CoverRun | None:
    first, last = max(run.start_s, start_s), min(run.end_s, end_s)
    return CoverRun(first, last, run.cover, run.reason) if first < last else None
