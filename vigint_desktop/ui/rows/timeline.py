"""The timeline's geometry: what lies where, and what a hand points at. Unix seconds in, pixels out."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from operator import attrgetter
from typing import Final

from vigint_core.domain.coverage import CoverRun
from vigint_core.domain.ids import CameraId, IncidentId
from vigint_core.domain.incident import Incident
from vigint_core.domain.status import CameraHealth, ReviewTold, Snapshot
from vigint_core.domain.verdict import Severity
from vigint_core.domain.window import Span
from vigint_desktop.ui.rows.clocks import local
from vigint_desktop.ui.rows.coverage import CoverBlock, cover_blocks
from vigint_desktop.ui.rows.incident import is_open
from vigint_desktop.ui.rows.runs import GRAVITY, JOIN_S, Run, joined, joined_spans, run_stretches, span_stretches
from vigint_desktop.ui.rows.stretches import Stretches

SHORTEST_S: Final = 60.0
LONGEST_S: Final = 24 * 3600.0
_TICK_STEPS: Final = (5, 10, 30, 60, 300, 600, 1800, 3600, 7200, 10800, 21600)
_TICK_PX: Final = 88  # room for a label and air
_MARK_REACH: Final = 10  # pixels from a sign's centre within which a click means it
_SNAPSHOTS_BELOW: Final = 0.72  # of a lane's height
_CROWD_PX: Final = 12  # signs that would lie closer become one
_BLUR_PX: Final = 3  # stretches of one kind that are no further apart are drawn as one
_RANK: Final = {severity: severity.rank for severity in Severity}


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
    """What is known of one camera, each sequence sorted by start.

    Attributes:
        fresh_runs, fresh_activity: what may still change.
        settled, past: runs and activity of before, which do not change any more.
        incidents: by ``act_s``.
        health: when the camera was not well.
        coverage: what became of its seconds.
        reviews: what people say of incidents, of other cameras, too.
    """

    camera_id: CameraId
    name: str
    fresh_activity: Sequence[Span] = ()
    fresh_runs: Sequence[Run] = ()
    incidents: Sequence[Incident] = ()
    health: Sequence[CameraHealth] = ()
    snapshots: Sequence[Snapshot] = ()
    coverage: Sequence[CoverRun] = ()
    reviews: Mapping[IncidentId, ReviewTold] = field(default_factory=dict)
    settled: Stretches[Run] = field(default_factory=lambda: run_stretches(()))
    past: Stretches[Span] = field(default_factory=lambda: span_stretches(()))

    @property
    def runs(self) -> tuple[Run, ...]:
        """All of them."""
        return joined((*self.settled.items, *self.fresh_runs))

    @property
    def activity(self) -> list[Span]:
        """All of it."""
        return [*self.past.items, *self.fresh_activity]


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch on screen, ``x0`` to ``x1`` pixels; ``run`` is None for activity."""

    x0: float
    x1: float
    run: Run | None


@dataclass(frozen=True, slots=True)
class HealthBlock:
    """A stretch on screen in which the camera was not well."""

    x0: float
    x1: float
    health: CameraHealth


@dataclass(frozen=True, slots=True)
class Mark:
    """An incident's sign, centred on ``x``; it stands for ``others`` that would lie on it, too.

    Attributes:
        told: what people say of it, None for nothing.
    """

    x: float
    incident: Incident
    others: int = 0
    told: ReviewTold | None = None

    @property
    def muted(self) -> bool:
        """Whether it asks for nobody any more: it was vetoed, or somebody takes care of it."""
        return not is_open(self.incident, self.told.review if self.told else None)


