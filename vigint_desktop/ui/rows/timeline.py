"""The timeline's geometry: what lies where, and what a hand points at. Unix seconds in, pixels out."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from operator import attrgetter
from typing import Final

from vigint_core.domain.fault import Code
from vigint_core.domain.ids import CameraId
from vigint_core.domain.incident import Incident
from vigint_core.domain.status import WindowRecord, WindowResult
from vigint_core.domain.window import Span
from vigint_desktop.ui.rows.clocks import local

SHORTEST_S: Final = 60.0
LONGEST_S: Final = 24 * 3600.0
_JOIN_S = 1.0  # windows of one result that are no further apart make one run
_TICK_STEPS: Final = (5, 10, 30, 60, 300, 600, 1800, 3600, 7200, 10800, 21600)
_TICK_PX = 88  # room for a label and air
_MARK_REACH = 10  # pixels from a sign's centre within which a click means it
GRAVITY: Final = {  # painted in this order: what must not be overlooked lies on top
    WindowResult.CLEAR: 0,
    WindowResult.WAITING: 1,
    WindowResult.NOT_ANALYSED: 2,
    WindowResult.SUSPECTED: 3,
}


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring windows that came to the same: ``count`` of them over ``span``."""

    span: Span
    result: WindowResult
    reason: Code | None
    count: int


@dataclass(frozen=True, slots=True)
class View:
    """The stretch of time on screen."""

    start_s: float
    end_s: float

    @property
    def length_s(self) -> float:
        """Seconds on screen."""
        return self.end_s - self.start_s

    def x(self, at_s: float, width: float) -> float:
        """Pixels from the left edge."""
        return (at_s - self.start_s) / self.length_s * width

    def at(self, x: float, width: float) -> float:
        """Unix time under a pixel."""
        return self.start_s + x / max(width, 1.0) * self.length_s

    def zoomed(self, factor: float, around_s: float) -> "View":
        """Zoomed so that ``around_s`` stays where it is; between a minute and a day."""
        length_s = min(max(self.length_s * factor, SHORTEST_S), LONGEST_S)
        start_s = around_s - (around_s - self.start_s) * length_s / self.length_s
        return View(start_s, start_s + length_s)

    def shifted(self, by_s: float) -> "View":
        """The same length, later by ``by_s``."""
        return View(self.start_s + by_s, self.end_s + by_s)

    def following(self, now_s: float) -> "View":
        """The same length with ``now_s`` near the right edge."""
        end_s = now_s + self.length_s * 0.03
        return View(end_s - self.length_s, end_s)

    def within(self, earliest_s: float, now_s: float) -> "View":
        """Shifted, where needed, so that it shows neither before ``earliest_s`` nor all future."""
        if self.end_s > now_s + self.length_s * 0.03:
            return self.following(now_s)
        if self.start_s < earliest_s:
            return self.shifted(min(earliest_s - self.start_s, now_s + self.length_s * 0.03 - self.end_s))
        return self


@dataclass(frozen=True, slots=True)
class LaneData:
    """What is known of one camera, each sequence sorted by start."""

    camera_id: CameraId
    name: str
    activity: Sequence[Span]
    runs: Sequence[Run]
    incidents: Sequence[Incident]


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch on screen, ``x0`` to ``x1`` pixels; ``run`` is None for activity."""

    x0: float
    x1: float
    run: Run | None


@dataclass(frozen=True, slots=True)
class Mark:
    """An incident's sign, centred on ``x``."""

    x: float
    incident: Incident


