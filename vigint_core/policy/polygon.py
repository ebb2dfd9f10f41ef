"""Polygons on a picture, in shares of its width and height: what is inside, and what is wrong with one."""

from collections.abc import Sequence
from enum import StrEnum
from itertools import combinations
from typing import Final

from vigint_core.domain.zone import Point

_LEAST_AREA: Final = 0.0004
"""Share of the picture: 2 % of its width by 2 % of its height."""


class PolygonTrouble(StrEnum):
    """What is wrong with a polygon; people are told while they draw."""

    TOO_FEW = "too_few"
    OUTSIDE = "outside"
    PARTLY_OUTSIDE = "partly_outside"
    TOO_SMALL = "too_small"
    CROSSES_ITSELF = "crosses_itself"


def trouble(points: Sequence[Point]) -> PolygonTrouble | None:
    """The gravest trouble of a polygon, or None. It may be kept all the same: each trouble has a defined meaning."""
    if len(set(points)) < 3:
        return PolygonTrouble.TOO_FEW
    held = clamped(points)
    if area(hull(held)) < _LEAST_AREA:
        return PolygonTrouble.OUTSIDE if held != tuple(points) else PolygonTrouble.TOO_SMALL
    if crosses_itself(points):
        return PolygonTrouble.CROSSES_ITSELF
    return PolygonTrouble.PARTLY_OUTSIDE if held != tuple(points) else None


def clamped(points: Sequence[Point]) -> tuple[Point, ...]:
    """Each corner moved to the nearest place of the picture."""
    return tuple((min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)) for x, y in points)


def inside(point: Point, points: Sequence[Point]) -> bool:
    """Whether a point lies in a polygon, by the even-odd rule."""
    x, y = point
    within = False
    for (x0, y0), (x1, y1) in _edges(points):
        if (y0 > y) != (y1 > y) and x < (x1 - x0) * (y - y0) / (y1 - y0) + x0:
            within = not within
    return within


def crosses_itself(points: Sequence[Point]) -> bool:
    """Whether two edges that are no neighbours meet."""
    edges = list(enumerate(_edges(points)))
    last = len(edges) - 1
    return any(
        j - i > 1 and not (i == 0 and j == last) and segments_meet(*one, *other)
        for (i, one), (j, other) in combinations(edges, 2)
    )


def segments_meet(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether the segments ab and cd have a point in common."""
    one, two, three, four = side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b)
    if one * two < 0 and three * four < 0:
        return True
    return any(
        turn == 0 and _between(*ends, at)
        for turn, ends, at in ((one, (a, b), c), (two, (a, b), d), (three, (c, d), a), (four, (c, d), b))
    )


def side(start: Point, end: Point, point: Point) -> float:
    """Above 0 where ``point`` lies to the right of the way from start to end, as the picture is seen; 0 on the line."""
    return (end[0] - start[0]) * (point[1] - start[1]) - (end[1] - start[1]) * (point[0] - start[0])


def hull(points: Sequence[Point]) -> tuple[Point, ...]:
    """The convex hull: covers the polygon whatever the order of its corners is (Andrew's monotone chain, 1979)."""
    ordered = sorted(set(points))
    if len(ordered) < 3:
        return tuple(ordered)
    return (*_chain(ordered), *_chain(ordered[::-1]))


def covering(points: Sequence[Point]) -> tuple[Point, ...]:
    """What a privacy zone covers: itself within the picture, or, where it crosses itself, its hull: never less."""
    held = clamped(points)
    return hull(held) if crosses_itself(points) else held


def area(points: Sequence[Point]) -> float:
    """Share of the picture, of a polygon that does not cross itself (the shoelace formula)."""
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in _edges(points))) / 2


def _chain(ordered: Sequence[Point]) -> list[Point]:
    made: list[Point] = []
    for point in ordered:
        while len(made) >= 2 and side(made[-2], made[-1], point) <= 0:
            made.pop()
        made.append(point)
    return made[:-1]


def _edges(points: Sequence[Point]) -> list[tuple[Point, Point]]:
    return list(zip(points, [*points[1:], *points[:1]], strict=True))


def _between(a: Point, b: Point, point: Point) -> bool:
    return min(a[0], b[0]) <= point[0] <= max(a[0], b[0]) and min(a[1], b[1]) <= point[1] <= max(a[1], b[1])
