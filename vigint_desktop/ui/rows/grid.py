"""How tiles share the wall, and how a picture fits a tile."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

AUTO: Final = "auto"
LAYOUTS: Final = (AUTO, "1", "4", "6", "9", "12", "16", "25", "36", "1+5", "1+7", "1+12")
MOST_PLACES: Final = 36  # on one page, also of the automatic layout: more are too small to tell a person from a shelf

_ASPECT = 16 / 9  # what nearly every camera sends
_BIG = {"1+5": (3, 2), "1+7": (4, 3), "1+12": (4, 2)}  # units along a side of the wall, and of the big tile


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows and columns of tiles."""

    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in whole pixels."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on a lattice: where its corner is and how many units long its sides are."""

    column: int
    row: int
    span: int = 1


@dataclass(frozen=True, slots=True)
class Lattice:
    """A wall divided into equal units, and the places made of them, in the order in which cameras take them."""

    columns: int
    rows: int
    spots: tuple[Spot, ...]


def places_of(layout: str, cameras: int) -> int:
    """How many cameras a page of a layout shows; the automatic one, like any that is unknown, follows their number."""
    if layout in _BIG:
        return 1 + int(layout.partition("+")[2])
    return int(layout) if layout in LAYOUTS and layout != AUTO else min(max(cameras, 1), MOST_PLACES)


def lattice(layout: str, cameras: int, width: float, height: float) -> Lattice:
    """The places of a layout on a wall of this size; ``cameras`` (of the page) counts for the automatic one alone."""
    if layout in _BIG:
        return _one_big(*_BIG[layout])
    count = places_of(layout, cameras)
    fixed = layout in LAYOUTS and layout != AUTO
    grid = full_grid(count, width, height) if fixed else grid_shape(count, width, height)
    spots = tuple(Spot(place % grid.columns, place // grid.columns) for place in range(count))
    return Lattice(grid.columns, grid.rows, spots)


def boxes(places: Lattice, width: int, height: int, gap: int) -> list[Box]:
    """Where the places of a lattice lie on a wall, ``gap`` pixels apart; together they fill it to the pixel."""

    def edge(unit: int, units: int, room: int) -> int:
        return round(unit * (room + gap) / units)

    made = []
    for spot in places.spots:
        left, right = (edge(unit, places.columns, width) for unit in (spot.column, spot.column + spot.span))
        top, bottom = (edge(unit, places.rows, height) for unit in (spot.row, spot.row + spot.span))
        made.append(Box(left, top, max(right - left - gap, 1), max(bottom - top - gap, 1)))
    return made


def neighbour(places: Sequence[Box], start: int, across: int, down: int) -> int | None:
    """The place next to ``start`` in a direction (one of -1, 0, 1 each, one of them 0); None at the edge of the wall.

    Only places that face ``start`` count; of those, the nearest, then the one that lies most nearly level with it.
    """
    here = places[start]

    def distance(box: Box) -> tuple[int, int] | None:
        gap_x = box.x - here.x - here.width if across > 0 else here.x - box.x - box.width
        gap_y = box.y - here.y - here.height if down > 0 else here.y - box.y - box.height
        level = min(here.x + here.width, box.x + box.width) - max(here.x, box.x)
        upright = min(here.y + here.height, box.y + box.height) - max(here.y, box.y)
        gap, facing, off = (gap_x, upright, abs(box.y - here.y)) if across else (gap_y, level, abs(box.x - here.x))
        return (gap, off) if gap >= 0 and facing > 0 else None

    reachable = [(far, place) for place, box in enumerate(places) if (far := distance(box)) is not None]
    return min(reachable)[1] if reachable else None


def _one_big(units: int, big: int) -> Lattice:
    small = [Spot(column, row) for row in range(units) for column in range(units) if not (column < big and row < big)]
    return Lattice(units, units, (Spot(0, 0, big), *small))


def full_grid(count: int, width: float, height: float) -> Grid:
    """The grid of exactly ``count`` tiles, without a hole, with the largest pictures; of equals, the wider one."""
    grids = [Grid(count // columns, columns) for columns in range(1, count + 1) if count % columns == 0]
    return max(grids, key=lambda grid: (_picture_width(grid, width, height), grid.columns))


def grid_shape(count: int, width: float, height: float) -> Grid:
    """The grid for ``count`` tiles (at least 1) with the largest pictures; of equals, the one with fewer holes."""
    count = max(count, 1)
    grids = [Grid(-(-count // columns), columns) for columns in range(1, count + 1)]

    def worth(grid: Grid) -> tuple[float, int]:
        return (_picture_width(grid, width, height), -grid.rows * grid.columns)

    return max(grids, key=worth)


def _picture_width(grid: Grid, width: float, height: float) -> float:
    return round(min(width / grid.columns, height / grid.rows * _ASPECT), 3)


def fit(width: int, height: int, into: Box) -> Box:
    """The largest box of the aspect ``width : height`` inside ``into``, centred; empty when either is empty."""
    if min(width, height, into.width, into.height) <= 0:
        return Box(into.x, into.y, 0, 0)
    scale = min(into.width / width, into.height / height)
    fitted_width, fitted_height = round(width * scale), round(height * scale)
    return Box(
        into.x + (into.width - fitted_width) // 2,
        into.y + (into.height - fitted_height) // 2,
        fitted_width,
        fitted_height,
    )
