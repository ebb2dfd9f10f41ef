"""Every second is in exactly one state, whatever is claimed of it: against a count second by second."""

from collections import Counter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from vigint_core.domain.coverage import Cover, CoverRun
from vigint_core.domain.fault import Code
from vigint_core.domain.window import Span
from vigint_core.policy.coverage import Claim, Layer, count, is_gap, is_spared, splice, totals, whole

START_S, END_S = 1_800_000_000, 1_800_000_040
_BASE = (Cover.NOT_LOOKED_AT, Cover.QUIET, Cover.OFFLINE, Cover.OFF)
_ACTIVITY = (Cover.NOT_LOOKED_AT, Cover.LOCAL_ONLY, Cover.WAITING)
_WINDOW = (Cover.NOT_LOOKED_AT, Cover.WAITING, Cover.CLEAR, Cover.VETOED, Cover.INCIDENT)
_ORDER = {Layer.BASE: _BASE, Layer.ACTIVITY: _ACTIVITY, Layer.WINDOW: _WINDOW}  # the later one wins
_REASONS = {
    Cover.NOT_LOOKED_AT: st.sampled_from([Code.AI_NO_KEY, Code.PIPELINE_OVERLOAD, Code.BUDGET_SPENT]),
    Cover.CLEAR: st.sampled_from([None, Code.BUDGET_FEWER_FRAMES, Code.BUDGET_LONGER_STRIDE]),
    Cover.LOCAL_ONLY: st.sampled_from([None, Code.BUDGET_HIGH_VALUE_ONLY, Code.BUDGET_LOCAL_ONLY]),
}


@st.composite
def claims(draw: st.DrawFn) -> Claim:
    layer = draw(st.sampled_from(Layer))
    cover = draw(st.sampled_from(_ORDER[layer]))
    start_s = START_S + draw(st.integers(-50, 500)) / 10
    span = Span(start_s, start_s + draw(st.integers(0, 200)) / 10)
    return Claim(layer, span, cover, draw(_REASONS.get(cover, st.none())))


def expected(second: int, claimed: list[Claim]) -> Cover:
    """By the issue's own words, for one second alone."""
    here = [c for c in claimed if c.span.start_s <= second + 0.5 < c.span.end_s]
    for layer in (Layer.WINDOW, Layer.ACTIVITY, Layer.BASE):
        for cover in reversed(_ORDER[layer]):
            if any(c.layer is layer and c.cover is cover for c in here):
                return cover
    return Cover.NOT_LOOKED_AT


def states(runs: tuple[CoverRun, ...] | list[CoverRun]) -> list[Cover]:
    return [run.cover for run in runs for _ in range(run.length_s)]


@given(st.lists(claims(), max_size=12))
def test_every_second_is_in_the_state_that_its_claims_give_it(claimed: list[Claim]) -> None:
    runs = count(claimed, START_S, END_S)

    assert states(runs) == [expected(second, claimed) for second in range(START_S, END_S)]
    assert (runs[0].start_s, runs[-1].end_s) == (START_S, END_S)
    assert all(a.end_s == b.start_s and (a.cover, a.reason) != (b.cover, b.reason) for a, b in pairwise(runs))
    assert all(run.reason is None or run.cover in _REASONS for run in runs)
    assert all(run.reason is not None for run in runs if run.cover is Cover.NOT_LOOKED_AT)


@given(st.lists(claims(), max_size=8).flatmap(lambda known: st.tuples(st.just(known), st.permutations(known))))
def test_the_order_in_which_claims_come_changes_nothing(claimed: tuple[list[Claim], list[Claim]]) -> None:
    one, other = claimed

    assert count(one, START_S, END_S) == count(other, START_S, END_S)


@given(st.lists(claims(), max_size=8), st.lists(claims(), max_size=8), st.integers(0, 40), st.integers(0, 40))
def test_a_part_that_is_counted_again_takes_the_place_of_what_it_was(
    before: list[Claim], after: list[Claim], one: int, other: int
) -> None:
    first, last = START_S + min(one, other), START_S + max(one, other)
    known = list(count(before, START_S, END_S))
    was = states(known)

    replaced = splice(known, count(after, first, last) if first < last else (), first, last)

    assert states(replaced) == was[first - START_S : last - START_S]
    assert states(known) == [
        *was[: first - START_S],
        *(expected(second, after) for second in range(first, last)),
        *was[last - START_S :],
    ]
    assert all(a.end_s == b.start_s and (a.cover, a.reason) != (b.cover, b.reason) for a, b in pairwise(known))


