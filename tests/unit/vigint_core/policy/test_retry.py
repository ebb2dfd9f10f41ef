"""Delays grow, stay bounded, and are spread."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigint_core.policy.retry import CAMERA_BACK_OFF, BackOff


def test_delays_double_up_to_the_longest() -> None:
    back_off = BackOff(first_s=0.5, factor=2.0, most_s=5.0, jitter=0.0)

    assert [back_off.delay_s(failures, 0.0) for failures in range(1, 7)] == [0.5, 1.0, 2.0, 4.0, 5.0, 5.0]


def test_jitter_only_shortens() -> None:
    back_off = BackOff(first_s=10.0, jitter=0.2)

    assert back_off.delay_s(1, 0.0) == 10.0
    assert back_off.delay_s(1, 0.5) == pytest.approx(9.0)


@given(st.integers(-5, 10**9), st.floats(0, 1, exclude_max=True))
def test_any_number_of_failures_gives_a_delay_within_bounds(failures: int, chance: float) -> None:
    delay = BackOff().delay_s(failures, chance)

    assert 0.4 <= delay <= 30.0


@given(st.integers(1, 200), st.floats(0, 0.999), st.floats(0, 60))
def test_in_the_first_minute_a_camera_is_tried_every_second_or_so(
    failures: int, chance: float, outage_s: float
) -> None:
    assert 0 < CAMERA_BACK_OFF.delay_s(failures, chance, outage_s) <= 1.0


@given(st.floats(60, 1e6), st.floats(0, 0.999))
def test_later_a_camera_is_tried_less_often_but_always_again(outage_s: float, chance: float) -> None:
    delay_s = CAMERA_BACK_OFF.delay_s(1000, chance, outage_s)
    assert 0.5 <= delay_s <= 30.0
    assert delay_s <= 1.0 + outage_s / 2


def test_an_outage_that_lasts_is_waited_out_with_growing_patience() -> None:
    outage_s, delays = 60.0, []
    while not delays or delays[-1] < 30.0:
        delays.append(CAMERA_BACK_OFF.delay_s(1000, 0.0, outage_s))
        outage_s += delays[-1]
    assert delays == sorted(delays)
    assert delays[0] == 1.0
    assert outage_s < 240.0
