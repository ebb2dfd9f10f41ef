"""Zones and lines while they are being drawn: select, drag, undo. No Qt; places are shares of the picture."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, Literal

from vigint_core.domain.zone import Line, Point, Scene, Zone, ZoneKind, ZoneUse
from vigint_core.policy.polygon import inside

Tool = Literal["watch", "ignore", "privacy", "line"]
TOOLS: Final[tuple[Tool, ...]] = ("watch", "ignore", "privacy", "line")
MOST_SHAPES: Final = 32
MOST_CORNERS: Final = 24
_MOST_UNDO: Final = 100


@dataclass(frozen=True, slots=True)
class Grip:
    """What a hand holds: a corner of a shape, the two of an edge, or (none) the whole of it, and where it took hold."""

    shape: str
    corners: tuple[int, ...]
    at: Point


class Drawing:
    """One scene in the making.

    Attributes:
        scene: as it is now.
        selected: id of a zone or line, or "".
        corner: of the selected one, that the arrow keys move, or None for the whole.
        tool: what is being drawn, or None.
        pending: its corners so far.
    """

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.selected = ""
        self.corner: int | None = None
        self.tool: Tool | None = None
        self.pending: list[Point] = []
        self._grip: Grip | None = None
        self._before: Scene | None = None  # of the drag that is under way
        self._undo: list[Scene] = []
        self._redo: list[Scene] = []

    @property
    def can_undo(self) -> bool:
        """There is something to take back."""
        return bool(self.pending or self._undo)

    @property
    def can_redo(self) -> bool:
        """Something was taken back."""
        return bool(self._redo)

    @property
    def is_full(self) -> bool:
        """No further shape fits."""
        return len(self.scene.zones) + len(self.scene.lines) >= MOST_SHAPES

    def zone(self) -> Zone | None:
        """The selected zone."""
        return next((zone for zone in self.scene.zones if zone.id == self.selected), None)

    def line(self) -> Line | None:
        """The selected line."""
        return next((line for line in self.scene.lines if line.id == self.selected), None)

    def shapes(self) -> Iterator[tuple[str, tuple[Point, ...]]]:
        """Ids and corners of everything, in the order in which it is painted."""
        yield from ((zone.id, zone.points) for zone in self.scene.zones)
        yield from ((line.id, (line.start, line.end)) for line in self.scene.lines)

    def select(self, shape: str) -> None:
        """Choose a zone or line, and none of its corners; what was being drawn is forgotten."""
        self.cancel()
        self.selected, self.corner = shape, None

    def begin(self, tool: Tool) -> None:
        """Draw something new."""
        if not self.is_full:
            self.tool, self.pending, self.selected, self.corner = tool, [], "", None

    def cancel(self) -> bool:
        """Forget what is being drawn; tells whether there was anything."""
        drew = self.tool is not None
        self.tool, self.pending = None, []
        return drew

    def add(self, point: Point, name: str) -> None:
        """One more corner of what is being drawn; a line is complete with its second."""
        if self.tool is None or len(self.pending) >= MOST_CORNERS or self.pending[-1:] == [point]:
            return
        self.pending.append(point)
        if self.tool == "line" and len(self.pending) == 2:
            self.finish(name)

    def closes(self, at: Point, reach: Point) -> bool:
        """Whether a click there is on the first corner of a zone that is complete with those it has."""
        return self.tool != "line" and len(self.pending) > 2 and _near(self.pending[0], at, reach)

    def drop_last(self) -> None:
        """The last corner of what is being drawn goes."""
        if self.pending:
            self.pending.pop()

    def finish(self, name: str) -> bool:
        """What is being drawn is complete; False while it has too few corners."""
        if self.tool is None or len(self.pending) < (2 if self.tool == "line" else 3):
            return False
        made_id = self._free_id()
        if self.tool == "line":
            line = Line(made_id, name, self.pending[0], self.pending[1])
            self.change(replace(self.scene, lines=(*self.scene.lines, line)))
        else:
            use = ZoneUse(self.tool)
            kind = ZoneKind.AISLE if use is ZoneUse.WATCH else None
            zone = Zone(made_id, name, use, tuple(self.pending), kind)
            self.change(replace(self.scene, zones=(*self.scene.zones, zone)))
        self.cancel()
        self.selected = made_id
        return True

    def change(self, scene: Scene) -> None:
        """Another scene; can be undone."""
        if scene == self.scene:
            return
        self._undo = [*self._undo, self.scene][-_MOST_UNDO:]
        self._redo.clear()
        self.scene = scene
        self._tidy()

    def change_zone(self, zone: Zone) -> None:
        """The zone of that id is another one now."""
        zones = tuple(zone if known.id == zone.id else known for known in self.scene.zones)
        self.change(replace(self.scene, zones=zones))

    def change_line(self, line: Line) -> None:
        """The line of that id is another one now."""
        lines = tuple(line if known.id == line.id else known for known in self.scene.lines)
        self.change(replace(self.scene, lines=lines))

    def delete(self) -> None:
        """The selected shape goes."""
        self.let_go()
        zones = tuple(zone for zone in self.scene.zones if zone.id != self.selected)
        lines = tuple(line for line in self.scene.lines if line.id != self.selected)
        self.change(replace(self.scene, zones=zones, lines=lines))

    def add_corner(self) -> None:
        """One more corner of the selected zone, in the middle of the edge that follows the selected one."""
        zone = self.zone()
        if zone is not None:
            start = self.corner or 0
            end = (start + 1) % len(zone.points)
            self._insert(zone, start + 1, _middle(zone.points[start], zone.points[end]))

    def split(self, at: Point, reach: Point) -> bool:
        """One more corner where a hand points at an edge of the selected zone; tells whether it does."""
        zone = self.zone()
        edge = _edge_at(at, zone.points, reach) if zone is not None else None
        if zone is None or edge is None:
            return False
        self._insert(zone, edge + 1, at)
        return True

    def drop(self) -> None:
        """The selected corner goes, or, where none is or a zone can't spare it, the whole shape."""
        zone = self.zone()
        if zone is None or self.corner is None or len(zone.points) <= 3:
            self.delete()
            return
        points = (*zone.points[: self.corner], *zone.points[self.corner + 1 :])
        self.corner = None
        self.change_zone(replace(zone, points=points))

    def undo(self) -> None:
        """As before the last change; while something is drawn, before its last corner."""
        self.let_go()
        if self.pending:
            self.drop_last()
        elif self._undo:
            self._redo.append(self.scene)
            self.scene = self._undo.pop()
            self._tidy()

    def redo(self) -> None:
        """What was undone last."""
        self.let_go()
        if self._redo:
            self._undo.append(self.scene)
            self.scene = self._redo.pop()
            self._tidy()

    def take_hold(self, at: Point, reach: Point) -> bool:
        """A hand presses: select what lies there; tells whether anything does. ``reach``: of a finger, in shares."""
        self.let_go()
        self._grip = self._found(at, reach)
        self._before = self.scene
        self.selected = self._grip.shape if self._grip else ""
        self.corner = self._grip.corners[0] if self._grip and len(self._grip.corners) == 1 else None
        return self._grip is not None

    def under(self, at: Point, reach: Point) -> int | None:
        """What a hand could hold there, in corners: 1 for a corner, 2 for an edge, 0 for a whole shape; None."""
        found = self._found(at, reach)
        return len(found.corners) if found else None

    def drag(self, to: Point) -> None:
        """The hand moves."""
        if self._grip is None or self._before is None:
            return
        moved = _minus(to, self._grip.at)
        self.scene = _moved(self._before, self._grip.shape, self._grip.corners, moved)

    def let_go(self) -> None:
        """The hand lets go: the drag is one change."""
        before, self._before, self._grip = self._before, None, None
        if before is not None and before != self.scene:
            after, self.scene = self.scene, before
            self.change(after)

    def nudge(self, by: Point) -> None:
        """Move the selected corner, or the whole shape, by a little."""
        self.let_go()
        if self.selected:
            corners = () if self.corner is None else (self.corner,)
            self.change(_moved(self.scene, self.selected, corners, by))

    def next_corner(self, step: int) -> None:
        """Select the next corner of the selected shape; after the last one, the whole."""
        points = dict(self.shapes()).get(self.selected)
        if points is not None:
            places: list[int | None] = [None, *range(len(points))]
            self.corner = places[(places.index(self.corner) + step) % len(places)]

    def _found(self, at: Point, reach: Point) -> Grip | None:
        """What lies under a hand: corners, edges of what is selected, insides; what is painted last first."""
        shapes = list(self.shapes())[::-1]
        for shape, points in shapes:
            for place, corner in enumerate(points):
                if _near(corner, at, reach):
                    return Grip(shape, (place,), at)
        selected = self.zone()
        edge = _edge_at(at, selected.points, reach) if selected is not None else None
        if selected is not None and edge is not None:
            return Grip(selected.id, (edge, (edge + 1) % len(selected.points)), at)
        for shape, points in shapes:
            if (len(points) > 2 and inside(at, points)) or (len(points) == 2 and _on_line(at, points, reach)):
                return Grip(shape, (), at)
        return None

    def _insert(self, zone: Zone, place: int, point: Point) -> None:
        if len(zone.points) < MOST_CORNERS:
            self.let_go()
            points = (*zone.points[:place], point, *zone.points[place:])
            self.change_zone(replace(zone, points=points))
            self.corner = place

    def _free_id(self) -> str:
        taken = {shape for shape, _ in self.shapes()}
        return next(name for number in range(1, MOST_SHAPES + 2) if (name := f"z{number}") not in taken)

    def _tidy(self) -> None:
        points = dict(self.shapes()).get(self.selected)
        if points is None:
            self.selected, self.corner = "", None
        elif self.corner is not None and self.corner >= len(points):
            self.corner = None


