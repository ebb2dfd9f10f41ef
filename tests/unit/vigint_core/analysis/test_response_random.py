"""Ten thousand answers of a model that has gone mad: each is a verdict or a reason, and never "clear" by mistake."""

import asyncio
import json
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.answers import answers, says_clear
from tests.fakes.clock import FakeClock
from tests.fakes.scripted_model import ScriptedModel
from vigint_core.analysis.examiner import Examiner, Patience, Subject
from vigint_core.analysis.inquirer import Means
from vigint_core.analysis.limiter import Limiter, LocalPaceBook
from vigint_core.analysis.models import shipped_catalogue
from vigint_core.analysis.response import read_answer
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import WindowId
from vigint_core.domain.verdict import RULE_TYPES, Clear, Judgement, NotAnalysed, Outcome, Suspected

# Only a failure shows an example, and a huge one may be shown cut.
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")

REASONS = {Code.AI_NOT_JSON, Code.AI_BREAKS_SCHEMA, Code.AI_NO_CITATION}
SUBJECT = Subject(WindowId("w1"), "Till", 1000.0, 1010.0, 995.0)
LONGEST_S = 15.0
SUSPICION = json.dumps(
    {"observations": [], "incident": True, "type": "other", "confidence": 0.5, "summary": "A thing falls."}
)


def check(outcome: Outcome, text: str, *, must_cite: bool) -> str:
    """What an outcome is called; fails where it is none that the answer allows."""
    if isinstance(outcome, NotAnalysed):
        assert outcome.reason in REASONS
        assert not says_clear(text), "a good answer counts"
        return outcome.reason
    if isinstance(outcome, Clear):
        assert says_clear(text)
        assert outcome.summary
        return "clear"
    verdict = outcome.verdict
    assert verdict.type not in RULE_TYPES
    assert 0.0 <= verdict.confidence <= 1.0
    assert verdict.observations or not must_cite
    assert all(0.0 <= seen.at_s <= LONGEST_S for seen in verdict.observations)
    return "suspected"


@pytest.mark.slow
def test_ten_thousand_random_answers_are_verdicts_or_reasons_and_never_clear_by_mistake() -> None:
    met: Counter[str] = Counter()

    @settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))
    @given(text=answers, must_cite=st.booleans(), is_open=st.none() | st.booleans())
    def each(text: str, must_cite: bool, is_open: bool | None) -> None:
        outcome = read_answer(text, 10.0, must_cite=must_cite, is_open=is_open).outcome
        met[check(outcome, text, must_cite=must_cite)] += 1

    each()
    assert met.total() >= 10_000
    # Answers that were all bad, or all good, would prove little.
    assert min(met[kind] for kind in ("clear", "suspected", Code.AI_NOT_JSON, Code.AI_BREAKS_SCHEMA)) > 50


def test_a_whole_examination_ends_with_a_judgement_whatever_the_models_answer() -> None:
    met: Counter[str] = Counter()

    @settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
    @given(suspects=st.booleans(), first=answers, second=answers)
    def each(suspects: bool, first: str, second: str) -> None:
        first = SUSPICION if suspects else first
        judgement = loop.run(examined(first, second))
        met[check(judgement.first, first, must_cite=False)] += 1
        assert (judgement.second is not None) is isinstance(judgement.first, Suspected)
        if judgement.second is not None:
            met["second " + check(judgement.second, second, must_cite=True)] += 1

    with asyncio.Runner() as loop:
        each()
    assert met["suspected"] > 20, "the second look had its share"


async def examined(first: str, second: str) -> Judgement:
    clock = FakeClock()
    model = ScriptedModel([first, second], clock)
    means = Means(model, shipped_catalogue(), Limiter(LocalPaceBook(clock), clock, "UTC", 0))
    return await Examiner(means, Patience(), clock).examine(SUBJECT, b"clip", b"context")
