"""The contract between the two programs: strict about what is asked, patient with what is answered."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from vigint_core import wire
from vigint_core.wire import (
    AnalysisRequest,
    AnalysisResponse,
    Identity,
    IncidentBody,
    IncidentView,
    Problem,
    WireOutcome,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC).isoformat()
ASKED = {
    "window_id": "w1", "camera_id": "door", "camera_name": "Door", "start": NOON, "end": NOON, "context_start": NOON
}  # fmt: skip
INCIDENT = {
    "camera_id": "door", "camera_name": "Door", "type": "concealment", "severity": "high", "state": "confirmed",
    "source": "ai", "confidence": 0.8, "summary": "conceals a bottle", "observations": [{"at_s": 4, "text": "a bag"}],
    "start": NOON, "end": NOON, "act": NOON, "opened": NOON, "window_ids": ["w1"],
}  # fmt: skip
ANSWERED = {"window_id": "w1", "first": {"outcome": "clear"}}


def models() -> Iterator[type[BaseModel]]:
    for found in vars(wire).values():
        if isinstance(found, type) and issubclass(found, BaseModel) and found.__module__ == wire.__name__:
            yield found


@pytest.mark.parametrize(("model", "body"), [(AnalysisRequest, ASKED), (IncidentBody, INCIDENT)])
def test_what_is_asked_is_understood_whole_or_refused(model: type[BaseModel], body: dict[str, Any]) -> None:
    assert model.model_validate(body)
    with pytest.raises(ValidationError, match="surprise"):
        model.model_validate({**body, "surprise": 1})


def test_what_is_answered_may_say_more_than_an_older_program_knows() -> None:
    richer = {**ANSWERED, "first": {"outcome": "clear", "surprise": 1}, "surprise": 1}
    assert AnalysisResponse.model_validate(richer) == AnalysisResponse.model_validate(ANSWERED)
    problem = {"type": "urn:x", "title": "No", "status": 404, "code": "request.not_found", "surprise": 1}
    assert Problem.model_validate(problem).status == 404


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_number_is_a_number(number: str) -> None:
    with pytest.raises(ValidationError, match="finite"):
        WireOutcome.model_validate_json(f'{{"outcome": "clear", "retry_after_s": {number}}}')
    with pytest.raises(ValidationError, match="observations"):
        IncidentBody.model_validate_json(
            IncidentBody.model_validate(INCIDENT).model_dump_json().replace('"at_s":4.0', f'"at_s":{number}')
        )


def test_every_model_is_frozen() -> None:
    assert {model.__name__ for model in models() if not model.model_config.get("frozen")} == set()


@pytest.mark.parametrize("identity", ["w1", "Front-door_2", "a" * 64])
def test_an_identity_is_taken(identity: str) -> None:
    assert TypeAdapter(Identity).validate_python(identity) == identity


@pytest.mark.parametrize("identity", ["", "a" * 65, "../x", "two words", "é", "line\n", "a/b", "%2e"])
def test_what_could_leave_its_place_in_a_path_or_header_is_no_identity(identity: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Identity).validate_python(identity)


@pytest.mark.parametrize(
    "change",
    [
        {"start": "2026-11-22T12:00:00"},
        {"gate_peak": -1},
        {"gate_active_share": 1.1},
        {"camera_name": ""},
        {"camera_name": "x" * 201},
        {"language": "xx"},
    ],
    ids=str,
)
def test_a_request_out_of_its_bounds_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(change))):
        AnalysisRequest.model_validate({**ASKED, **change})


def test_an_incident_comes_back_as_it_was_put() -> None:
    put = IncidentBody.model_validate(INCIDENT)
    view = IncidentView.model_validate_json(IncidentView(id="i1", **put.model_dump()).model_dump_json())
    assert IncidentBody.model_validate(view.model_dump(exclude={"id"})) == put
