"""The schema of an answer and its strict reading: text in, outcome out.

Rules, in order: no JSON is AI_NOT_JSON; anything that departs from the schema or contradicts itself (no incident but a
type; an incident without one; a name twice) is AI_BREAKS_SCHEMA; neither ever becomes ``Clear``. Observations outside
the clip are dropped. An incident that is left without any observation is still a suspicion after the first look, as a
second one follows; as a second look it confirms nothing and is AI_NO_CITATION, so that the incident stays unconfirmed.
There is no field for a person's identity, age, origin or feelings, an answer that adds one breaks the schema, and words
that describe a person are taken out of the texts (``propriety.py``). How urgent an incident is, no model is asked.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from vigint_core.analysis.propriety import cleaned
from vigint_core.domain.fault import Code
from vigint_core.domain.verdict import (
    RULE_TYPES,
    Clear,
    IncidentType,
    NotAnalysed,
    Observation,
    Outcome,
    Suspected,
    Verdict,
)
from vigint_core.domain.zone import ZoneKind
from vigint_core.policy.severity import severity
from vigint_core.policy.zone_kinds import placed

_NONE: Final = "none"
_MOST_OBSERVATIONS = 30
_TEXT_LIMIT = 500  # characters kept of any text; a longer one is cut, not refused
_LONGEST_ANSWER = 256 * 1024  # characters; an answer within its limit of tokens has a fraction of that
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
    confidence: _Share
    summary: Annotated[str, Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Reading:
    """What an answer means.

    Attributes:
        flagged: it described a person; those words were taken out.
    """

    outcome: Outcome
    flagged: bool = False


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
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
        "summary": {"type": "string"},
    }
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def read_answer(
    text: str,
    length_s: float,
    *,
    must_cite: bool,
    is_open: bool | None = None,
    kinds: Iterable[ZoneKind | None] = (),
) -> Reading:
    """What an answer about a clip of ``length_s`` seconds means; never raises, whatever the text is.

    ``must_cite``: an incident needs an observation inside the clip (the second look). ``is_open``: whether the shop is,
    None where nobody told; it weighs in the severity. ``kinds``: of the zones with movement; an incident that may not
    happen there is one of another type.
    """
    if len(text) > _LONGEST_ANSWER:
        return Reading(NotAnalysed(Code.AI_BREAKS_SCHEMA, "answer: too long"))
    try:
        body = AnswerBody.model_validate_json(text)
        json.loads(text, object_pairs_hook=_once)
    except _SaidTwiceError:
        return Reading(NotAnalysed(Code.AI_BREAKS_SCHEMA, "answer: a name twice"))
    except ValidationError as error:
        return Reading(_unreadable(error))
    except (ValueError, RecursionError) as error:  # a text that is no text (lone surrogates), or has no end of depth
        return Reading(NotAnalysed(Code.AI_NOT_JSON, type(error).__name__))
    return _read(body, length_s, must_cite=must_cite, is_open=is_open, kinds=kinds)


class _SaidTwiceError(ValueError):
    """An object has two values of one name, of which pydantic would believe the last."""


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    named = dict(pairs)
    if len(named) < len(pairs):
        raise _SaidTwiceError
    return named


def _read(
    body: AnswerBody, length_s: float, *, must_cite: bool, is_open: bool | None, kinds: Iterable[ZoneKind | None]
) -> Reading:
    summary, flagged = _kept(body.summary)
    seen, described = _inside(body.observations, length_s)
    flagged = flagged or described
    if not summary:
        return Reading(NotAnalysed(Code.AI_BREAKS_SCHEMA, "summary: blank"), flagged)
    if not body.incident:
        if body.type != _NONE:
            return Reading(NotAnalysed(Code.AI_BREAKS_SCHEMA, "no incident, but a type"), flagged)
        return Reading(Clear(summary, seen), flagged)
    if body.type not in _TYPES or not isinstance(body.type, IncidentType):
        return Reading(NotAnalysed(Code.AI_BREAKS_SCHEMA, "an incident without a type"), flagged)
    if must_cite and not seen:
        return Reading(NotAnalysed(Code.AI_NO_CITATION, "an incident without an observation inside the clip"), flagged)
    kind = placed(body.type, kinds)
    weight = severity(kind, body.confidence, is_open)
    return Reading(Suspected(Verdict(kind, weight, body.confidence, summary, seen)), flagged)


def _unreadable(error: ValidationError) -> NotAnalysed:
    """Names the first place that is wrong, never what stands there."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        return NotAnalysed(Code.AI_NOT_JSON)
    known = (part for part in first["loc"] if isinstance(part, int) or part in _FIELDS)
    return NotAnalysed(Code.AI_BREAKS_SCHEMA, f"{'.'.join(map(str, known)) or 'answer'}: {first['type']}")


_FIELDS = frozenset(AnswerBody.model_fields) | frozenset(AnswerObservation.model_fields)


def _inside(observations: list[AnswerObservation], length_s: float) -> tuple[tuple[Observation, ...], bool]:
    """The observations that lie in the clip, in order of time, and whether any of them described a person.

    Times past the clip's end by rounding are moved to the end.
    """
    kept = []
    flagged = False
    for seen in observations:
        if 0.0 <= seen.at_s <= length_s + _TIME_SLACK_S:
            text, described = _kept(seen.text)
            flagged = flagged or described
            if text:
                kept.append(Observation(min(max(seen.at_s, 0.0), length_s), text))
    return tuple(sorted(kept, key=lambda o: o.at_s)), flagged


def _kept(text: str) -> tuple[str, bool]:
    """What is kept of a text: one line of bearable length that describes nobody; and whether it did."""
    plain, flagged = cleaned(" ".join(text[: 4 * _TEXT_LIMIT].split()))
    return plain if len(plain) <= _TEXT_LIMIT else plain[: _TEXT_LIMIT - 1] + "…", flagged
