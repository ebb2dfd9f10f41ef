"""Rules that need no AI: movement in a watch zone, movement that stays, a line that is crossed.

Fed with what the gate sees at each look. A rule that is broken is told at once, once a visit: again only while it goes
on (so that its incident grows), and anew after a rest. All times are on the monotonic clock.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from vigint_core.domain.zone import Crossing, Line, Point, Scene, ZoneUse
from vigint_core.policy.polygon import segments_meet, side

_MOST_TRACKS: Final = 16
"""More things that move at once than anybody would draw a line for; the oldest are forgotten."""


class RuleKind(StrEnum):
    """What was broken. LOST and COVERED are about the camera itself."""

    MOVEMENT = "movement"
    DWELL = "dwell"
    CROSSING = "crossing"
    LOST = "lost"
    COVERED = "covered"


@dataclass(frozen=True, slots=True)
class RuleBook:
    """Bounds, in seconds unless said otherwise.

    Attributes:
        sure_s: movement has to go on so long: one look alone may be a flash. A little under two looks.
        gap_s: movement that pauses for less goes on.
        dwell_gap_s: who stays in a zone may stand still for so long without the gate seeing anything.
        rest_s: without movement for so long, the next one is another visit.
        repeat_s: how often what goes on is told.
        track_gap_s: a track that was not seen for so long is over.
        reach: share of the picture's width that somebody gets on between two looks.
        margin: share of the picture's width by which somebody has to be beyond a line.
    """

    sure_s: float = 0.35
    gap_s: float = 1.0
    dwell_gap_s: float = 5.0
    rest_s: float = 30.0
    repeat_s: float = 5.0
    track_gap_s: float = 1.5
    reach: float = 0.18
    margin: float = 0.015


@dataclass(frozen=True, slots=True)
class Sight:
    """What one look of the gate says.

    Attributes:
        scores: movement by watch zone, 1.0 = enough; the whole picture is ``""`` where there is no zone.
        occupied: nothing moves, but something stands where it moved.
        spots: where things move, each as the place on which it stands, in shares of the picture.
    """

    at_s: float
    scores: Mapping[str, float]
    occupied: bool = False
    spots: Sequence[Point] = ()


@dataclass(frozen=True, slots=True)
class RuleHit:
    """A rule is broken, or still is.

    Attributes:
        place: name of the zone or line; "" for the whole picture, and of a camera that is lost or covered.
        since_s, at_s: when it began, and the look that told.
        fresh: told for the first time in this visit.
    """

    kind: RuleKind
    place: str
    since_s: float
    at_s: float
    fresh: bool = True


@dataclass(frozen=True, slots=True)
class _Visit:
    """Movement in a zone, from its beginning to its rest.

    Attributes:
        since_s, seen_s: of movement without a longer pause than ``gap_s``.
        stayed_s: since when somebody is in the zone, with pauses up to ``dwell_gap_s``.
        told_s: by kind, when it was told last.
    """

    since_s: float
    seen_s: float
    stayed_s: float
    told_s: Mapping[RuleKind, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Track:
    """Something that moves.

    Attributes:
        at, seen_s: where it was seen last, and when.
        sides: by line, on which side it was for certain, and where then.
    """

    at: Point
    seen_s: float
    sides: Mapping[str, tuple[int, Point]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RuleState:
    """Where the rules of one camera stand."""

    visits: Mapping[str, _Visit] = field(default_factory=dict)
    tracks: tuple[_Track, ...] = ()


def watch(book: RuleBook, state: RuleState, scene: Scene, sight: Sight) -> tuple[RuleState, tuple[RuleHit, ...]]:
    """Take one look into account."""
    dwell = {zone.id: zone.dwell_s for zone in scene.of(ZoneUse.WATCH)}
    names = {zone.id: zone.name for zone in scene.of(ZoneUse.WATCH)}
    hits: list[RuleHit] = []
    visits: dict[str, _Visit] = {}
    for zone_id, score in sight.scores.items():
        visit = _visited(book, state.visits.get(zone_id), sight, moves=score >= 1.0)
        if visit is not None:
            visit, told = _judged(book, visit, names.get(zone_id, ""), dwell.get(zone_id), sight.at_s)
            visits[zone_id] = visit
            hits += told
    tracks = _followed(book, state.tracks, sight) if scene.lines else ()
    crossed: list[_Track] = []
    for track in tracks:
        after, told = _crossed(book, track, scene.lines, sight.at_s)
        crossed.append(after)
        hits += told
    return RuleState(visits, tuple(crossed)), tuple(hits)


def _visited(book: RuleBook, visit: _Visit | None, sight: Sight, *, moves: bool) -> _Visit | None:
    now_s = sight.at_s
    if visit is not None and not 0 <= now_s - visit.seen_s <= book.rest_s:
        visit = None
    if not moves:
        if visit is not None and sight.occupied and now_s - visit.seen_s <= book.dwell_gap_s:
            return replace(visit, seen_s=now_s, since_s=now_s)
        return visit
    if visit is None:
        return _Visit(now_s, now_s, now_s)
    pause_s = now_s - visit.seen_s
    return replace(
        visit,
        seen_s=now_s,
        since_s=visit.since_s if pause_s <= book.gap_s else now_s,
        stayed_s=visit.stayed_s if pause_s <= book.dwell_gap_s else now_s,
    )


def _judged(
    book: RuleBook, visit: _Visit, name: str, dwell_s: float | None, now_s: float
) -> tuple[_Visit, list[RuleHit]]:
    """What of a visit is to be told at this look; only while something is there."""
    if visit.seen_s != now_s:
        return visit, []
    broken = {}
    if now_s - visit.since_s >= book.sure_s or RuleKind.MOVEMENT in visit.told_s:
        broken[RuleKind.MOVEMENT] = visit.since_s
    if dwell_s is not None and now_s - visit.stayed_s >= dwell_s:
        broken[RuleKind.DWELL] = visit.stayed_s
    hits = []
    for kind, since_s in broken.items():
        told_s = visit.told_s.get(kind)
        if told_s is None or now_s - told_s >= book.repeat_s:
            hits.append(RuleHit(kind, name, since_s, now_s, fresh=told_s is None))
            visit = replace(visit, told_s={**visit.told_s, kind: now_s})
    return visit, hits


def _followed(book: RuleBook, tracks: Sequence[_Track], sight: Sight) -> list[_Track]:
    """Tracks with the spots of this look: each spot goes on with the nearest track within reach, or begins one."""
    left = [track for track in tracks if 0 <= sight.at_s - track.seen_s <= book.track_gap_s]
    followed: list[_Track] = []
    for spot in sight.spots:
        near = min(left, key=lambda track: math.dist(track.at, spot), default=None)
        if near is not None and math.dist(near.at, spot) <= book.reach:
            left.remove(near)
            followed.append(replace(near, at=spot, seen_s=sight.at_s))
        else:
            followed.append(_Track(spot, sight.at_s))
    return sorted([*followed, *left], key=lambda track: track.seen_s)[-_MOST_TRACKS:]


def _crossed(book: RuleBook, track: _Track, lines: Iterable[Line], now_s: float) -> tuple[_Track, list[RuleHit]]:
    """Whether a track got over a line since it was for certain on its other side: jitter on it counts for nothing."""
    if track.seen_s != now_s:
        return track, []
    sides, hits = dict(track.sides), []
    for line in lines:
        length = math.dist(line.start, line.end)
        if length == 0:
            continue
        away = side(line.start, line.end, track.at) / length
        if abs(away) < book.margin:
            continue
        now = 1 if away > 0 else -1
        before = sides.get(line.id)
        sides[line.id] = (now, track.at)
        if before is None or before[0] == now or not segments_meet(before[1], track.at, line.start, line.end):
            continue
        if line.crossing is Crossing.BOTH or (line.crossing is Crossing.TO_RIGHT) == (now > 0):
            hits.append(RuleHit(RuleKind.CROSSING, line.name, now_s, now_s))
    return replace(track, sides=sides), hits
