"""The grid gives every camera a place, and pictures keep their shape."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigint_desktop.ui.rows.grid import Box, Grid, fit, grid_shape


@pytest.mark.parametrize(
    ("count", "grid"), [(1, Grid(1, 1)), (4, Grid(2, 2)), (9, Grid(3, 3)), (16, Grid(4, 4)), (36, Grid(6, 6))]
)
def test_square_numbers_make_square_grids_on_a_wide_wall(count: int, grid: Grid) -> None:
    assert grid_shape(count, 1600, 900) == grid


def test_a_narrow_wall_stacks_its_tiles() -> None:
    assert grid_shape(3, 400, 1200) == Grid(3, 1)
    assert grid_shape(3, 2400, 400) == Grid(1, 3)


@given(st.integers(1, 36), st.integers(1, 4000), st.integers(1, 3000))
def test_every_tile_has_a_place_and_no_row_is_empty(count: int, width: int, height: int) -> None:
    grid = grid_shape(count, width, height)

    assert grid.rows * grid.columns >= count
    assert (grid.rows - 1) * grid.columns < count


@given(st.integers(1, 8000), st.integers(1, 8000), st.integers(1, 4000), st.integers(1, 4000))
def test_a_picture_fits_inside_and_touches_two_sides(
    width: int, height: int, room_width: int, room_height: int
) -> None:
    box = fit(width, height, Box(10, 20, room_width, room_height))

    assert box.x >= 10
    assert box.y >= 20
    assert box.width <= room_width
    assert box.height <= room_height
    assert box.width == room_width or box.height == room_height


def test_a_wide_picture_is_centred_with_bars_above_and_below() -> None:
    assert fit(1920, 1080, Box(0, 0, 160, 160)) == Box(0, 35, 160, 90)


def test_nothing_fits_into_nothing() -> None:
    assert fit(1920, 1080, Box(5, 6, 0, 90)) == Box(5, 6, 0, 0)
    assert fit(0, 0, Box(5, 6, 90, 90)) == Box(5, 6, 0, 0)
