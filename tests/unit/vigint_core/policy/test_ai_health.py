import pytest

from vigint_core.domain.fault import Code
from vigint_core.domain.status import Health
from vigint_core.policy.ai_health import ai_health


@pytest.mark.parametrize(
    ("code", "health"),
    [
        (None, Health.OK),
        (Code.AI_NO_KEY, Health.NOT_CONFIGURED),
        (Code.AI_OFF, Health.NOT_CONFIGURED),
        (Code.AI_NOT_JSON, Health.DEGRADED),
        (Code.AI_OVERLOADED, Health.DEGRADED),
        (Code.AI_KEY_INVALID, Health.DOWN),
        (Code.AI_UNREACHABLE, Health.DOWN),
    ],
)
def test_what_passes_is_degraded_and_what_needs_a_hand_is_down(code: Code | None, health: Health) -> None:
    assert ai_health(code) is health


def test_only_a_proof_without_failure_is_ok() -> None:
    assert [code for code in Code if ai_health(code) is Health.OK] == []
