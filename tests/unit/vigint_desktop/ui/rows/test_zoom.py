"""The zoom keeps what is under the pointer, never shows beyond the edge, and meets the picture's own pixels."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigint_desktop.ui.rows.zoom import MOST, Zoom

shares = st.floats(0, 1)
steps = st.lists(st.tuples(st.floats(-12, 12), shares, shares), max_size=8)


def test_what_is_under_the_pointer_stays_there() -> None:
    zoom = Zoom().by(4, 0.3, 0.6)
    before = zoom.cut(1600, 900)
    under = before.x + 0.4 * before.width, before.y + 0.5 * before.height

    after = zoom.by(2, 0.4, 0.5).cut(1600, 900)

    assert (after.x + 0.4 * after.width, after.y + 0.5 * after.height) == pytest.approx(under)


@given(steps, st.lists(st.tuples(st.floats(-3, 3), st.floats(-3, 3)), max_size=5))
def test_nothing_beyond_the_edge_is_ever_shown(
    zooms: list[tuple[float, float, float]], moves: list[tuple[float, float]]
) -> None:
    zoom = Zoom()
    for by, across, down in zooms:
        zoom = zoom.by(by, across, down)
    for across, down in moves:
        zoom = zoom.moved(across, down)

    cut = zoom.cut(1920, 1080)

    assert 1.0 <= zoom.factor <= MOST
    assert cut.x >= -1e-6
    assert cut.y >= -1e-6
    assert cut.x + cut.width <= 1920 + 1e-6
    assert cut.y + cut.height <= 1080 + 1e-6


def test_the_whole_picture_is_no_zoom_and_nothing_is_smaller() -> None:
    assert not Zoom().on
    assert Zoom().by(3).by(-30) == Zoom()


def test_it_stops_at_the_pictures_own_pixels_when_it_comes_near() -> None:
    assert Zoom().by(3, native=2.0).factor == 2.0  # 1.25 ** 3 is 1.95
    assert Zoom().by(3, native=3.0).factor != 3.0


def test_moving_goes_by_what_is_on_screen() -> None:
    assert Zoom(4.0).moved(0.5, 0.0).x == pytest.approx(0.5 + 0.125)
