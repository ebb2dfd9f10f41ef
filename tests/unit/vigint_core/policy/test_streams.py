"""Which stream serves what: pixels decide, a lost stream is stood in for, and nothing flaps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigint_core.policy.streams import Extent, Service, Stream, Supply, serve

MAIN, SUB = Stream.MAIN, Stream.SUB
ALL_SUB = Service(SUB, SUB)
WELL = Supply(sub_size=Extent(640, 360))


@pytest.mark.parametrize(
    ("tile", "expected"),
    [
        (Extent(0, 0), SUB),
        (Extent(480, 270), SUB),
        (Extent(640, 360), SUB),
        (Extent(704, 396), SUB),
        (Extent(710, 400), MAIN),
        (Extent(1920, 1080), MAIN),
        (Extent(1920, 360), SUB),  # the picture fills the height, and leaves the sides empty
    ],
)
def test_the_sub_stream_serves_as_far_as_its_pixels_go(tile: Extent, expected: Stream) -> None:
    assert serve(tile, WELL, None) == Service(expected, SUB)


def test_while_the_sub_streams_size_is_unknown_it_serves() -> None:
    assert serve(Extent(1920, 1080), Supply(), None) == ALL_SUB


def test_a_lost_sub_stream_is_stood_in_for_in_everything() -> None:
    assert serve(Extent(160, 90), Supply(sub_lost=True), ALL_SUB) == Service(MAIN, MAIN)


def test_a_lost_main_stream_leaves_the_tile_to_the_sub_stream() -> None:
    lost = Supply(main_lost=True, sub_size=Extent(640, 360))
    assert serve(Extent(1920, 1080), lost, Service(MAIN, SUB)) == ALL_SUB


def test_when_both_are_lost_the_sub_stream_is_waited_for() -> None:
    assert serve(Extent(1920, 1080), Supply(main_lost=True, sub_lost=True), None) == ALL_SUB


@given(st.lists(st.integers(690, 718), min_size=1))
def test_a_tile_whose_size_trembles_around_the_border_changes_nothing(widths: list[int]) -> None:
    for start in (ALL_SUB, Service(MAIN, SUB)):
        service = start
        for width in widths:
            service = serve(Extent(width, 2000), WELL, service)
        assert service == start


@given(st.integers(1, 4000), st.integers(1, 4000), st.sampled_from([None, ALL_SUB, Service(MAIN, SUB)]))
def test_a_decision_stands_while_nothing_changes(width: int, height: int, before: Service | None) -> None:
    first = serve(Extent(width, height), WELL, before)
    assert serve(Extent(width, height), WELL, first) == first
    assert first.watch is SUB
