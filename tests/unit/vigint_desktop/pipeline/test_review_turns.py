"""Whose turn it is: nothing that can't be brought keeps anything else from being brought."""

import pytest

from tests.fakes.clock import FakeClock
from vigint_core.domain.ids import IncidentId
from vigint_desktop.pipeline.review_turns import ReviewTurns

A, B, C = IncidentId("a"), IncidentId("b"), IncidentId("c")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    monkeypatch.setattr("random.random", lambda: 0.0)  # every delay at its longest
    return FakeClock()


def test_the_oldest_comes_first(clock: FakeClock) -> None:
    assert ReviewTurns(clock).due([B, A]) == [B, A]


def test_what_was_tried_in_vain_is_due_after_all_others(clock: FakeClock) -> None:
    turns = ReviewTurns(clock)
    turns.tried(A)
    turns.tried(A)
    turns.tried(B)
    assert turns.due([A, B, C]) == [C, B, A]


def test_what_is_put_off_has_more_time_after_each_failure(clock: FakeClock) -> None:
    turns, delays = ReviewTurns(clock), []
    turns.tried(A)
    for _ in range(8):
        turns.put_off(A)
        delays.append(0.0)
        while not turns.due([A]):
            clock.advance(0.5)
            delays[-1] += 0.5
    assert delays == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]


def test_a_new_beginning_is_as_if_nothing_had_been_tried(clock: FakeClock) -> None:
    turns = ReviewTurns(clock)
    for name in (A, B, C):
        turns.put_off(name)
    assert turns.due([A, B, C]) == []
    turns.forget(A)
    turns.keep_only({A, C})
    assert turns.due([A, B, C]) == [A, B]
    turns.begin_anew()
    assert turns.due([A, B, C]) == [A, B, C]
