import numpy as np
import pytest
from numpy.typing import NDArray

from vigint_core.domain.zone import Line, Scene
from vigint_core.policy.rules import RuleKind
from vigint_desktop.pipeline.sentry import Sentry, spots_of

ACROSS = Line("l1", "Back door", (0.5, 1.0), (0.5, 0.0))


def heat(*boxes: tuple[int, int, int, int]) -> NDArray[np.float32]:
    """Heat of 2 in boxes of (top, bottom, left, right) cells, of 20 x 40."""
    made = np.zeros((20, 40), np.float32)
    for top, bottom, left, right in boxes:
        made[top:bottom, left:right] = 2.0
    return made


def test_a_spot_is_where_a_body_stands() -> None:
    (spot,) = spots_of(heat((4, 12, 10, 14)))
    assert spot == pytest.approx((0.3, 0.6), abs=0.03)
    assert spots_of(heat()) == ()


def test_two_bodies_are_two_spots_and_a_body_in_pieces_is_one() -> None:
    assert len(spots_of(heat((4, 12, 2, 6), (4, 12, 30, 34)))) == 2
    assert len(spots_of(heat((4, 8, 10, 14), (9, 12, 10, 14)))) == 1


def test_who_walks_over_a_line_is_told() -> None:
    sentry = Sentry(Scene(lines=(ACROSS,)))
    told = []
    for step in range(30):
        told += sentry.look(step / 5, heat((4, 12, 3 + step, 7 + step)), {"": 2.0}, occupied=False)

    assert [hit.place for hit in told if hit.kind is RuleKind.CROSSING] == ["Back door"]


def test_after_a_rest_whoever_is_there_is_told_anew() -> None:
    sentry = Sentry(Scene())

    def told(start_s: float) -> list[bool]:
        return [
            hit.fresh for tick in range(5) for hit in sentry.look(start_s + tick / 5, None, {"": 2.0}, occupied=False)
        ]

    assert told(0) == [True]
    assert told(1) == []
    sentry.rest()
    assert told(2) == [True]