@dataclass(frozen=True, slots=True)
class Lane:
    """One camera's row on screen, ``top`` and ``height`` in pixels."""

    camera_id: CameraId
    name: str
    top: float
    height: float
    activity: tuple[Block, ...]
    outcomes: tuple[Block, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the time scale; ``label`` is ``14:30`` or ``14:30:05``."""

    x: float
    at_s: float
    label: str


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
    return _merged([_Piece(r.span.start_s, r.span.end_s, r.result, r.reason, 1) for r in records], _JOIN_S)


def joined(runs: Iterable[Run], gap_s: float = _JOIN_S) -> tuple[Run, ...]:
    """Runs of one kind that are at most ``gap_s`` apart become one; different kinds may overlap. Sorted by start."""
    return _merged([_Piece(r.span.start_s, r.span.end_s, r.result, r.reason, r.count) for r in runs], gap_s)


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


def lay_out(view: View, width: float, lanes: Sequence[LaneData], lane_height: float, now_s: float) -> tuple[Lane, ...]:
    """All lanes from top to bottom, reduced to what is on screen. Nothing is drawn beyond ``now_s``."""
    return tuple(
        Lane(
            camera_id=data.camera_id,
            name=data.name,
            top=row * lane_height,
            height=lane_height,
            activity=_activity_blocks(view, width, data.activity, now_s),
            outcomes=_outcome_blocks(view, width, data.runs, now_s),
            marks=tuple(
                Mark(view.x(incident.act_s, width), incident)
                for incident in data.incidents
                if view.start_s <= incident.act_s <= view.end_s
            ),
        )
        for row, data in enumerate(lanes)
    )


def ticks(view: View, width: float, zone: tzinfo | None = None) -> tuple[Tick, ...]:
    """Round times of the local day, far enough apart to be read."""
    wanted_s = view.length_s * _TICK_PX / max(width, 1.0)
    step_s = _TICK_STEPS[min(bisect_left(_TICK_STEPS, wanted_s), len(_TICK_STEPS) - 1)]
    offset = local(view.start_s, zone).utcoffset()
    shift_s = offset.total_seconds() if offset else 0.0
    at_s = -(-(view.start_s + shift_s) // step_s) * step_s - shift_s
    made: list[Tick] = []
    while at_s <= view.end_s:
        moment = local(at_s, zone)
        made.append(Tick(view.x(at_s, width), at_s, f"{moment:%H:%M}" if step_s >= 60 else f"{moment:%H:%M:%S}"))
        at_s += step_s
    return tuple(made)


def lane_at(lanes: Sequence[Lane], y: float) -> Lane | None:
    """The lane under a pixel."""
    return next((lane for lane in lanes if lane.top <= y < lane.top + lane.height), None)


def mark_at(lane: Lane, x: float) -> Mark | None:
    """The incident whose sign is nearest, within a finger's reach."""
    near = min(lane.marks, key=lambda mark: abs(mark.x - x), default=None)
    return near if near is not None and abs(near.x - x) <= _MARK_REACH else None


def run_at(lane: Lane, x: float) -> Run | None:
    """The gravest run under a pixel."""
    under = [block.run for block in lane.outcomes if block.x0 - 1 <= x <= block.x1 + 1]
    return under[-1] if under else None


def neighbour(lanes: Sequence[LaneData], current: Incident | None, step: int) -> Incident | None:
    """The next (``step`` 1) or previous (-1) incident in time over all lanes; from None, the latest."""
    everything = sorted((i for lane in lanes for i in lane.incidents), key=lambda i: (i.act_s, i.id))
    if not everything:
        return None
    places = [place for place, i in enumerate(everything) if current is not None and i.id == current.id]
    if not places:
        return everything[-1]
    return everything[min(max(places[0] + step, 0), len(everything) - 1)]


def _activity_blocks(view: View, width: float, spans: Sequence[Span], now_s: float) -> tuple[Block, ...]:
    last_s = min(view.end_s, now_s)
    visible = [span for span in spans if span.end_s >= view.start_s and span.start_s <= last_s]
    return tuple(_block(view, width, span, last_s, None) for span in visible)


def _outcome_blocks(view: View, width: float, runs: Sequence[Run], now_s: float) -> tuple[Block, ...]:
    """The gravest last, so that it is painted on top. Runs of one kind less than a pixel apart are drawn as one."""
    last_s = min(view.end_s, now_s)
    visible = [run for run in runs if run.span.end_s >= view.start_s and run.span.start_s <= last_s]
    drawn = joined(visible, max(_JOIN_S, view.length_s / width))
    by_gravity = sorted(drawn, key=lambda run: GRAVITY[run.result])
    return tuple(_block(view, width, run.span, last_s, run) for run in by_gravity)


def _block(view: View, width: float, span: Span, last_s: float, run: Run | None) -> Block:
    return Block(max(view.x(span.start_s, width), 0.0), view.x(min(span.end_s, last_s), width), run)
