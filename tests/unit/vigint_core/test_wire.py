"""The contract between the two programs: strict about what is asked, patient with what is answered."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from vigint_core import wire
from vigint_core.domain import bounds
from vigint_core.domain.scope import Scope
from vigint_core.wire import (
    AnalysisRequest,
    AnalysisResponse,
    Identity,
    IncidentBody,
    IncidentPut,
    IncidentView,
    Me,
    Month,
    PartView,
    Problem,
    WireAct,
    WireBudget,
    WireCall,
    WireOutcome,
    WireSums,
    WireUsageLine,
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
ACT = {"type": "violence", "severity": "high", "confidence": 0.6, "summary": "hits somebody", "at": NOON}
ANSWERED = {"window_id": "w1", "first": {"outcome": "clear"}}


def models() -> Iterator[type[BaseModel]]:
    for found in vars(wire).values():
        if isinstance(found, type) and issubclass(found, BaseModel) and found.__module__ == wire.__name__:
            yield found


@pytest.mark.parametrize(("model", "body"), [(AnalysisRequest, ASKED), (IncidentPut, INCIDENT), (WireAct, ACT)])
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
        {"start": "9999-12-31T23:59:59-05:00"},
        {"end": "0001-01-01T00:00:00Z"},
        {"context_start": "2100-01-01T00:00:01Z"},
        {"gate_peak": -1},
        {"gate_active_share": 1.1},
        {"camera_name": ""},
        {"camera_name": "x" * 201},
        {"language": "xx"},
        {"notes": "x" * 2001},
        {"open_hours": "x" * 201},
        {"is_open": "perhaps"},
    ],
    ids=str,
)
def test_a_request_out_of_its_bounds_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(change))):
        AnalysisRequest.model_validate({**ASKED, **change})


def test_a_clock_that_was_never_set_keeps_no_clip_from_being_looked_at() -> None:
    early = "1969-12-31T23:59:50Z"
    assert AnalysisRequest.model_validate({**ASKED, "context_start": early}).context_start.timestamp() == -10.0


def test_an_incident_comes_back_as_it_was_put() -> None:
    put = IncidentBody.model_validate(INCIDENT)
    view = IncidentView.model_validate_json(IncidentView(id="i1", **put.model_dump()).model_dump_json())
    assert IncidentBody.model_validate(view.model_dump(include=set(IncidentBody.model_fields))) == put


def test_other_acts_of_an_incident_come_back_as_they_were_put() -> None:
    put = IncidentBody.model_validate({**INCIDENT, "other_acts": [ACT]})
    view = IncidentView.model_validate_json(IncidentView(id="i1", **put.model_dump()).model_dump_json())

    assert [(act.type, act.severity, act.summary) for act in view.other_acts] == [("violence", "high", "hits somebody")]
    assert IncidentBody.model_validate(INCIDENT).other_acts == [], "an older desk tells of none"


@pytest.mark.parametrize("change", [{"confidence": 1.1}, {"at": "2026-11-22T12:00:00"}, {"type": "gossip"}], ids=str)
def test_an_act_out_of_its_bounds_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(change))):
        IncidentBody.model_validate({**INCIDENT, "other_acts": [{**ACT, **change}]})


FAR = ["0001-01-01T00:00:00Z", "1999-12-31T23:59:59Z", "2100-01-01T00:00:01Z", "9999-12-31T23:59:59-05:00"]


@pytest.mark.parametrize("at", FAR)
@pytest.mark.parametrize("field", ["start", "end", "act", "opened", "alert_start", "other_acts"])
def test_a_time_that_can_not_be_told_is_not_taken_and_read_as_the_nearest(field: str, at: str) -> None:
    """Books from before it was refused may hold it: whoever reads them has to get on."""
    acts = field == "other_acts"
    told = {**INCIDENT, field: [{**ACT, "at": at}] if acts else at}
    with pytest.raises(ValidationError, match=field):
        IncidentPut.model_validate(told)
    read = IncidentBody.model_validate(told)
    assert (read.other_acts[0].at if acts else getattr(read, field)) in {bounds.EARLIEST, bounds.LATEST}


@pytest.mark.parametrize(("at_s", "read"), [(1e12, 86_400.0), (-1e12, -86_400.0)])
def test_nor_is_an_observation_of_another_day(at_s: float, read: float) -> None:
    told = {**INCIDENT, "observations": [{"at_s": at_s, "text": "a bag"}]}
    with pytest.raises(ValidationError, match="within a day"):
        IncidentPut.model_validate(told)
    assert [each.at_s for each in IncidentBody.model_validate(told).observations] == [read]


def test_an_observation_of_the_clip_around_lies_before_the_start() -> None:
    told = {**INCIDENT, "observations": [{"at_s": -30.0, "text": "a bag"}]}
    assert IncidentPut.model_validate(told).observations[0].at_s == -30.0


@pytest.mark.parametrize(
    ("field", "most", "one"), [("observations", 200, {"at_s": 1, "text": "x"}), ("window_ids", 2000, "w1"),
                               ("other_acts", 32, ACT)],
)  # fmt: skip
def test_lists_of_an_incident_are_bounded(field: str, most: int, one: object) -> None:
    assert IncidentPut.model_validate({**INCIDENT, field: [one] * most})
    with pytest.raises(ValidationError, match=field):
        IncidentPut.model_validate({**INCIDENT, field: [one] * (most + 1)})


def test_what_an_older_program_does_not_say_is_nothing() -> None:
    """Neither side of an update may break the other."""
    request = AnalysisRequest.model_validate(ASKED)
    assert (request.is_open, request.open_hours, request.notes, request.zones) == (None, "", "", [])
    old = {"look": "first", "model": "m", "prompt_version": "v1", "tokens_in": 1, "tokens_out": 2, "cost_micro_usd": 3}
    call = WireCall.model_validate({**old, "latency_s": 0.5})
    assert (call.unsettled_micro_usd, call.tokens_thought, call.outcome) == (0, 0, "")
    assert (call.flagged, call.thrifty) == (False, False)
    part = PartView.model_validate({"part": "ai", "health": "ok"})
    assert (part.detail, part.until) == ("", None)


def test_how_the_money_stands_is_counted_in_steps_that_everybody_knows() -> None:
    told = {"caps": {}, "spent_day": 1, "spent_month": 2}
    budget = WireBudget.model_validate(told)
    assert (budget.caps.day, budget.caps.camera_month, budget.forecast_month, budget.economy) == (None, None, None, 0)
    for wrong in ({"economy": 5}, {"economy": -1}, {"cameras": {"door": 5}}):
        with pytest.raises(ValidationError, match=next(iter(wrong))):
            WireBudget.model_validate({**told, **wrong})


@pytest.mark.parametrize(
    ("scopes", "lacking"),
    [
        (None, ()),
        ([], tuple(Scope)),
        (["analyse", "of:tomorrow", "usage:read"], (Scope.INCIDENTS_READ, Scope.INCIDENTS_WRITE)),
        (list(Scope), ()),
    ],
)
def test_a_desk_knows_what_its_key_lacks_also_from_an_older_and_a_newer_server(
    scopes: list[str] | None, lacking: tuple[Scope, ...]
) -> None:
    told = {"client_id": "c", "client_name": "Shop", "key_id": "k", "server_version": "1", "scopes": scopes}
    assert Me.model_validate(told).lacking == lacking
    assert Me.model_validate({name: value for name, value in told.items() if value is not None}).lacking == lacking


@pytest.mark.parametrize("month", ["2000-01", "2026-11", "2999-12"])
def test_a_month_is_taken(month: str) -> None:
    assert TypeAdapter(Month).validate_python(month) == month


@pytest.mark.parametrize("month", ["", "2026", "2026-13", "2026-00", "1999-12", "2026-11\n", "٢026-11", "2026-11-01"])
def test_what_is_no_month_is_refused(month: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Month).validate_python(month)


def test_money_of_a_month_is_whole_however_large() -> None:
    line = WireUsageLine(name="2026-11-27", cost_micro_usd=2**63 - 1)
    assert WireUsageLine.model_validate_json(line.model_dump_json()).cost_micro_usd == 2**63 - 1
    with pytest.raises(ValidationError, match="cost_micro_usd"):
        WireSums.model_validate({"cost_micro_usd": 0.5})
