import pytest

from tests.fakes.clock import FakeClock
from vigint_core.analysis.pauses import LONGEST_S, Pauses
from vigint_core.domain.fault import Code
from vigint_core.domain.verdict import NotAnalysed


def noted(failure: NotAnalysed) -> tuple[Pauses, FakeClock]:
    clock = FakeClock()
    pauses = Pauses(clock)
    pauses.note("flash", failure)
    return pauses, clock


@pytest.mark.parametrize(
    ("failure", "wait_s"),
    [
        (NotAnalysed(Code.AI_RATE_LIMITED, retry_after_s=17.5), 17.5),
        (NotAnalysed(Code.AI_RATE_LIMITED, retry_after_s=1e9), LONGEST_S),
        (NotAnalysed(Code.AI_QUOTA_EXHAUSTED, retry_after_s=41.0), LONGEST_S),
        (NotAnalysed(Code.AI_QUOTA_EXHAUSTED), LONGEST_S),
    ],
)
def test_a_pause_lasts_as_long_as_was_asked_and_no_longer(failure: NotAnalysed, wait_s: float) -> None:
    pauses, clock = noted(failure)
    clock.advance(wait_s - 0.5)
    standing = pauses.standing("flash")
    assert standing is not None
    assert standing.reason is failure.reason
    assert standing.retry_after_s == pytest.approx(0.5)
    clock.advance(0.5)
    assert pauses.standing("flash") is None


@pytest.mark.parametrize("failure", [NotAnalysed(Code.AI_RATE_LIMITED), NotAnalysed(Code.AI_OVERLOADED, "", 30.0)])
def test_what_asks_for_no_pause_makes_none(failure: NotAnalysed) -> None:
    pauses, _ = noted(failure)
    assert pauses.standing("flash") is None


def test_a_pause_is_for_one_model_and_ends_when_it_answers() -> None:
    pauses, _ = noted(NotAnalysed(Code.AI_QUOTA_EXHAUSTED))
    assert pauses.standing("lite") is None
    pauses.forget("flash")
    assert pauses.standing("flash") is None
