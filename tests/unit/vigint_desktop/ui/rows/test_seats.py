"""Cameras find their places again, whoever came and went meanwhile."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigint_core.domain.ids import CameraId
from vigint_desktop.ui.rows.grid import AUTO, LAYOUTS
from vigint_desktop.ui.rows.seats import MOST_NAMED, page, page_of, pages, seats, swapped

A, B, C, D = (CameraId(letter) for letter in "abcd")
IDS = st.lists(st.sampled_from("abcdefgh"), unique=True).map(lambda ids: [CameraId(i) for i in ids])
NAMED = st.lists(st.sampled_from(["", *"abcdefgh"]))


def test_without_an_order_by_hand_it_is_the_owners() -> None:
    assert seats((), [A, B, C], "4") == (A, B, C)


def test_an_order_by_hand_is_kept_with_its_empty_places() -> None:
    assert seats(["c", "", "a"], [A, B, C], "4") == (C, None, A, B)
    assert seats(["c", "", "a"], [A, B, C], AUTO) == (C, A, B)


def test_a_newcomer_takes_the_place_of_one_that_is_gone() -> None:
    assert seats(["a", "gone", "b"], [A, B, D], "4") == (A, D, B)
    assert seats(["a", "gone", "b"], [A, B], "4") == (A, None, B)


def test_a_camera_named_twice_sits_once() -> None:
    assert seats(["a", "a", "b"], [A, B], "4") == (A, None, B)


@given(NAMED, IDS, st.sampled_from(LAYOUTS))
def test_every_camera_has_exactly_one_seat_on_some_page(named: list[str], cameras: list[CameraId], layout: str) -> None:
    order = seats(named, cameras, layout)
    shown = [seat for number in range(pages(order, layout)) for seat in page(order, layout, number)]

    assert sorted(camera for camera in shown if camera is not None) == sorted(cameras)
    assert all(page_of(order, layout, camera) is not None for camera in cameras)


def test_pages_are_filled_up_with_empty_places() -> None:
    order = seats((), [A, B, C, D, CameraId("e")], "4")

    assert pages(order, "4") == 2
    assert page(order, "4", 1) == (CameraId("e"), None, None, None)
    assert page_of(order, "4", CameraId("e")) == 1
    assert page_of(order, "4", CameraId("nobody")) is None


def test_no_camera_is_still_a_page() -> None:
    assert pages((), "4") == 1
    assert page((), "4", 0) == (None, None, None, None)
    assert page((), AUTO, 0) == ()


def test_swapping_twice_is_as_before() -> None:
    order = seats((), [A, B, C], "4")
    once = swapped((), order, 0, 2)
    twice = swapped(once, seats(once, [A, B, C], "4"), 0, 2)

    assert once == ("c", "b", "a")
    assert seats(twice, [A, B, C], "4") == order


def test_a_camera_can_move_to_an_empty_place_behind_the_last_one() -> None:
    moved = swapped((), (A, B), 0, 3)

    assert seats(moved, [A, B], "4") == (None, B, None, A)


@pytest.mark.parametrize("layout", ["4", AUTO])
def test_a_camera_that_is_away_while_others_swap_is_remembered(layout: str) -> None:
    named = ("a", "away", "b", "c")
    order = seats(named, [A, B, C], layout)
    after = swapped(named, order, order.index(B), order.index(C))

    assert set(seats(after, [A, B, C, CameraId("away")], layout)) == {A, B, C, CameraId("away")}
    assert "away" in after


def test_an_away_camera_keeps_its_empty_place() -> None:
    named = ("a", "away", "b")
    after = swapped(named, seats(named, [A, B], "4"), 0, 2)

    assert seats(after, [A, B, CameraId("away")], "4") == (B, CameraId("away"), A)


def test_what_is_remembered_is_bounded() -> None:
    named = tuple(f"gone{number}" for number in range(2 * MOST_NAMED))

    assert len(swapped(named, (A, B), 0, 1)) == MOST_NAMED
