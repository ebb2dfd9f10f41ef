"""When windows fall due: by example, and for any opening and closing of the gate."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigint_core.domain.window import Span
from vigint_core.policy.sampling import CLOSE_WATCH_S, SamplingRule, SamplingState, advance, without_overlap

RULE = SamplingRule(length_s=10.0, stride_s=5.0, preroll_s=3.0)


def _spans(rule: SamplingRule, looks: list[tuple[float, bool]], *, adaptive: bool = False) -> list[tuple[float, Span]]:
    """Every span with the time at which it fell due. ``adaptive``: nothing is ever suspected."""
    state, due = SamplingState(), []
    for now_s, gate_open in looks:
        state, spans = advance(
            without_overlap(rule) if adaptive and state.is_settled else rule, state, gate_open, now_s
        )
        due += [(now_s, span) for span in spans]
    return due


def _every_fifth(start_s: float, end_s: float, gate_open: bool) -> list[tuple[float, bool]]:
    first, last = round(start_s * 5), round(end_s * 5)
    return [(tick / 5, gate_open) for tick in range(first, last)]


@st.composite
def _rules(draw: st.DrawFn) -> SamplingRule:
    length = draw(st.integers(4, 20))
    return SamplingRule(length, draw(st.integers(2, length)), draw(st.integers(0, min(3, length - 1))))


@st.composite
def _looks(draw: st.DrawFn) -> list[tuple[float, bool]]:
    """Looks 0.1 to 0.3 s apart, with no gap, the gate open and shut for stretches of any length; shut at the end."""
    runs = draw(st.lists(st.integers(1, 120), min_size=1, max_size=6))
    states = itertools.chain.from_iterable([index % 2 == 0] * run for index, run in enumerate(runs))
    gaps = itertools.cycle(draw(st.lists(st.sampled_from([0.1, 0.2, 0.3]), min_size=1, max_size=5)))
    looks, now_s = [], 1000.0
    for gate_open in [*states, False]:
        looks.append((now_s, gate_open))
        now_s += next(gaps)
    return looks


def test_a_closed_gate_makes_no_window() -> None:
    assert _spans(RULE, _every_fifth(0, 100, gate_open=False)) == []


def test_the_first_window_reaches_back_over_the_preroll() -> None:
    (due_s, span), *_ = _spans(RULE, _every_fifth(100, 120, gate_open=True))

    assert span == Span(97.0, 107.0)
    assert due_s == 107.0


def test_while_the_gate_is_open_another_window_follows_every_stride() -> None:
    ends = [span.end_s for _, span in _spans(RULE, _every_fifth(100, 125, gate_open=True))]

    assert ends == [107.0, 112.0, 117.0, 122.0]


def test_a_short_activity_makes_one_window_when_it_ends() -> None:
    looks = _every_fifth(100, 102, gate_open=True) + _every_fifth(102, 130, gate_open=False)

    assert [span for _, span in _spans(RULE, looks)] == [Span(92.0, 102.0)]


def test_closing_at_the_moment_a_window_fell_due_makes_no_second_one() -> None:
    state, due = advance(RULE, SamplingState(), True, 100.0)
    state, due = advance(RULE, state, True, 107.0)
    assert due == (Span(97.0, 107.0),)

    state, due = advance(RULE, state, False, 107.0)

    assert due == ()
    assert state.next_end_s is None


def test_windows_without_overlap_leave_nothing_out_when_the_gate_closes_between_two_looks() -> None:
    rule = SamplingRule(length_s=10.0, stride_s=10.0, preroll_s=0.0)
    state, _ = advance(rule, SamplingState(), True, 100.0)
    state, first = advance(rule, state, True, 110.0)

    _, last = advance(rule, state, False, 120.2)

    assert (*first, *last) == (Span(100.0, 110.0), Span(110.0, 120.2))


def test_a_gate_that_is_found_closed_after_a_gap_makes_a_window_of_the_usual_length() -> None:
    state, _ = advance(RULE, SamplingState(), True, 100.0)

    _, due = advance(RULE, state, False, 160.0)

    assert due == (Span(150.0, 160.0),)


def test_after_a_gap_in_the_looks_only_the_latest_due_window_is_made() -> None:
    state, _ = advance(RULE, SamplingState(), True, 100.0)

    state, due = advance(RULE, state, True, 133.0)

    assert due == (Span(122.0, 132.0),)
    assert state.next_end_s == 137.0


def test_without_overlap_windows_follow_each_other() -> None:
    assert without_overlap(SamplingRule(10.0, 5.0, 3.0, adaptive=True)) == SamplingRule(10.0, 10.0, 3.0, adaptive=True)
    assert without_overlap(SamplingRule(10.0, 15.0)) == SamplingRule(10.0, 15.0), "a longer stride stays"


def test_an_activity_is_settled_after_its_first_two_windows_and_another_one_is_not() -> None:
    state, seen = SamplingState(), []
    for now_s, gate_open in [*_every_fifth(100, 113, gate_open=True), *_every_fifth(113, 120, gate_open=False)]:
        state, _ = advance(RULE, state, gate_open, now_s)
        seen.append((now_s, state.is_settled))

    assert next(now_s for now_s, settled in seen if settled) == 112.0, "the second window fell due"
    assert not state.is_settled
    state, _ = advance(RULE, state, True, 120.0)
    assert not state.is_settled


def test_an_adaptive_stride_overlaps_at_the_beginning_only() -> None:
    looks = [*_every_fifth(100, 141, gate_open=True), *_every_fifth(141, 142, gate_open=False)]

    ends = [span.end_s for _, span in _spans(RULE, looks, adaptive=True)]

    assert ends == [107.0, 112.0, 117.0, 127.0, 137.0, 141.0]


def test_a_close_watch_outlasts_what_usually_follows_a_suspicion() -> None:
    assert 2 * RULE.length_s + RULE.stride_s <= CLOSE_WATCH_S


@pytest.mark.parametrize(("length_s", "stride_s", "preroll_s"), [(10, 0, 3), (10, 5, 10), (10, 5, -1), (0, 0, 0)])
def test_a_rule_without_sense_is_refused(length_s: float, stride_s: float, preroll_s: float) -> None:
    with pytest.raises(ValueError, match="a window needs"):
        SamplingRule(length_s, stride_s, preroll_s)


@given(_rules(), _looks(), st.booleans())
def test_no_second_of_an_open_gate_is_left_without_a_window(
    rule: SamplingRule, looks: list[tuple[float, bool]], adaptive: bool
) -> None:
    spans = [span for _, span in _spans(rule, looks, adaptive=adaptive)]

    for (start_s, was_open), (end_s, _) in itertools.pairwise(looks):
        if was_open:
            middle_s = (start_s + end_s) / 2
            assert any(span.start_s <= middle_s <= span.end_s for span in spans), f"nobody looks at {middle_s}"


@given(_rules(), _looks())
def test_windows_have_the_length_asked_for_and_lie_in_the_past(
    rule: SamplingRule, looks: list[tuple[float, bool]]
) -> None:
    for due_s, span in _spans(rule, looks):
        assert rule.length_s - 1e-6 <= span.length_s <= rule.length_s + 0.31
        assert span.end_s <= due_s
        assert due_s - span.end_s < 0.31 + 1e-6, "judged as soon as it can be"


@given(_rules(), _looks())
def test_an_adaptive_stride_never_makes_more_windows(rule: SamplingRule, looks: list[tuple[float, bool]]) -> None:
    assert len(_spans(rule, looks, adaptive=True)) <= len(_spans(rule, looks))


@given(_rules(), _looks())
def test_no_more_windows_than_strides_and_closings(rule: SamplingRule, looks: list[tuple[float, bool]]) -> None:
    open_s = sum(after[0] - before[0] for before, after in itertools.pairwise(looks) if before[1])
    closings = sum(before[1] and not after[1] for before, after in itertools.pairwise(looks))

    assert len(_spans(rule, looks)) <= open_s / rule.stride_s + 2 * closings + 1
