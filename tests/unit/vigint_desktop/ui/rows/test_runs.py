"""Neighbouring windows of one result are one run; none is lost, none hides another."""

from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.moments import window
from vigint_core.domain.fault import Code
from vigint_core.domain.status import WindowResult
from vigint_core.domain.window import Span
from vigint_desktop.ui.rows.runs import coalesce, joined

CLEAR, MISSED = WindowResult.CLEAR, WindowResult.NOT_ANALYSED


def test_overlapping_windows_of_one_result_make_one_run() -> None:
    (run,) = coalesce([window(n, 100 + 5 * n) for n in range(4)])

    assert run.span == Span(100, 125)
    assert run.count == 4


def test_a_gap_ends_a_run() -> None:
    assert [r.span for r in coalesce([window(0, 0), window(1, 30)])] == [Span(0, 10), Span(30, 40)]


def test_windows_that_were_not_analysed_for_different_reasons_stay_apart() -> None:
    runs = coalesce([window(0, 0, MISSED, Code.AI_NO_KEY), window(1, 5, MISSED, Code.AI_TIMEOUT)])

    assert {run.reason for run in runs} == {Code.AI_NO_KEY, Code.AI_TIMEOUT}


def test_a_window_of_another_result_between_does_not_hide_in_a_run() -> None:
    runs = coalesce([window(0, 0), window(1, 5, WindowResult.SUSPECTED), window(2, 10)])

    assert [(r.result, r.count) for r in runs] == [(CLEAR, 2), (WindowResult.SUSPECTED, 1)]


@given(st.lists(st.tuples(st.integers(0, 300), st.sampled_from(list(WindowResult))), max_size=40))
def test_no_window_is_lost_and_joining_twice_changes_nothing(made: list[tuple[int, WindowResult]]) -> None:
    runs = coalesce([window(n, float(start), result) for n, (start, result) in enumerate(made)])

    assert sum(run.count for run in runs) == len(made)
    assert joined(runs) == runs


def test_what_was_saved_on_says_so() -> None:
    saved, missed = coalesce([window(0, 0, MISSED, Code.PIPELINE_SAVING), window(1, 100, MISSED, Code.AI_TIMEOUT)])

    assert (saved.look, missed.look) == ("saving", "not_analysed")


def test_what_was_clear_by_less_is_no_plain_clear_and_no_run_with_it() -> None:
    plain, spared = coalesce(
        [window(0, 0, WindowResult.CLEAR), window(1, 5, WindowResult.CLEAR, Code.BUDGET_FEWER_FRAMES)]
    )

    assert (plain.look, spared.look) == ("clear", "spared")
