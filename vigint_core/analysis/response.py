"""The schema of an answer and its strict reading: text in, outcome out.

Rules, in order: no JSON is AI_NOT_JSON; anything that departs from the schema or contradicts itself (no incident but a
type; an incident without one) is AI_BREAKS_SCHEMA; neither ever becomes ``Clear``. Observations outside the clip are
dropped. An incident that is left without any observation is still a suspicion after the first look, because a second
look follows; as a second look it confirms nothing and is AI_BREAKS_SCHEMA, so that the incident stays unconfirmed.
There is no field for a person's identity, age, origin or feelings, and an answer that adds one breaks the schema.
"""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from vigint_core.domain.fault import Code
from vigint_core.domain.verdict import (
    RULE_TYPES,
    Clear,
    IncidentType,
    NotAnalysed,
    Observation,
    Outcome,
    Severity,
    Suspected,
    Verdict,
)

_NONE: Final = "none"
_MOST_OBSERVATIONS = 30
_TEXT_LIMIT = 500  # characters kept of any text; a longer one is cut, not refused
_TIME_SLACK_S = 1.0  # models round times to whole seconds: that much past the end is still in the clip
_Share = Annotated[float, Field(ge=0, le=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class AnswerObservation(_Strict):
    """Something seen, ``at_s`` seconds from the first picture of the clip."""

    at_s: float
    text: Annotated[str, Field(min_length=1)]


_TYPES: Final = tuple(kind for kind in IncidentType if kind not in RULE_TYPES)


class AnswerBody(_Strict):
    """An answer as the model has to write it; observations come first, so that they are made before the decision."""

    observations: Annotated[list[AnswerObservation], Field(max_length=_MOST_OBSERVATIONS)]
    incident: bool
    type: IncidentType | Literal["none"]
    severity: Severity | Literal["none"]
    confidence: _Share
    summary: Annotated[str, Field(min_length=1)]


def answer_schema() -> Mapping[str, object]:
    """JSON schema of an answer, in the few words that the provider's structured output understands.

    Written out, because the one pydantic derives from ``AnswerBody`` says ``"none"`` with a word the provider ignores.
    """
    observation = {
        "type": "object",
        "properties": {"at_s": {"type": "number", "minimum": 0}, "text": {"type": "string"}},
        "required": ["at_s", "text"],
        "additionalProperties": False,
    }
    fields: dict[str, object] = {
        "observations": {"type": "array", "items": observation, "maxItems": _MOST_OBSERVATIONS},
        "incident": {"type": "boolean"},
        "type": {"type": "string", "enum": [*_TYPES, _NONE]},
        "severity": {"type": "string", "enum": [*Severity, _NONE]},
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
        "summary": {"type": "string"},
    }
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def read_answer(text: str, length_s: float, *, must_cite: bool) -> Outcome:
    """The outcome that an answer about a clip of ``length_s`` seconds means.

    ``must_cite``: an incident needs an observation inside the clip (the second look).
    """
    try:
        body = AnswerBody.model_validate_json(text)
    except ValidationError as error:
        return _unreadable(error)
    seen = _inside(body.observations, length_s)
    if not body.incident:
        if body.type != _NONE or body.severity != _NONE:
            return NotAnalysed(Code.AI_BREAKS_SCHEMA, "no incident, but a type or a severity")
        return Clear(_short(body.summary), seen)
    if body.type not in _TYPES or not isinstance(body.type, IncidentType) or not isinstance(body.severity, Severity):
        return NotAnalysed(Code.AI_BREAKS_SCHEMA, "an incident without a type or a severity")
    if must_cite and not seen:
        return NotAnalysed(Code.AI_BREAKS_SCHEMA, "an incident without an observation inside the clip")
    return Suspected(Verdict(body.type, body.severity, body.confidence, _short(body.summary), seen))


def _unreadable(error: ValidationError) -> NotAnalysed:
    """Names the first place that is wrong, never what stands there."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        return NotAnalysed(Code.AI_NOT_JSON)
    known = (part for part in first["loc"] if isinstance(part, int) or part in _FIELDS)
    return NotAnalysed(Code.AI_BREAKS_SCHEMA, f"{'.'.join(map(str, known)) or 'answer'}: {first['type']}")


_FIELDS = frozenset(AnswerBody.model_fields) | frozenset(AnswerObservation.model_fields)


def _inside(observations: list[AnswerObservation], length_s: float) -> tuple[Observation, ...]:
    """The observations that lie in the clip, in order of time, times past its end by rounding moved to the end."""
    kept = [
        Observation(min(max(o.at_s, 0.0), length_s), _short(o.text))
        for o in observations
        if 0.0 <= o.at_s <= length_s + _TIME_SLACK_S
    ]
    return tuple(sorted(kept, key=lambda o: o.at_s))


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _TEXT_LIMIT else plain[: _TEXT_LIMIT - 1] + "…"