def _moved(scene: Scene, shape: str, corners: tuple[int, ...], by: Point) -> Scene:
    """Some corners of a shape, or (none) all of it, moved; corners stay on the picture."""

    def put(points: tuple[Point, ...]) -> tuple[Point, ...]:
        if not corners:
            return _kept_inside(points, by)
        held = dict(zip(corners, _kept_inside(tuple(points[place] for place in corners), by), strict=True))
        return tuple(_held(held[place]) if place in held else point for place, point in enumerate(points))

    zones = tuple(replace(zone, points=put(zone.points)) if zone.id == shape else zone for zone in scene.zones)
    lines = []
    for line in scene.lines:
        start, end = put((line.start, line.end)) if line.id == shape else (line.start, line.end)
        lines.append(replace(line, start=start, end=end))
    return replace(scene, zones=zones, lines=tuple(lines))


def _kept_inside(points: tuple[Point, ...], by: Point) -> tuple[Point, ...]:
    """All of it moved, as far as it stays on the picture."""
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    top, bottom = min(y for _, y in points), max(y for _, y in points)
    across = min(max(by[0], min(0.0, -left)), max(0.0, 1 - right))
    down = min(max(by[1], min(0.0, -top)), max(0.0, 1 - bottom))
    return tuple(_plus(point, (across, down)) for point in points)