@dataclass(frozen=True, slots=True)
class SnapshotMark:
    """A snapshot's sign, centred on ``x``."""

    x: float
    snapshot: Snapshot


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
    health: tuple[HealthBlock, ...] = ()
    snapshots: tuple[SnapshotMark, ...] = ()
    coverage: tuple[CoverBlock, ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """What lanes are laid out for: the view, a lane's pixels, now, and which incident is chosen."""

    view: View
    width: float
    lane_height: float
    now_s: float
    current: IncidentId | None = None

    @property
    def shape(self) -> tuple[float, float, float, IncidentId | None]:
        """What all lanes must agree about; where time has moved on, they may follow one after the other."""
        return self.width, self.lane_height, self.view.length_s, self.current

    @property
    def last_s(self) -> float:
        """The last moment that is drawn."""
        return min(self.view.end_s, self.now_s)

    @property
    def pixel_s(self) -> float:
        """Seconds in a pixel."""
        return self.view.length_s / self.width

    @property
    def blur_s(self) -> float:
        """A gap that nobody sees, in seconds."""
        return _BLUR_PX * self.pixel_s

    def touches(self, span: Span) -> bool:
        """Whether any of a span is on screen."""
        return span.end_s >= self.view.start_s and span.start_s <= self.last_s

    def edges(self, span: Span) -> tuple[float, float]:
        """First and last pixel of a span on screen."""
        first = max(self.view.x(span.start_s, self.width), 0.0)
        return first, self.view.x(min(span.end_s, self.last_s), self.width)


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the time scale; ``label`` is ``14:30`` or ``14:30:05``."""

    x: float
    at_s: float
    label: str


def lay_out(frame: Frame, lanes: Sequence[LaneData]) -> tuple[Lane, ...]:
    """All lanes from top to bottom, reduced to what is on screen. Nothing is drawn beyond now."""
    return tuple(lay_out_lane(frame, data, row) for row, data in enumerate(lanes))


def lay_out_lane(frame: Frame, data: LaneData, row: int) -> Lane:
    """The lane that is ``row`` lanes below the first."""
    return Lane(
        camera_id=data.camera_id,
        name=data.name,
        top=row * frame.lane_height,
        height=frame.lane_height,
        activity=_activity_blocks(frame, data),
        outcomes=_outcome_blocks(frame, data),
        marks=_marks(frame, data.incidents, data.reviews),
        health=_health_blocks(frame, data.health),
        snapshots=_snapshot_marks(frame, data.snapshots),
        coverage=tuple(cover_blocks(data.coverage, Span(frame.view.start_s, frame.last_s), frame.edges)),
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


def snapshot_at(lane: Lane, x: float, y: float) -> Snapshot | None:
    """The snapshot whose sign is nearest, within a finger's reach; ``y`` counts from the lane's top.

    Signs of snapshots lie below those of incidents: only their own part of the lane means them.
    """
    if y <= lane.height * _SNAPSHOTS_BELOW:
        return None
    near = min(lane.snapshots, key=lambda mark: abs(mark.x - x), default=None)
    return near.snapshot if near is not None and abs(near.x - x) <= _MARK_REACH else None


def health_at(lane: Lane, x: float) -> CameraHealth | None:
    """What was wrong with the camera under a pixel; of several, what began last."""
    under = [block.health for block in lane.health if block.x0 - 1 <= x <= block.x1 + 1]
    return max(under, key=lambda health: health.span.start_s, default=None)


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


def _activity_blocks(frame: Frame, data: LaneData) -> tuple[Block, ...]:
    past = data.past.visible(frame.view.start_s, frame.last_s, frame.blur_s)
    fresh = [span for span in data.fresh_activity if frame.touches(span)]
    return tuple(Block(*frame.edges(span), None) for span in joined_spans([*past, *fresh], frame.blur_s))


def _outcome_blocks(frame: Frame, data: LaneData) -> tuple[Block, ...]:
    """The gravest last, so that it is painted on top. Runs of one kind that nobody could tell apart are one."""
    settled = data.settled.visible(frame.view.start_s, frame.last_s, frame.blur_s)
    fresh = [run for run in data.fresh_runs if frame.touches(run.span)]
    gap_s = max(JOIN_S, frame.blur_s)
    joins_s = min((run.span.start_s for run in fresh), default=frame.last_s) - gap_s
    apart = [run for run in settled if run.span.end_s < joins_s]
    together = joined([*(run for run in settled if run.span.end_s >= joins_s), *fresh], gap_s)
    by_gravity = sorted([*apart, *together], key=lambda run: GRAVITY[run.result])
    return tuple(Block(*frame.edges(run.span), run) for run in by_gravity)


def _health_blocks(frame: Frame, health: Sequence[CameraHealth]) -> tuple[HealthBlock, ...]:
    """One that is not over lasts until now."""
    shown = ((h, h.span if h.closed else Span(h.span.start_s, frame.now_s)) for h in health)
    return tuple(HealthBlock(*frame.edges(span), h) for h, span in shown if frame.touches(span))


def _marks(frame: Frame, incidents: Sequence[Incident], reviews: Mapping[IncidentId, ReviewTold]) -> tuple[Mark, ...]:
    """Signs from left to right; of a crowd the chosen one, else the gravest, stands for all.

    Crowds are cut at fixed times, so that signs do not jump while the timeline moves.
    """
    act_s = attrgetter("act_s")
    first = bisect_left(incidents, frame.view.start_s, key=act_s)
    last = bisect_right(incidents, frame.view.end_s, key=act_s)
    crowd_s = _CROWD_PX * frame.pixel_s
    made: list[Mark] = []
    place = first
    while place < last:
        crowd_ends_s = (incidents[place].act_s // crowd_s + 1) * crowd_s
        end = max(bisect_left(incidents, crowd_ends_s, place, last, key=act_s), place + 1)
        crowd = incidents[place:end]
        shown = max(crowd, key=lambda i: (i.id == frame.current, *_gravity(i, reviews.get(i.id))))
        made.append(Mark(frame.view.x(shown.act_s, frame.width), shown, len(crowd) - 1, reviews.get(shown.id)))
        place = end
    return tuple(made)


def _gravity(incident: Incident, told: ReviewTold | None) -> tuple[bool, int, float]:
    return (is_open(incident, told.review if told else None), _RANK[incident.severity], incident.act_s)


def _snapshot_marks(frame: Frame, snapshots: Sequence[Snapshot]) -> tuple[SnapshotMark, ...]:
    return tuple(
        SnapshotMark(frame.view.x(snapshot.at_s, frame.width), snapshot)
        for snapshot in snapshots
        if frame.view.start_s <= snapshot.at_s <= frame.view.end_s
    )
