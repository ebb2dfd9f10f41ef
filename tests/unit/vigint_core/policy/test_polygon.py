"""Polygons that people draw: any order of corners, any place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigint_core.domain.zone import Point
from vigint_core.policy.polygon import (
    PolygonTrouble,
    area,
    clamped,
    covering,
    crosses_itself,
    hull,
    inside,
    segments_meet,
    side,
    trouble,
)

SQUARE = ((0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8))
BOW = ((0.2, 0.2), (0.8, 0.8), (0.8, 0.2), (0.2, 0.8))
_coordinates = st.integers(-20, 120).map(lambda share: share / 100)
_polygons = st.lists(st.tuples(_coordinates, _coordinates), min_size=3, max_size=7)


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        (SQUARE, None),
        (BOW, PolygonTrouble.CROSSES_ITSELF),
        (((0.1, 0.1), (0.9, 0.9)), PolygonTrouble.TOO_FEW),
        (((0.1, 0.1), (0.1, 0.1), (0.9, 0.9)), PolygonTrouble.TOO_FEW),
        (((0.1, 0.1), (0.5, 0.5), (0.9, 0.9)), PolygonTrouble.TOO_SMALL),
        (((1.1, 0.1), (1.5, 0.1), (1.5, 0.9)), PolygonTrouble.OUTSIDE),
        (((0.5, 0.1), (1.5, 0.1), (0.5, 0.9)), PolygonTrouble.PARTLY_OUTSIDE),
    ],
)
def test_every_trouble_has_a_name(points: tuple[Point, ...], expected: PolygonTrouble | None) -> None:
    assert trouble(points) is expected


def test_inside_is_by_even_and_odd() -> None:
    assert inside((0.5, 0.5), SQUARE)
    assert not inside((0.1, 0.5), SQUARE)
    assert inside((0.75, 0.5), BOW)
    assert not inside((0.5, 0.3), BOW)


def test_segments_meet_also_where_one_only_touches() -> None:
    assert segments_meet((0, 0), (1, 1), (0, 1), (1, 0))
    assert segments_meet((0, 0), (1, 0), (0.5, 0), (0.5, 1))
    assert not segments_meet((0, 0), (1, 0), (0, 1), (1, 1))
    assert not segments_meet((0, 0), (1, 0), (2, 0), (3, 0))


def test_right_of_a_way_is_as_one_sees_it() -> None:
    assert side((0.5, 1.0), (0.5, 0.0), (0.9, 0.5)) > 0, "going up the picture, the right is on the right"
    assert side((0.5, 1.0), (0.5, 0.0), (0.1, 0.5)) < 0


@given(_polygons)
def test_a_hull_covers_all_its_corners_and_crosses_nothing(points: list[Point]) -> None:
    around = hull(points)
    if len(around) >= 3:
        assert not crosses_itself(around)
        for start, end in zip(around, (*around[1:], around[0]), strict=True):
            assert all(side(start, end, point) >= -1e-9 for point in points)


@given(_polygons, st.tuples(st.integers(1, 99), st.integers(1, 99)))
def test_what_is_covered_is_never_less_than_what_was_drawn(points: list[Point], at: tuple[int, int]) -> None:
    point = (at[0] / 100 + 0.0013, at[1] / 100 + 0.0017)
    held = clamped(points)
    if inside(point, held) and len(covering(points)) >= 3:
        assert inside(point, covering(points))
    assert area(covering(points)) >= 0
