"""Delays grow, stay bounded, and are spread."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigint_core.policy.retry import BackOff


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
