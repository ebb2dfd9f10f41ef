"""An allowance is never passed in any span, whoever asks when, and nobody who asks goes without for ever."""

from dataclasses import dataclass, field
from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigint_core.policy.allowance import SLOTS, Back, Rule, Tally, lease

MINUTE = Rule(100, 60.0)
AT_S = 1_800_000_000.0


@dataclass
class Shared:
    """The one account."""

    tally: Tally = field(default_factory=dict)


@dataclass
class Taker:
    """One process: it spends what it holds, and comes for more with what it has left."""

    rule: Rule
    shared: Shared
    slot: int = 0
    balance: int = 0
    used: int = 0

    def spend(self, units: int, now_s: float) -> bool:
        if self.rule.slot(now_s) > self.slot or self.balance < units:
            needs = units, self.rule.block(units, self.used)
            got = lease(self.rule, self.shared.tally, Back(self.slot, self.balance), needs, now_s)
            self.shared.tally = got.tally
            if got.slot != self.slot:
                self.slot, self.used = got.slot, 0
            self.balance = got.granted
            if not got.granted:
                return False
        self.balance -= units
        self.used += units
        return True


steps = st.lists(
    st.tuples(st.integers(0, 4), st.integers(1, 12), st.sampled_from([0.0, 0.001, 0.3, 1.0, 2.9, 3.0, 11.0, 61.0])),
    max_size=150,
)


@given(steps, st.sampled_from([12, 13, 40, 100, 1000]))
def test_no_span_ever_holds_more_than_the_rule(walk: list[tuple[int, int, float]], most: int) -> None:
    rule, shared = Rule(most, 60.0), Shared()
    takers = [Taker(rule, shared) for _ in range(5)]
    times = accumulate((pause for _, _, pause in walk), initial=AT_S)
    asked = zip(walk, times, strict=False)
    spent = [(at_s, units) for (who, units, _), at_s in asked if takers[who].spend(units, at_s)]
    for end_s, _ in spent:
        assert sum(units for at_s, units in spent if end_s - 60.0 < at_s <= end_s) <= most


@given(steps)
def test_the_account_stays_small_and_is_never_below_nothing(walk: list[tuple[int, int, float]]) -> None:
    shared, now_s = Shared(), AT_S
    takers = [Taker(MINUTE, shared) for _ in range(5)]
    for who, units, pause in walk:
        now_s += pause
        takers[who].spend(units, now_s)
        assert len(shared.tally) <= SLOTS + 1
        assert all(each >= 0 for each in shared.tally.values())
        assert sum(shared.tally.values()) <= MINUTE.most


def test_all_of_it_can_be_used_by_one_alone() -> None:
    taker = Taker(MINUTE, Shared())
    assert [taker.spend(1, AT_S + number * 0.01) for number in range(101)] == [True] * 100 + [False]


def test_what_can_be_used_for_ever_is_nearly_the_rule() -> None:
    taker = Taker(MINUTE, Shared())
    used = sum(taker.spend(1, AT_S + tenth * 0.1) for tenth in range(6300 * 10))
    assert used >= 100 * 105 * SLOTS / (SLOTS + 1)


@pytest.mark.parametrize("others", [1, 3, 7])
def test_nobody_goes_without_for_longer_than_a_span_and_two_slots(others: int) -> None:
    """Also beside takers who ask for everything all the time, in an order that is always theirs first."""
    shared = Shared()
    greedy = [Taker(MINUTE, shared) for _ in range(others)]
    modest, served = Taker(MINUTE, shared), [AT_S]
    for tenth in range(3000):
        now_s = AT_S + tenth * 0.1
        for each in greedy:
            each.spend(1, now_s)
        if modest.spend(1, now_s):
            served.append(now_s)
    gaps = [after - before for before, after in pairwise(served)]
    assert max(gaps) <= 60.0 + 2 * 60.0 / SLOTS
    assert served[-1] > AT_S + 300 - 70


def test_few_requests_cost_no_more_than_they_are() -> None:
    """A key that is used now and then, on eight processes in turn, never meets its limit."""
    shared = Shared()
    takers = [Taker(MINUTE, shared) for _ in range(8)]
    assert all(takers[number % 8].spend(1, AT_S + number * 0.8) for number in range(500))


def test_the_time_to_wait_is_when_there_is_room() -> None:
    full = lease(MINUTE, {MINUTE.slot(AT_S): 100}, None, (1, 1), AT_S)
    assert (full.granted, full.left) == (0, 0)
    assert lease(MINUTE, full.tally, None, (1, 1), AT_S + full.wait_s - 0.01).granted == 0
    assert lease(MINUTE, full.tally, None, (1, 1), AT_S + full.wait_s + 0.01).granted == 1


def test_the_time_to_wait_for_much_is_when_enough_has_fallen_out() -> None:
    slot = MINUTE.slot(AT_S)
    refused = lease(MINUTE, {slot - 2: 10, slot - 1: 10, slot: 80}, None, (15, 15), AT_S)
    assert refused.granted == 0
    assert refused.wait_s == pytest.approx(MINUTE.begin_s(slot + SLOTS) - AT_S)


def test_nobody_takes_the_rest_from_all_others() -> None:
    assert lease(MINUTE, {}, None, (1, 1000), AT_S).granted == 25
    assert lease(MINUTE, {MINUTE.slot(AT_S): 98}, None, (1, 1000), AT_S).granted == 1


def test_a_clock_that_is_behind_takes_from_the_latest_slot() -> None:
    slot = MINUTE.slot(AT_S)
    behind = lease(MINUTE, {slot + 1: 99}, None, (1, 1), AT_S)
    assert (behind.granted, behind.slot, behind.tally) == (1, slot + 1, {slot + 1: 100})


def test_a_clock_that_was_set_back_a_day_forgets_the_time_that_never_was() -> None:
    slot = MINUTE.slot(AT_S)
    assert lease(MINUTE, {slot + 30_000: 100}, None, (1, 1), AT_S).tally == {slot: 1}


def test_what_comes_back_late_changes_nothing() -> None:
    slot = MINUTE.slot(AT_S)
    assert lease(MINUTE, {slot: 5}, Back(slot - 100, 9), (1, 1), AT_S).tally == {slot: 6}
    assert lease(MINUTE, {slot: 5}, Back(slot, 9), (1, 1), AT_S).tally == {slot: 1}
