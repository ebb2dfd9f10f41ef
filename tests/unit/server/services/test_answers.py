"""A judgement and its form on the wire."""

import pytest

from server.services.answers import answer_of, is_final, wire_outcome
from tests.fakes.examiner import CLEAR, OVERLOADED, SUSPICION
from vigint_core.domain.ids import WindowId
from vigint_core.domain.verdict import Clear, Judgement, Outcome


def judged(first: Outcome, second: Outcome | None) -> Judgement:
    return Judgement(WindowId("w"), first, second, 0, 0)


@pytest.mark.parametrize(
    ("first", "second", "final"),
    [
        (CLEAR, None, True),
        (SUSPICION, CLEAR, True),
        (SUSPICION, SUSPICION, True),
        (SUSPICION, OVERLOADED, False),
        (SUSPICION, None, False),
        (OVERLOADED, None, False),
    ],
)
def test_an_answer_is_final_when_every_look_came_to_a_verdict(
    first: Outcome, second: Outcome | None, final: bool
) -> None:
    assert is_final(answer_of(judged(first, second))) is final


def test_a_failure_carries_no_verdict() -> None:
    wire = wire_outcome(OVERLOADED)
    assert (wire.type, wire.severity, wire.confidence, wire.summary, wire.observations) == (None, None, None, "", [])
    assert (wire.outcome, wire.reason, wire.retry_after_s) == ("not_analysed", "ai.overloaded", 3.0)


def test_a_suspicion_carries_all_of_its_verdict() -> None:
    wire = wire_outcome(SUSPICION)
    verdict = SUSPICION.verdict
    assert (wire.type, wire.severity, wire.confidence) == (verdict.type, verdict.severity, verdict.confidence)
    assert [(seen.at_s, seen.text) for seen in wire.observations] == [(o.at_s, o.text) for o in verdict.observations]


def test_a_text_without_end_is_cut() -> None:
    assert len(wire_outcome(Clear("x" * 5000)).summary) == 2000
