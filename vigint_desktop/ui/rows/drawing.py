"""Zones and lines while they are being drawn: select, drag, undo. No Qt; places are shares of the picture."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

from vigint_core.domain.zone import Line, Point, Scene, Zone, ZoneKind, ZoneUse
from vigint_core.policy.polygon import inside

Tool = Literal["watch", "ignore", "privacy", "line"]
TOOLS: Final[tuple[Tool, ...]] = ("watch", "ignore", "privacy", "line")
MOST_SHAPES: Final = 32
_MOST_CORNERS: Final = 24
_MOST_UNDO: Final = 100


@dataclass(frozen=True, slots=True)
class Grip:
    """What a hand holds: a corner of a shape, or (None) the whole of it, and where it took hold."""

    shape: str
    corner: int | None
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
        if self.tool is None or len(self.pending) >= _MOST_CORNERS:
            return
        self.pending.append(point)
        if self.tool == "line" and len(self.pending) == 2:
            self.finish(name)

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

    def undo(self) -> None:
        """As before the last change."""
        self.let_go()
        if self._undo:
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
        self.corner = self._grip.corner if self._grip else None
        return self._grip is not None

    def drag(self, to: Point) -> None:
        """The hand moves."""
        if self._grip is None or self._before is None:
            return
        moved = _minus(to, self._grip.at)
        self.scene = _moved(self._before, self._grip.shape, self._grip.corner, moved)

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
            self.change(_moved(self.scene, self.selected, self.corner, by))

    def next_corner(self, step: int) -> None:
        """Select the next corner of the selected shape; after the last one, the whole."""
        points = dict(self.shapes()).get(self.selected)
        if points is not None:
            places: list[int | None] = [None, *range(len(points))]
            self.corner = places[(places.index(self.corner) + step) % len(places)]

    def _found(self, at: Point, reach: Point) -> Grip | None:
        """What lies under a hand: corners before insides, and what is painted last first."""
        shapes = list(self.shapes())[::-1]
        for shape, points in shapes:
            for place, corner in enumerate(points):
                if _near(corner, at, reach):
                    return Grip(shape, place, at)
        for shape, points in shapes:
            if (len(points) > 2 and inside(at, points)) or (len(points) == 2 and _on_line(at, points, reach)):
                return Grip(shape, None, at)
        return None

    def _free_id(self) -> str:
        taken = {shape for shape, _ in self.shapes()}
        return next(name for number in range(1, MOST_SHAPES + 2) if (name := f"z{number}") not in taken)

    def _tidy(self) -> None:
        points = dict(self.shapes()).get(self.selected)
        if points is None:
            self.selected, self.corner = "", None
        elif self.corner is not None and self.corner >= len(points):
            self.corner = None


def _moved(scene: Scene, shape: str, corner: int | None, by: Point) -> Scene:
    """A corner of a shape, or all of it, moved; corners stay on the picture."""

    def put(points: tuple[Point, ...]) -> tuple[Point, ...]:
        if corner is None:
            return _kept_inside(points, by)
        return tuple(_held(_plus(point, by)) if place == corner else point for place, point in enumerate(points))

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


def _on_line(at: Point, ends: tuple[Point, ...], reach: Point) -> bool:
    """Whether a point is within reach of a segment, with the reach taken as the unit of both axes."""
    (ax, ay), (bx, by), (px, py) = ((x / reach[0], y / reach[1]) for x, y in (*ends, at))
    length = math.hypot(bx - ax, by - ay)
    if length == 0:
        return False
    along = min(max(((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / length**2, 0.0), 1.0)
    return math.hypot(px - ax - along * (bx - ax), py - ay - along * (by - ay)) <= 1.0
