"""How tiles share the wall, and how a picture fits a tile."""

from dataclasses import dataclass

_ASPECT = 16 / 9  # what nearly every camera sends


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


def grid_shape(count: int, width: float, height: float) -> Grid:
    """The grid for ``count`` tiles (at least 1) with the largest pictures; of equals, the one with fewer holes."""
    count = max(count, 1)
    grids = [Grid(-(-count // columns), columns) for columns in range(1, count + 1)]

    def worth(grid: Grid) -> tuple[float, int]:
        picture_width = min(width / grid.columns, height / grid.rows * _ASPECT)
        return (round(picture_width, 3), -grid.rows * grid.columns)

    return max(grids, key=worth)


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