def _held(point: Point) -> Point:
    return min(max(point[0], 0.0), 1.0), min(max(point[1], 0.0), 1.0)


def _plus(one: Point, other: Point) -> Point:
    return one[0] + other[0], one[1] + other[1]


def _minus(one: Point, other: Point) -> Point:
    return one[0] - other[0], one[1] - other[1]


def _near(one: Point, other: Point, reach: Point) -> bool:
    return abs(one[0] - other[0]) <= reach[0] and abs(one[1] - other[1]) <= reach[1]


def _middle(one: Point, other: Point) -> Point:
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2


def _edge_at(at: Point, points: tuple[Point, ...], reach: Point) -> int | None:
    """The edge within half a reach, so that insides stay large; by the place of its first corner."""
    near = (reach[0] / 2, reach[1] / 2)
    ends = pairwise((*points, points[0]))
    return next((place for place, edge in enumerate(ends) if _on_line(at, edge, near)), None)


def _on_line(at: Point, ends: tuple[Point, ...], reach: Point) -> bool:
    """Whether a point is within reach of a segment, with the reach taken as the unit of both axes."""
    (ax, ay), (bx, by), (px, py) = ((x / reach[0], y / reach[1]) for x, y in (*ends, at))
    length = math.hypot(bx - ax, by - ay)
    if length == 0:
        return False
    along = min(max(((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / length**2, 0.0), 1.0)
    return math.hypot(px - ax - along * (bx - ax), py - ay - along * (by - ay)) <= 1.0
