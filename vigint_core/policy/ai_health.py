"""What proofs say about the AI: one rule for the server and for the desktop's direct mode.

A proof is a tiny real question, or a real look, which is worth as much and costs nothing on top.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from vigint_core.domain.fault import Code
from vigint_core.domain.status import Health
from vigint_core.domain.verdict import NotAnalysed, Outcome

_FINE: Final = frozenset({None, Code.AI_MODEL_RETIRING})
"""All looks are made; the owner may have to do something one day."""
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
        Code.AI_NO_CITATION,
        Code.AI_MODEL_REPLACED,
        Code.AI_CATALOGUE_UNREADABLE,
    }
)
_SAYS_NOTHING: Final = frozenset({Code.BUDGET_SPENT, Code.PIPELINE_STOPPED})
"""Nobody asked the AI, so nothing is proven."""
_PROBE_EVERY_S: Final = 60.0  # while it is not well; a probe costs money
_PROBE_QUOTA_S: Final = 900.0  # a used-up quota does not come back within minutes, but the owner may raise it
_PROBE_REPLACED_S: Final = 3600.0  # a model that is gone may have been a mistake of the provider
_PROBE_DAILY_S: Final = 24 * 3600.0  # models die


def ai_health(code: Code | None) -> Health:
    """None, a proof without failure, is ok; what passes by itself is degraded, what needs somebody's hand is down."""
    if code in _FINE:
        return Health.OK
    if code in _UNWANTED:
        return Health.NOT_CONFIGURED
    return Health.DEGRADED if code in _PASSING else Health.DOWN


@dataclass(frozen=True, slots=True)
class AiState:
    """What the last proof said.

    Attributes:
        failure: why it can't be asked, or None.
        notice: what is worth knowing though it can: AI_MODEL_REPLACED, AI_MODEL_RETIRING, AI_CATALOGUE_UNREADABLE.
        model: which model answered, or "".
        detail: redacted technical text.
        at_s: Unix time of the proof, or None before the first one.
        until_s: Unix time at which the failure is expected to pass, or None.
    """

    failure: Code | None
    notice: Code | None = None
    model: str = ""
    detail: str = ""
    at_s: float | None = None
    until_s: float | None = None

    @property
    def code(self) -> Code | None:
        """What is to be told of it, or None."""
        return self.failure or self.notice

    @property
    def health(self) -> Health:
        """The state in one word."""
        return ai_health(self.code)


def looked(state: AiState, outcomes: Iterable[Outcome | None], model: str, now_s: float) -> AiState:
    """The state after a look. What a probe found out about models stays; a look that asked nobody proves nothing.

    ``model``: the one that answered last, or "".
    """
    failed = next((outcome for outcome in outcomes if isinstance(outcome, NotAnalysed)), None)
    if failed is None:
        detail = state.detail if state.notice else ""
        return replace(state, failure=None, model=model or state.model, detail=detail, at_s=now_s, until_s=None)
    if failed.reason in _SAYS_NOTHING:
        return state
    until_s = None if failed.retry_after_s is None else now_s + failed.retry_after_s
    return replace(
        state, failure=failed.reason, model=model or state.model, detail=failed.detail, at_s=now_s, until_s=until_s
    )


def probe_wait_s(state: AiState, since_probe_s: float | None) -> float:
    """Seconds until a probe is due, 0 for now. ``since_probe_s``: since the last one, None before the first one."""
    if state.failure in _UNWANTED:
        return float("inf")
    if since_probe_s is None:
        return 0.0
    return max(0.0, _probe_every_s(state) - since_probe_s)


def _probe_every_s(state: AiState) -> float:
    if state.health is Health.OK:
        return _PROBE_DAILY_S
    own = {Code.AI_QUOTA_EXHAUSTED: _PROBE_QUOTA_S, Code.AI_MODEL_REPLACED: _PROBE_REPLACED_S}
    if state.failure is None and state.notice is Code.AI_CATALOGUE_UNREADABLE:
        return _PROBE_DAILY_S
    return own.get(state.code, _PROBE_EVERY_S) if state.code else _PROBE_DAILY_S
