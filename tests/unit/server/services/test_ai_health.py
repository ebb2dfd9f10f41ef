"""What is claimed about the AI, and when it is asked again."""

import pytest

from server.services.ai_health import AiHealth
from tests.fakes.clock import FakeClock
from tests.fakes.examiner import CLEAR, SUSPICION
from vigint_core.analysis.examiner import Probe
from vigint_core.domain.fault import Code
from vigint_core.domain.status import Health
from vigint_core.domain.verdict import Call, NotAnalysed, Outcome

PROBE_EVERY_S = 60.0
DAY_S = 24 * 3600.0
FAILED = Probe("m", Code.AI_KEY_INVALID, "", 0.1)
WELL = Probe("m", None, "", 0.1)


def look(health: AiHealth, first: Outcome, second: Outcome | None = None) -> None:
    call = Call("first", "model-first", "v1", 1, 1, 1, 0.1, first.reason if isinstance(first, NotAnalysed) else None)
    health.note_looks((first, second), (call,))


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
    look(health, CLEAR)
    assert (health.state.health, health.state.model) == (Health.OK, "model-first")


def test_a_failed_look_takes_the_proof_away(health: AiHealth) -> None:
    health.note_probe(WELL)
    look(health, NotAnalysed(Code.AI_UNREACHABLE))
    assert health.state.code is Code.AI_UNREACHABLE


def test_a_failed_second_look_counts_too(health: AiHealth) -> None:
    look(health, SUSPICION, NotAnalysed(Code.AI_OVERLOADED))
    assert health.state.code is Code.AI_OVERLOADED


def test_a_probe_is_due_at_once_and_then_once_a_minute_while_it_fails(health: AiHealth, clock: FakeClock) -> None:
    assert health.begin_probe() == 0
    health.note_probe(FAILED)
    assert health.begin_probe() == PROBE_EVERY_S
    clock.advance(PROBE_EVERY_S - 1)
    assert health.begin_probe() == pytest.approx(1)
    clock.advance(1)
    assert health.begin_probe() == 0


def test_while_all_is_well_models_are_proven_once_a_day(health: AiHealth, clock: FakeClock) -> None:
    health.begin_probe()
    health.note_probe(WELL)
    assert health.begin_probe() == DAY_S
    clock.advance(3600)
    look(health, NotAnalysed(Code.AI_UNREACHABLE))
    assert health.begin_probe() == 0
    health.note_probe(WELL)
    clock.advance(DAY_S)
    assert health.begin_probe() == 0


def test_a_used_up_quota_is_asked_after_every_quarter_of_an_hour_and_says_until_when(
    health: AiHealth, clock: FakeClock
) -> None:
    health.begin_probe()
    health.note_probe(Probe("m", Code.AI_QUOTA_EXHAUSTED, "", 0.1, until_s=clock.wall() + 5000))
    assert (health.begin_probe(), health.state.until_s) == (900.0, clock.wall() + 5000)


def test_a_replaced_model_is_told_and_stays_told_after_good_looks(health: AiHealth) -> None:
    health.note_probe(Probe("m", None, "no longer there: old", 0.1, notice=Code.AI_MODEL_REPLACED))
    look(health, CLEAR)
    assert (health.state.code, health.state.health) == (Code.AI_MODEL_REPLACED, Health.DEGRADED)
    assert health.state.detail == "no longer there: old"


def test_a_model_that_will_retire_leaves_the_ai_well_but_is_told(health: AiHealth) -> None:
    health.note_probe(Probe("m", None, "", 0.1, notice=Code.AI_MODEL_RETIRING))
    assert (health.state.code, health.state.health) == (Code.AI_MODEL_RETIRING, Health.OK)


def test_a_catalogue_that_cannot_be_read_is_told_whatever_a_probe_says(clock: FakeClock) -> None:
    health = AiHealth(True, clock, Code.AI_CATALOGUE_UNREADABLE)
    health.note_probe(WELL)
    assert (health.state.code, health.state.health) == (Code.AI_CATALOGUE_UNREADABLE, Health.DEGRADED)


def test_a_look_that_the_budget_forbids_says_nothing_about_the_ai(health: AiHealth) -> None:
    health.note_probe(WELL)
    look(health, NotAnalysed(Code.BUDGET_SPENT))
    assert health.state.health is Health.OK


def test_a_change_is_told_once(health: AiHealth) -> None:
    changes: list[Code | None] = []
    health.note_probe(WELL)
    health.listen(lambda: changes.append(health.state.code))
    for outcome in (CLEAR, NotAnalysed(Code.AI_TIMEOUT), NotAnalysed(Code.AI_TIMEOUT), CLEAR):
        look(health, outcome)
    assert changes == [Code.AI_TIMEOUT, None]
