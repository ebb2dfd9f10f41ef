"""When somebody who hears nothing asks."""

from hypothesis import given
from hypothesis import strategies as st

from vigint_core.policy.asking import FIRST_S, LONGEST_S, next_s


def test_soon_at_first_then_every_minute_for_ten() -> None:
    asked, at_s = [FIRST_S], FIRST_S
    while (then_s := next_s(at_s)) is not None:
        at_s = then_s
        asked.append(at_s)

    assert asked == [2, 5, 10, 20, 80, 140, 200, 260, 320, 380, 440, 500, 560]


@given(st.floats(0, 1e6))
def test_it_is_always_later_and_never_too_late(elapsed_s: float) -> None:
    then_s = next_s(elapsed_s)
    assert then_s is None or elapsed_s < then_s <= LONGEST_S
    assert then_s is not None or elapsed_s >= LONGEST_S - 60
