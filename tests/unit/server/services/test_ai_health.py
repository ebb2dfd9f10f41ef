"""What is claimed about the AI, and when it is asked again."""

import pytest

from server.services.ai_health import PROBE_EVERY_S, AiHealth
from server.services.answers import answer_of
from tests.fakes.clock import FakeClock
from tests.fakes.examiner import CLEAR, SUSPICION
from vigint_core.analysis.examiner import Probe
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import WindowId
from vigint_core.domain.status import Health
from vigint_core.domain.verdict import Call, Judgement, NotAnalysed, Outcome
from vigint_core.wire import AnalysisResponse

FAILED = Probe("m", Code.AI_KEY_INVALID, "", 0.1)
WELL = Probe("m", None, "", 0.1)


def answer(first: Outcome, second: Outcome | None = None) -> AnalysisResponse:
    call = Call("first", "model-first", "v1", 1, 1, 1, 0.1, first.reason if isinstance(first, NotAnalysed) else None)
    return answer_of(Judgement(WindowId("w"), first, second, 0, 0, (call,)))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def health(clock: FakeClock) -> AiHealth:
    return AiHealth(has_key=True, clock=clock)


def test_nothing_is_claimed_before_a_proof(health: AiHealth) -> None:
    assert (health.state.code, health.state.health, health.state.at_s) == (Code.AI_NOT_PROVEN, Health.DEGRADED, None)


def test_without_a_key_it_is_not_configured_and_never_probed(clock: FakeClock) -> None:
    health = AiHealth(has_key=False, clock=clock)
    assert health.state.health is Health.NOT_CONFIGURED
    assert health.begin_probe() == float("inf")


def test_a_probe_proves_it(health: AiHealth, clock: FakeClock) -> None:
    health.note_probe(WELL)
    assert (health.state.health, health.state.model, health.state.at_s) == (Health.OK, "m", clock.wall())


@pytest.mark.parametrize(
    ("code", "health_word"),
    [
        (Code.AI_KEY_INVALID, Health.DOWN),
        (Code.AI_QUOTA_EXHAUSTED, Health.DOWN),
        (Code.AI_UNREACHABLE, Health.DOWN),
        (Code.AI_OVERLOADED, Health.DEGRADED),
        (Code.AI_RATE_LIMITED, Health.DEGRADED),
        (Code.AI_NOT_JSON, Health.DEGRADED),
    ],
)
def test_what_passes_by_itself_is_degraded_and_the_rest_is_down(
    health: AiHealth, code: Code, health_word: Health
) -> None:
    health.note_probe(Probe("m", code, "", 0.1))
    assert health.state.health is health_word


def test_a_real_look_is_a_proof(health: AiHealth) -> None:
    health.note_probe(FAILED)
    health.note_answer(answer(CLEAR))
    assert (health.state.health, health.state.model) == (Health.OK, "model-first")


def test_a_failed_look_takes_the_proof_away(health: AiHealth) -> None:
    health.note_probe(WELL)
    health.note_answer(answer(NotAnalysed(Code.AI_UNREACHABLE)))
    assert health.state.code is Code.AI_UNREACHABLE


def test_a_failed_second_look_counts_too(health: AiHealth) -> None:
    health.note_answer(answer(SUSPICION, NotAnalysed(Code.AI_OVERLOADED)))
    assert health.state.code is Code.AI_OVERLOADED


def test_a_probe_is_due_at_once_and_then_once_a_minute_while_it_fails(health: AiHealth, clock: FakeClock) -> None:
    assert health.begin_probe() == 0
    health.note_probe(FAILED)
    assert health.begin_probe() == PROBE_EVERY_S
    clock.advance(PROBE_EVERY_S - 1)
    assert health.begin_probe() == pytest.approx(1)
    clock.advance(1)
    assert health.begin_probe() == 0


def test_while_all_is_well_nothing_is_paid_for_probes(health: AiHealth, clock: FakeClock) -> None:
    health.begin_probe()
    health.note_probe(WELL)
    clock.advance(1e6)
    assert health.begin_probe() == float("inf")
    health.note_answer(answer(NotAnalysed(Code.AI_UNREACHABLE)))
    assert health.begin_probe() == 0


def test_a_change_is_told_once(health: AiHealth) -> None:
    changes: list[Code | None] = []
    health.note_probe(WELL)
    health.listen(lambda: changes.append(health.state.code))
    for outcome in (CLEAR, NotAnalysed(Code.AI_TIMEOUT), NotAnalysed(Code.AI_TIMEOUT), CLEAR):
        health.note_answer(answer(outcome))
    assert changes == [Code.AI_TIMEOUT, None]
