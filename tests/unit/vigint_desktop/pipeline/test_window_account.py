"""What a judgement means for the account of its window: its result, why, and what the budget had left out."""

from dataclasses import replace

import pytest

from tests.fakes.pictures import window
from vigint_core.domain.budget import Economy
from vigint_core.domain.fault import Code
from vigint_core.domain.status import WindowRecord, WindowResult
from vigint_core.domain.verdict import (
    Call,
    Clear,
    IncidentType,
    Judgement,
    NotAnalysed,
    Outcome,
    Severity,
    Suspected,
    Verdict,
)
from vigint_desktop.pipeline.messages import WindowRef
from vigint_desktop.pipeline.window_account import record_of

THEFT = Suspected(Verdict(IncidentType.CONCEALMENT, Severity.HIGH, 0.8, "hides a bottle", ()))
FIRST = Call("first", "cheap", "v3", 1300, 120, 690, 0.5)
SECOND = Call("second", "dear", "v3", 4000, 200, 9000, 2.5)


def account(
    first: Outcome, second: Outcome | None = None, *calls: Call, economy: Economy = Economy.NONE
) -> WindowRecord:
    due = replace(window("w1"), economy=economy)
    judgement = Judgement(due.id, first, second, due.span.start_s, due.span.start_s, calls or (FIRST,))
    record = record_of(WindowRef.of(due), judgement)
    assert (record.id, record.camera_id, record.span) == (due.id, due.camera_id, due.span)
    return record


@pytest.mark.parametrize(
    ("second", "result"),
    [
        (None, WindowResult.SUSPECTED),
        (NotAnalysed(Code.AI_TIMEOUT), WindowResult.SUSPECTED),
        (THEFT, WindowResult.SUSPECTED),
        (Clear("a customer returns an item"), WindowResult.VETOED),
    ],
)
def test_a_suspicion_is_told_with_its_type_unless_the_second_look_vetoes_it(
    second: Outcome | None, result: WindowResult
) -> None:
    record = account(THEFT, second, FIRST, SECOND)

    assert (record.result, record.type, record.summary) == (result, IncidentType.CONCEALMENT, "hides a bottle")
    assert (record.model, record.reason) == ("cheap", None)


def test_what_nobody_looked_at_says_why() -> None:
    failed = replace(FIRST, error=Code.AI_OVERLOADED)
    record = account(NotAnalysed(Code.AI_OVERLOADED, "503"), None, failed)

    assert (record.result, record.reason) == (WindowResult.NOT_ANALYSED, Code.AI_OVERLOADED)
    assert (record.summary, record.model) == ("503", "")


def test_money_that_is_spent_is_a_reason_too() -> None:
    assert account(NotAnalysed(Code.BUDGET_SPENT), economy=Economy.LONGER_STRIDE).reason is Code.BUDGET_SPENT


@pytest.mark.parametrize(
    ("economy", "thrifty", "reason"),
    [
        (Economy.NONE, False, None),
        (Economy.FEWER_FRAMES, False, None),  # the money was back before the model was asked
        (Economy.FEWER_FRAMES, True, Code.BUDGET_FEWER_FRAMES),
        (Economy.NONE, True, Code.BUDGET_FEWER_FRAMES),
        (Economy.LONGER_STRIDE, True, Code.BUDGET_LONGER_STRIDE),
        (Economy.HIGH_VALUE_ONLY, True, Code.BUDGET_LONGER_STRIDE),
    ],
)
def test_a_clear_window_says_what_the_budget_had_left_out(economy: Economy, thrifty: bool, reason: Code | None) -> None:
    record = account(Clear("nothing"), None, replace(FIRST, thrifty=thrifty), economy=economy)

    assert (record.result, record.reason, record.summary) == (WindowResult.CLEAR, reason, "nothing")


def test_the_model_is_the_one_that_answered_the_first_look() -> None:
    failed = replace(FIRST, model="gone", error=Code.AI_MODEL_RETIRED)

    assert account(Clear("nothing"), None, failed, FIRST).model == "cheap"