@given(st.lists(claims(), max_size=12), st.integers(-10, 50), st.integers(-10, 50))
def test_the_sums_are_exact_to_the_second(claimed: list[Claim], one: int, other: int) -> None:
    first, last = START_S + min(one, other), START_S + max(one, other)
    runs = count(claimed, START_S, END_S)
    inside = [expected(second, claimed) for second in range(max(first, START_S), min(last, END_S))]

    summed = totals(runs, first, last)

    assert summed.seconds == Counter(inside)
    assert summed.seconds.total() == len(inside)
    off = inside.count(Cover.OFF)
    looked = sum(cover in {Cover.QUIET, Cover.CLEAR, Cover.VETOED, Cover.INCIDENT} for cover in inside)
    assert summed.share == (looked / (len(inside) - off) if len(inside) > off else None)
    assert summed.gaps.total() == len(inside) - off - looked
    of_runs = [run for run in runs for second in range(run.start_s, run.end_s) if first <= second < last]
    assert summed.spared == Counter(run.reason for run in of_runs if is_spared(run))


def test_seconds_nobody_claims_had_no_picture() -> None:
    (run,) = count([], START_S, END_S)

    assert run == CoverRun(START_S, END_S, Cover.NOT_LOOKED_AT, Code.PIPELINE_NO_PICTURES)
    assert is_gap(run)


def test_movement_that_the_budget_keeps_from_the_ai_is_a_gap_and_a_spared_look_is_none() -> None:
    local = CoverRun(START_S, START_S + 10, Cover.LOCAL_ONLY, Code.BUDGET_LOCAL_ONLY)
    spared = CoverRun(START_S + 10, START_S + 30, Cover.CLEAR, Code.BUDGET_FEWER_FRAMES)
    full = CoverRun(START_S + 30, END_S, Cover.CLEAR)

    summed = totals([local, spared, full], START_S, END_S)

    assert [is_gap(run) for run in (local, spared, full)] == [True, False, False]
    assert [is_spared(run) for run in (local, spared, full)] == [False, True, False]
    assert summed.gaps == {(Cover.LOCAL_ONLY, Code.BUDGET_LOCAL_ONLY): 10}
    assert (summed.spared, summed.looked_s) == ({Code.BUDGET_FEWER_FRAMES: 20}, 30)


def test_a_second_that_two_looks_share_says_what_one_of_them_was_spared() -> None:
    looks = [
        Claim(Layer.WINDOW, Span(START_S, START_S + 10), Cover.CLEAR),
        Claim(Layer.WINDOW, Span(START_S + 5, END_S), Cover.CLEAR, Code.BUDGET_LONGER_STRIDE),
    ]

    assert count(looks, START_S, END_S) == (
        CoverRun(START_S, START_S + 5, Cover.CLEAR),
        CoverRun(START_S + 5, END_S, Cover.CLEAR, Code.BUDGET_LONGER_STRIDE),
    )


def test_spans_that_touch_share_no_second_and_leave_none_out() -> None:
    middle_s = START_S + 7.3
    quiet = Claim(Layer.BASE, Span(START_S, middle_s), Cover.QUIET)
    away = Claim(Layer.BASE, Span(middle_s, END_S), Cover.OFFLINE, Code.CAMERA_LOST)

    first, second = count([quiet, away], START_S, END_S)

    assert (first.end_s, second.reason) == (START_S + 7, Code.CAMERA_LOST)
    assert [whole(7.3), whole(7.5), whole(7.6)] == [7, 7, 8]


def test_seconds_that_were_clear_by_less_are_looked_at_and_summed_by_what_was_spared() -> None:
    less = Claim(Layer.WINDOW, Span(START_S, START_S + 5), Cover.CLEAR, Code.BUDGET_FEWER_FRAMES)
    plain = Claim(Layer.WINDOW, Span(START_S + 5, END_S), Cover.CLEAR)

    summed = totals(count([less, plain], START_S, END_S), START_S, END_S)

    assert summed.spared == {Code.BUDGET_FEWER_FRAMES: 5}
    assert (summed.share, summed.gaps.total()) == (1.0, 0)
