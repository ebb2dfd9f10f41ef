"""A server that failed is left alone, and no other one is."""

import pytest

from tests.fakes.clock import FakeClock
from vigint_core.domain.fault import Code
from vigint_desktop.pipeline.reserve import ASK_AGAIN_S, Reserve
from vigint_desktop.pipeline.server_link import Endpoint, ServerError

HERE, THERE = Endpoint("http://here", "key"), Endpoint("http://there", "key")
AWAY = ServerError(Code.SERVER_UNREACHABLE)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def reserve(clock: FakeClock) -> Reserve:
    return Reserve(clock, most_s=30.0)


def held_s(reserve: Reserve, clock: FakeClock, most_s: int = 2000) -> int:
    """Whole seconds until the server is asked again."""
    for second in range(most_s):
        if not reserve.holds(HERE):
            return second
        clock.advance(1.0)
    return most_s


def test_only_the_server_that_failed_is_left_alone(reserve: Reserve) -> None:
    assert not reserve.holds(HERE)
    assert reserve.failed(HERE, AWAY, lasting=False)
    assert reserve.holds(HERE)
    assert not reserve.holds(THERE)
    assert not reserve.holds(Endpoint(HERE.url, "another key"))


def test_the_pauses_grow_up_to_the_longest_one_until_it_answers(reserve: Reserve, clock: FakeClock) -> None:
    firsts, pauses = [], []
    for _ in range(10):
        firsts.append(reserve.failed(HERE, AWAY, lasting=False))
        pauses.append(held_s(reserve, clock))
    assert firsts == [True] + [False] * 9
    assert pauses[0] <= 1 < pauses[-1] <= 30
    reserve.answered()
    assert reserve.failed(HERE, AWAY, lasting=False)
    assert held_s(reserve, clock) <= 1


@pytest.mark.parametrize(("wish_s", "lasting", "held"), [(90.0, False, 90), (1e6, False, 600), (5.0, True, 600)])
def test_what_the_server_wishes_counts_within_bounds(
    reserve: Reserve, clock: FakeClock, wish_s: float, lasting: bool, held: int
) -> None:
    reserve.failed(HERE, ServerError(Code.SERVER_BUSY, retry_after_s=wish_s), lasting=lasting)
    assert held_s(reserve, clock) == held <= ASK_AGAIN_S


def test_a_server_that_is_there_again_is_asked_at_once(reserve: Reserve) -> None:
    reserve.pause(HERE, 100.0)
    assert reserve.holds(HERE)
    reserve.end()
    assert not reserve.holds(HERE)
