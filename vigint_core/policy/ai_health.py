"""What the outcome of the latest proof says about the AI: one rule for the server and for the desktop's direct mode."""

from typing import Final

from vigint_core.domain.fault import Code
from vigint_core.domain.status import Health

_UNWANTED: Final = frozenset({Code.AI_NO_KEY, Code.AI_OFF})
_PASSING: Final = frozenset(
    {
        Code.AI_NOT_PROVEN,
        Code.AI_RATE_LIMITED,
        Code.AI_OVERLOADED,
        Code.AI_TIMEOUT,
        Code.AI_EMPTY_ANSWER,
        Code.AI_ANSWER_TRUNCATED,
        Code.AI_BLOCKED,
        Code.AI_NOT_JSON,
        Code.AI_BREAKS_SCHEMA,
    }
)


def ai_health(code: Code | None) -> Health:
    """None, a proof without failure, is ok; what passes by itself is degraded, what needs somebody's hand is down."""
    if code is None:
        return Health.OK
    if code in _UNWANTED:
        return Health.NOT_CONFIGURED
    return Health.DEGRADED if code in _PASSING else Health.DOWN
