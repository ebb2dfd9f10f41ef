"""An incident's state, whatever comes first: what its desk says, or what the second looks decide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigint_core.domain.incident import Decision, IncidentState
from vigint_core.policy.decisions import decided, latest_word

SUSPECTED, CONFIRMED, VETOED, UNCONFIRMED = IncidentState
PENDING, CONFIRMS, VETOES = Decision
WINDOWS = ("w1", "w2", "w3")
OPEN = st.sampled_from((SUSPECTED, UNCONFIRMED))
states = st.sampled_from(list(IncidentState))
decisions = st.lists(st.sampled_from(list(Decision)), max_size=5)


@pytest.mark.parametrize(
    ("found", "told", "state"),
    [
        ([PENDING], SUSPECTED, SUSPECTED),
        ([PENDING], UNCONFIRMED, UNCONFIRMED),
        ([PENDING, CONFIRMS, VETOES], SUSPECTED, CONFIRMED),
        ([VETOES, VETOES], UNCONFIRMED, VETOED),
        ([VETOES, PENDING], UNCONFIRMED, UNCONFIRMED),
        ([PENDING], CONFIRMED, CONFIRMED),
        ([], CONFIRMED, CONFIRMED),
    ],
)
def test_the_second_looks_decide_and_until_then_the_desk_s_word_stands(
    found: list[Decision], told: IncidentState, state: IncidentState
) -> None:
    assert decided(found, told) is state


@given(decisions, states, st.randoms())
def test_the_order_of_windows_does_not_matter(found: list[Decision], told: IncidentState, random: Random) -> None:
    turned = list(found)
    random.shuffle(turned)
    assert decided(turned, told) is decided(found, told)


@given(decisions, st.lists(states, max_size=4), states)
def test_deciding_again_changes_nothing(
    found: list[Decision], before: list[IncidentState], told: IncidentState
) -> None:
    once = decided(found, told)
    for each in before:
        once = decided(found, latest_word(once, each, grew=False))
    assert decided(found, once) is once


@given(states, st.booleans())
def test_nothing_that_a_desk_says_undoes_a_confirmed_one(told: IncidentState, grew: bool) -> None:
    assert latest_word(CONFIRMED, told, grew) is CONFIRMED


@pytest.mark.parametrize("late", [SUSPECTED, UNCONFIRMED])
def test_a_veto_stands_against_a_late_repeat_and_falls_with_a_new_window(late: IncidentState) -> None:
    assert latest_word(VETOED, late, grew=False) is VETOED
    assert latest_word(VETOED, late, grew=True) is late
    assert latest_word(UNCONFIRMED, SUSPECTED, grew=False) is UNCONFIRMED


@dataclass(frozen=True)
class Put:
    """The desk tells of the first ``windows`` windows."""

    windows: int
    told: IncidentState


def after(arrivals: Sequence[Put | str], truth: Mapping[str, Decision]) -> IncidentState | None:
    """The state after puts and second looks in this order: as the server folds them, each time with what it knows."""
    kept: IncidentState | None = None
    windows: Sequence[str] = ()
    known: dict[str, Decision] = {}
    for each in arrivals:
        if isinstance(each, Put):
            word = each.told if kept is None else latest_word(kept, each.told, each.windows > len(windows))
            windows = WINDOWS[: each.windows]
        else:
            known[each] = truth[each]
            if kept is None or each not in windows:
                continue
            word = kept
        kept = decided([known.get(window, PENDING) for window in windows], word)
    return kept


@given(
    st.data(),
    st.lists(st.tuples(st.integers(1, 3), OPEN), min_size=1, max_size=4),
    st.lists(st.sampled_from((CONFIRMS, VETOES)), min_size=3, max_size=3),
)
def test_whatever_comes_first_the_end_is_the_same(
    data: st.DataObject, told: list[tuple[int, IncidentState]], found: list[Decision]
) -> None:
    """A desk's own words come in their order; the second looks at its windows come at any time, between any of them."""
    truth = dict(zip(WINDOWS, found, strict=True))
    grown = 0
    puts = [Put(grown := max(grown, windows), state) for windows, state in told]
    looks = data.draw(st.permutations(WINDOWS))
    places = data.draw(st.lists(st.integers(0, len(puts)), min_size=3, max_size=3))
    arrivals: list[Put | str] = list(puts)
    for look, place in sorted(zip(looks, places, strict=True), key=lambda each: -each[1]):
        arrivals.insert(place, look)

    mine = [truth[window] for window in WINDOWS[:grown]]
    assert after(arrivals, truth) is (CONFIRMED if CONFIRMS in mine else VETOED)
    assert after([*puts, *looks], truth) is after([*looks, *puts], truth) is after(arrivals, truth)
