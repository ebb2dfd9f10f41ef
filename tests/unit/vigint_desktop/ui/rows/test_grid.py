"""The grid gives every camera a place, and pictures keep their shape."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigint_desktop.ui.rows.grid import (
    AUTO,
    LAYOUTS,
    MOST_PLACES,
    Box,
    Grid,
    boxes,
    fit,
    full_grid,
    grid_shape,
    lattice,
    neighbour,
    places_of,
)


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


@pytest.mark.parametrize(("layout", "places"), [("1", 1), ("12", 12), ("36", 36), ("1+5", 6), ("1+7", 8), ("1+12", 13)])
def test_a_layout_says_how_many_places_it_has(layout: str, places: int) -> None:
    assert places_of(layout, 3) == places
    assert len(lattice(layout, 3, 1600, 900).spots) == places


@pytest.mark.parametrize("layout", [AUTO, "of a newer version", ""])
def test_the_automatic_layout_follows_the_cameras_up_to_a_full_page(layout: str) -> None:
    assert [places_of(layout, cameras) for cameras in (0, 5, 100)] == [1, 5, MOST_PLACES]


@pytest.mark.parametrize(
    ("count", "grid"), [(4, Grid(2, 2)), (6, Grid(2, 3)), (9, Grid(3, 3)), (12, Grid(3, 4)), (25, Grid(5, 5))]
)
def test_a_fixed_layout_has_no_hole(count: int, grid: Grid) -> None:
    assert full_grid(count, 1600, 900) == grid


def test_on_a_screen_that_stands_upright_the_grid_does_so_too() -> None:
    assert full_grid(6, 900, 1600) == Grid(6, 1)
    assert full_grid(12, 900, 1600) == Grid(6, 2)


@given(st.sampled_from(LAYOUTS), st.integers(1, 36), st.integers(200, 4000), st.integers(200, 3000))
def test_places_fill_the_wall_and_never_overlap(layout: str, cameras: int, width: int, height: int) -> None:
    made = boxes(lattice(layout, cameras, width, height), width, height, 4)

    assert max(box.x + box.width for box in made) == width
    assert max(box.y + box.height for box in made) == height
    for place, one in enumerate(made):
        for other in made[place + 1 :]:
            apart_x = one.x + one.width < other.x or other.x + other.width < one.x
            apart_y = one.y + one.height < other.y or other.y + other.height < one.y
            assert apart_x or apart_y


@pytest.mark.parametrize("layout", ["1+5", "1+7", "1+12"])
def test_the_first_place_is_the_big_one(layout: str) -> None:
    big, *small = boxes(lattice(layout, 0, 1600, 900), 1600, 900, 4)

    assert all(big.width > 1.8 * box.width and big.height > 1.8 * box.height for box in small)
    assert len({(box.width // 4, box.height // 4) for box in small}) <= 4  # equal but for a pixel


def test_neighbours_in_a_grid() -> None:
    made = boxes(lattice("9", 0, 1600, 900), 1600, 900, 4)

    assert [neighbour(made, 4, *way) for way in ((-1, 0), (1, 0), (0, -1), (0, 1))] == [3, 5, 1, 7]
    assert neighbour(made, 0, -1, 0) is None
    assert neighbour(made, 8, 0, 1) is None


def test_neighbours_of_a_big_place_and_back() -> None:
    made = boxes(lattice("1+5", 0, 1600, 900), 1600, 900, 4)  # 0 0 1 / 0 0 2 / 3 4 5

    assert neighbour(made, 0, 1, 0) == 1
    assert neighbour(made, 0, 0, 1) == 3
    assert [neighbour(made, place, -1, 0) for place in (1, 2, 5)] == [0, 0, 4]
    assert [neighbour(made, place, 0, -1) for place in (3, 4, 5)] == [0, 0, 2]


@given(st.sampled_from(LAYOUTS), st.integers(1, 36))
def test_every_place_can_be_reached_by_arrows(layout: str, cameras: int) -> None:
    made = boxes(lattice(layout, cameras, 1600, 900), 1600, 900, 4)
    reached, edge = {0}, [0]
    while edge:
        place = edge.pop()
        steps = {neighbour(made, place, *way) for way in ((-1, 0), (1, 0), (0, -1), (0, 1))} - {None}
        new = {step for step in steps if step is not None} - reached
        reached |= new
        edge += new

    assert reached == set(range(len(made)))
