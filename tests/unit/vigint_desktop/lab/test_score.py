"""What a score counts: every figure by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.lab import CLEAR, FAILED, call, judged, suspected
from vigint_core.domain.fault import Code
from vigint_core.domain.verdict import NotAnalysed, Outcome
from vigint_core.domain.window import Span
from vigint_desktop.lab.labels import LabelledIncident
from vigint_desktop.lab.score import Fate, JudgedWindow, Score, score, waits


def scored(
    *windows: JudgedWindow, labels: tuple[tuple[float, float], ...] = ((12.0, 18.0),), first_look: bool = False
) -> Score:
    """A clip "a" of ten minutes with these incidents."""
    incidents = [LabelledIncident(Span(*span)) for span in labels]
    return score(windows, {"a": incidents}, 600.0, first_look=first_look)


def fates(found: Score) -> list[Fate]:
    return [outing.fate for outing in found.outings]


def test_a_confirmed_window_that_cites_the_act_finds_it() -> None:
    found = scored(judged("a", (10, 20), suspected(5.0), suspected(5.0)))

    assert fates(found) == [Fate.FOUND]
    assert (found.recall, found.precision, found.false_alarms_an_hour) == (1.0, 1.0, 0.0)
    (alert,) = found.alerts
    assert (alert.cited_s, alert.right, alert.kind) == ((15.0,), True, "concealment")


def test_the_second_look_s_own_moments_count_and_not_the_first_one_s() -> None:
    found = scored(judged("a", (10, 20), suspected(5.0), suspected(9.9)))

    assert fates(found) == [Fate.ELSEWHERE]
    assert [alert.cited_s for alert in found.alerts] == [(19.9,)]
    assert (found.recall, found.precision, found.false_alarms_an_hour) == (0.0, 0.0, 6.0)


@pytest.mark.parametrize(("at_s", "right"), [(0.9, False), (1.0, True), (9.0, True), (9.1, False)])
def test_a_moment_may_be_a_second_off(at_s: float, right: bool) -> None:
    found = scored(judged("a", (10, 20), suspected(at_s), suspected(at_s)))

    assert [alert.right for alert in found.alerts] == [right]
    assert fates(found) == [Fate.FOUND if right else Fate.ELSEWHERE]


def test_windows_of_one_act_are_one_alert() -> None:
    sure = suspected(5.0)
    found = scored(*(judged("a", (start_s, start_s + 10), sure, sure) for start_s in (15, 5, 10)))

    assert len(found.alerts) == 1
    assert found.alerts[0].span == Span(5, 25)


def test_what_is_further_apart_than_a_group_is_told_again() -> None:
    sure = suspected(5.0)
    found = scored(judged("a", (10, 20), sure, sure), judged("a", (51, 61), sure, sure))

    assert [alert.right for alert in found.alerts] == [True, False]
    assert (found.precision, found.false_alarms_an_hour) == (0.5, 6.0)


def test_one_alert_may_find_two_incidents() -> None:
    found = scored(judged("a", (10, 20), suspected(3, 9), suspected(3, 9)), labels=((12, 14), (18, 20)))

    assert (fates(found), len(found.alerts), found.recall) == ([Fate.FOUND] * 2, 1, 1.0)


@pytest.mark.parametrize(
    ("first", "second", "fate"),
    [
        (CLEAR, None, Fate.CLEAR),
        (suspected(5.0), CLEAR, Fate.VETOED),
        (FAILED, None, Fate.UNDECIDED),
        (suspected(5.0), FAILED, Fate.UNDECIDED),
    ],
)
def test_what_was_not_found_says_why(first: Outcome, second: Outcome | None, fate: Fate) -> None:
    found = scored(judged("a", (10, 20), first, second))

    assert fates(found) == [fate]
    assert found.alerts == ()
    assert found.precision is None


def test_a_window_elsewhere_finds_nothing_and_no_window_is_a_closed_gate() -> None:
    assert fates(scored(judged("a", (20, 30), CLEAR))) == [Fate.GATE_CLOSED]
    assert fates(scored()) == [Fate.GATE_CLOSED]


def test_a_look_that_failed_is_neither_a_miss_nor_clear() -> None:
    found = scored(
        judged("a", (5, 15), CLEAR),
        judged("a", (10, 20), NotAnalysed(Code.AI_TIMEOUT)),
        judged("a", (40, 50), suspected(1.0), FAILED),
        labels=((12, 18), (45, 46), (100, 110)),
    )

    assert fates(found) == [Fate.UNDECIDED, Fate.UNDECIDED, Fate.GATE_CLOSED]
    assert (found.recall, found.decided, found.unconfirmed) == (0.0, 1, 1)
    assert found.not_analysed == {("first", Code.AI_TIMEOUT): 1, ("second", Code.AI_OVERLOADED): 1}
    assert found.unseen_s == 15.0  # 15 to 20 s, and 40 to 50 s


def test_a_miss_among_failures_is_still_none_while_another_window_finds_it() -> None:
    sure = suspected(5.0)
    found = scored(judged("a", (10, 20), sure, sure), judged("a", (15, 25), FAILED))

    assert fates(found) == [Fate.FOUND]


def test_footage_that_nothing_looked_at_has_no_rate_of_false_alarms() -> None:
    found = score([judged("a", (0, 9.9), FAILED)], {"a": []}, 10.0)

    assert (found.false_alarms_an_hour, found.recall, found.precision) == (None, None, None)


def test_with_first_looks_alone_a_suspicion_is_an_alert() -> None:
    found = scored(judged("a", (10, 20), suspected(5.0)), first_look=True)
    assert (fates(found), found.precision) == ([Fate.FOUND], 1.0)

    blind = scored(judged("a", (10, 20), suspected()), judged("a", (100, 110), suspected()), first_look=True)
    assert [alert.right for alert in blind.alerts] == [True, False]


@pytest.mark.parametrize("second", [CLEAR, FAILED])
def test_only_confirmed_windows_of_an_alert_speak_for_it(second: Outcome) -> None:
    sure = suspected(5.0)
    found = scored(judged("a", (10, 20), suspected(5.0), second), judged("a", (25, 35), sure, sure))

    assert [(alert.right, alert.cited_s) for alert in found.alerts] == [(False, (30.0,))]


def test_clips_are_never_mixed_up() -> None:
    sure = suspected(5.0)
    labels = {"a": [LabelledIncident(Span(12, 18))], "b": []}
    found = score([judged("b", (10, 20), sure, sure)], labels, 100.0)

    assert (fates(found), [alert.right for alert in found.alerts]) == ([Fate.GATE_CLOSED], [False])


def test_a_vetoed_incident_is_counted_and_no_alert() -> None:
    found = scored(judged("a", (10, 20), suspected(5.0), CLEAR))

    assert (found.vetoed, found.unconfirmed, found.alerts) == (1, 0, ())


def test_money_tokens_and_waits_are_those_of_all_calls() -> None:
    calls = [call(latency_s=1.0), call(latency_s=9.0, error=Code.AI_TIMEOUT, cost=0), call("second", 4.0, cost=30)]
    found = scored(judged("a", (10, 20), suspected(5.0), suspected(5.0), calls))

    assert (found.calls, found.tokens_in, found.tokens_out, found.cost_micro_usd) == (3, 300, 30, 40)
    assert (found.waits["first"].median_s, found.waits["first"].answers) == (1.0, 1)
    assert found.waits["second"].p95_s == 4.0


def test_waits_are_times_that_were_really_waited() -> None:
    twenty = waits(float(number) for number in range(20, 0, -1))
    assert (twenty.median_s, twenty.p95_s, twenty.answers) == (10.0, 19.0, 20)
    assert (waits([3.0]).median_s, waits([3.0]).p95_s) == (3.0, 3.0)
    assert (waits([]).median_s, waits([]).answers) == (None, 0)


_OUTCOMES = st.sampled_from(
    [(CLEAR, None), (FAILED, None), (suspected(5.0), suspected(5.0)), (suspected(1.0), CLEAR), (suspected(1.0), FAILED)]
)


@given(
    st.lists(st.tuples(st.integers(0, 200), _OUTCOMES), max_size=12),
    st.lists(st.tuples(st.integers(0, 190), st.integers(1, 20)), max_size=4),
)
def test_whatever_happens_the_sums_are_right(
    windows: list[tuple[int, tuple[Outcome, Outcome | None]]], labels: list[tuple[int, int]]
) -> None:
    found = scored(
        *(judged("a", (start_s, start_s + 10), first, second) for start_s, (first, second) in windows),
        labels=tuple((start_s, start_s + length_s) for start_s, length_s in labels),
    )

    assert sum(found.count(fate) for fate in Fate) == len(labels)
    assert found.decided == len(labels) - found.count(Fate.UNDECIDED)
    assert 0 <= found.right <= len(found.alerts) <= len(windows)
    assert found.recall is None or 0 <= found.recall <= 1
    assert 0 <= found.unseen_s <= 210
    if not any(isinstance(o, NotAnalysed) for _, outcomes in windows for o in outcomes):
        assert (found.count(Fate.UNDECIDED), found.unseen_s) == (0, 0)
