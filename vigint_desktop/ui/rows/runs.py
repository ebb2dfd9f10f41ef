"""Neighbouring windows that came to the same, as one stretch of the timeline."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from vigint_core.domain.fault import Code
from vigint_core.domain.status import WindowRecord, WindowResult
from vigint_core.domain.window import Span
from vigint_desktop.ui.rows.stretches import Stretches

JOIN_S: Final = 1.0  # windows of one result that are no further apart make one run
GRAVITY: Final = {  # painted in this order: what must not be overlooked lies on top
    WindowResult.CLEAR: 0,
    WindowResult.VETOED: 1,
    WindowResult.WAITING: 2,
    WindowResult.NOT_ANALYSED: 3,
    WindowResult.SUSPECTED: 4,
}


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring windows that came to the same: ``count`` of them over ``span``."""

    span: Span
    result: WindowResult
    reason: Code | None
    count: int

    @property
    def look(self) -> str:
        """How it is painted and told: its result, or one of two names of its own.

        ``"saving"``: nobody looked, because the machine could not decode everything. ``"spared"``: it is clear by a
        look that was spared something for money.
        """
        if self.reason is Code.PIPELINE_SAVING:
            return "saving"
        spared = self.result is WindowResult.CLEAR and self.reason is not None
        return "spared" if spared else str(self.result)


@dataclass(slots=True)
class _Piece:
    """A run while it grows; a day of windows makes too many to build a frozen value at every step."""

    start_s: float
    end_s: float
    result: WindowResult
    reason: Code | None
    count: int


def coalesce(records: Iterable[WindowRecord]) -> tuple[Run, ...]:
    """Windows as runs of equal results, sorted by start."""
    return _merged([_Piece(r.span.start_s, r.span.end_s, r.result, r.reason, 1) for r in records], JOIN_S)


def joined(runs: Iterable[Run], gap_s: float = JOIN_S) -> tuple[Run, ...]:
    """Runs of one kind that are at most ``gap_s`` apart become one; different kinds may overlap. Sorted by start."""
    return _merged([_Piece(r.span.start_s, r.span.end_s, r.result, r.reason, r.count) for r in runs], gap_s)


def joined_spans(spans: Iterable[Span], gap_s: float) -> list[Span]:
    """Spans that are at most ``gap_s`` apart become one. Sorted by start."""
    made: list[list[float]] = []
    for span in sorted(spans, key=attrgetter("start_s")):
        if made and span.start_s <= made[-1][1] + gap_s:
            made[-1][1] = max(made[-1][1], span.end_s)
        else:
            made.append([span.start_s, span.end_s])
    return [Span(start_s, end_s) for start_s, end_s in made]


def run_stretches(runs: Sequence[Run]) -> Stretches[Run]:
    """Settled runs, sorted by start."""
    return Stretches(runs, attrgetter("span"), joined)


def span_stretches(spans: Sequence[Span]) -> Stretches[Span]:
    """Settled spans, sorted by start."""
    return Stretches(spans, lambda span: span, joined_spans)


def _merged(pieces: list[_Piece], gap_s: float) -> tuple[Run, ...]:
    made: list[_Piece] = []
    latest: dict[tuple[WindowResult, Code | None], _Piece] = {}
    for piece in sorted(pieces, key=attrgetter("start_s")):
        last = latest.get((piece.result, piece.reason))
        if last is not None and piece.start_s <= last.end_s + gap_s:
            last.end_s = max(last.end_s, piece.end_s)
            last.count += piece.count
            continue
        latest[piece.result, piece.reason] = piece
        made.append(piece)
    return tuple(Run(Span(p.start_s, p.end_s), p.result, p.reason, p.count) for p in made)
