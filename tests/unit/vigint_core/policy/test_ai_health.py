"""What proofs say about the AI: its health in one word, what a look changes, and when a probe is due."""

import math
from dataclasses import replace

import pytest

from vigint_core.domain.fault import Code
from vigint_core.domain.status import Health
from vigint_core.domain.verdict import Clear, NotAnalysed
from vigint_core.policy.ai_health import AiState, ai_health, looked, probe_wait_s

CLEAR = Clear("nothing")
FINE = AiState(None, model="cheap", at_s=100.0)
REPLACED = AiState(None, Code.AI_MODEL_REPLACED, "dear", "cheap is gone", 100.0)
DAY_S = 24 * 3600.0


@pytest.mark.parametrize(
    ("code", "health"),
    [
        (None, Health.OK),
        (Code.AI_NO_KEY, Health.NOT_CONFIGURED),
        (Code.AI_OFF, Health.NOT_CONFIGURED),
        (Code.AI_NOT_JSON, Health.DEGRADED),
        (Code.AI_NO_CITATION, Health.DEGRADED),
        (Code.AI_OVERLOADED, Health.DEGRADED),
        (Code.AI_RATE_LIMITED, Health.DEGRADED),
        (Code.AI_MODEL_REPLACED, Health.DEGRADED),
        (Code.AI_QUOTA_EXHAUSTED, Health.DOWN),
        (Code.AI_MODEL_RETIRED, Health.DOWN),
        (Code.AI_KEY_INVALID, Health.DOWN),
        (Code.AI_UNREACHABLE, Health.DOWN),
        (Code.STORE_FAILED, Health.DOWN),
    ],
)
def test_what_passes_is_degraded_and_what_needs_a_hand_is_down(code: Code | None, health: Health) -> None:
    assert ai_health(code) is health


def test_only_a_proof_without_failure_is_ok_and_a_retirement_to_come_is_none() -> None:
    assert [code for code in Code if ai_health(code) is Health.OK] == [Code.AI_MODEL_RETIRING]


def test_a_notice_is_told_while_nothing_worse_is() -> None:
    retiring = AiState(None, Code.AI_MODEL_RETIRING)

    assert (FINE.code, FINE.health) == (None, Health.OK)
    assert (retiring.code, retiring.health) == (Code.AI_MODEL_RETIRING, Health.OK)
    assert (REPLACED.code, REPLACED.health) == (Code.AI_MODEL_REPLACED, Health.DEGRADED)
    ill = replace(REPLACED, failure=Code.AI_KEY_INVALID)
    assert (ill.code, ill.health) == (Code.AI_KEY_INVALID, Health.DOWN)


def test_a_look_that_went_well_is_a_proof() -> None:
    ill = AiState(Code.AI_OVERLOADED, model="old", detail="503", at_s=100.0, until_s=130.0)

    assert looked(ill, (CLEAR, None), "cheap", 200.0) == AiState(None, model="cheap", at_s=200.0)
    assert looked(ill, (CLEAR, None), "", 200.0).model == "old"


def test_what_a_probe_found_out_about_models_stays() -> None:
    assert looked(REPLACED, (CLEAR, CLEAR), "dear", 200.0) == replace(REPLACED, at_s=200.0)


def test_a_look_that_failed_says_why_and_until_when() -> None:
    failed = NotAnalysed(Code.AI_QUOTA_EXHAUSTED, "cheap: a day's quota", retry_after_s=50.0)

    told = looked(REPLACED, (CLEAR, failed), "", 200.0)

    assert told == AiState(
        Code.AI_QUOTA_EXHAUSTED, Code.AI_MODEL_REPLACED, "dear", "cheap: a day's quota", 200.0, 250.0
    )
    assert looked(FINE, (NotAnalysed(Code.AI_TIMEOUT), None), "", 200.0).until_s is None


@pytest.mark.parametrize("reason", [Code.BUDGET_SPENT, Code.PIPELINE_STOPPED])
def test_a_look_that_asked_nobody_proves_nothing(reason: Code) -> None:
    for state in (FINE, REPLACED, AiState(Code.AI_KEY_INVALID)):
        assert looked(state, (NotAnalysed(reason), None), "", 200.0) == state


@pytest.mark.parametrize(
    ("state", "every_s"),
    [
        (FINE, DAY_S),
        (AiState(None, Code.AI_MODEL_RETIRING), DAY_S),
        (AiState(None, Code.AI_CATALOGUE_UNREADABLE), DAY_S),
        (AiState(Code.AI_OVERLOADED, Code.AI_CATALOGUE_UNREADABLE), 60.0),
        (REPLACED, 3600.0),
        (AiState(Code.AI_QUOTA_EXHAUSTED), 900.0),
        (AiState(Code.AI_KEY_INVALID), 60.0),
        (AiState(Code.AI_NOT_PROVEN), 60.0),
        (AiState(Code.AI_UNREACHABLE, Code.AI_MODEL_REPLACED), 60.0),
    ],
)
def test_how_often_it_is_probed(state: AiState, every_s: float) -> None:
    assert probe_wait_s(state, None) == 0.0, "once before anything else"
    assert probe_wait_s(state, 0.0) == every_s
    assert probe_wait_s(state, every_s - 1) == 1.0
    assert probe_wait_s(state, every_s + 1) == 0.0


@pytest.mark.parametrize("reason", [Code.AI_NO_KEY, Code.AI_OFF])
def test_what_nobody_wants_is_never_probed(reason: Code) -> None:
    assert probe_wait_s(AiState(reason), None) == math.inf
    assert probe_wait_s(AiState(reason), 1e9) == math.inf
