"""Incidents on a real server, as a desk of this version and one from before acts were told bring them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests

from server.routes.given import MOST_JSON_BYTES
from tests.fakes.server import RunningServer, running_server
from tests.unit.vigint_desktop.store.test_ledger import NOW_S, incident
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import IncidentId, WindowId
from vigint_core.domain.incident import Act
from vigint_core.domain.verdict import IncidentType, Severity
from vigint_core.wire import API_KEY_HEADER, IncidentList, IncidentPut, IncidentView
from vigint_desktop.pipeline.outbox import body_of
from vigint_desktop.pipeline.server_link import Endpoint, ServerLink


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with running_server(tmp_path) as running:
        yield running


def put(server: RunningServer, **told: Any) -> requests.Response:
    body = {**body_of(incident("i1")).model_dump(mode="json"), **told}
    with requests.Session() as session:
        headers = {API_KEY_HEADER: server.key}
        return session.put(f"{server.url}/v1/incidents/i1", json=body, headers=headers, timeout=20)


def listed(server: RunningServer) -> dict[str, IncidentView]:
    with requests.Session() as session:
        answer = session.get(f"{server.url}/v1/incidents", headers={API_KEY_HEADER: server.key}, timeout=20)
    return {each.id: each for each in IncidentList.model_validate_json(answer.content).incidents}


def test_a_second_act_reaches_the_server_and_an_incident_without_one_does_too(server: RunningServer) -> None:
    fight = Act(IncidentType.VIOLENCE, Severity.HIGH, 0.7, "hits somebody", NOW_S + 6)
    plain = incident("i1")
    second = replace(plain.suspicions[0], window_id=WindowId("w2"), act=fight)
    both = replace(plain, id=IncidentId("i2"), suspicions=(*plain.suspicions, second))
    link = ServerLink()
    for each in (plain, both):
        link.put_incident(Endpoint(server.url, server.key), each.id, body_of(each))
    link.close()

    kept = listed(server)

    assert IncidentPut(**kept["i1"].model_dump(include=set(IncidentPut.model_fields))) == body_of(plain)
    assert IncidentPut(**kept["i2"].model_dump(include=set(IncidentPut.model_fields))) == body_of(both)
    assert [act.summary for act in kept["i2"].other_acts] == ["hits somebody"]


@pytest.mark.parametrize(
    ("told", "place"),
    [
        ({"observations": [{"at_s": 1e12, "text": "A"}]}, "body.observations: "),
        ({"observations": [{"at_s": 1, "text": "A"}] * 201}, "body.observations: "),
        ({"opened": "9999-12-31T23:59:59Z"}, "body.opened: "),
        ({"act": "0001-01-01T00:00:00Z"}, "body.act: "),
        ({"window_ids": ["w1"] * 2001}, "body.window_ids: "),
    ],
    ids=lambda told: told if isinstance(told, str) else next(iter(told)),
)
def test_what_could_not_be_told_to_people_is_refused(server: RunningServer, told: dict[str, Any], place: str) -> None:
    answer = put(server, **told)
    (particular,) = answer.json()["errors"]

    assert (answer.status_code, answer.json()["code"]) == (422, Code.REQUEST_INVALID)
    assert particular.startswith(place)
    assert listed(server) == {}


def test_json_of_more_than_a_mebibyte_is_refused_however_it_comes(server: RunningServer) -> None:
    body = body_of(incident("i1")).model_dump_json().encode()
    fits, over = body.ljust(MOST_JSON_BYTES), body.ljust(MOST_JSON_BYTES + 1)
    headers = {API_KEY_HEADER: server.key, "Content-Type": "application/json"}
    with requests.Session() as session:
        url = f"{server.url}/v1/incidents/i1"
        for sent in (over, iter([over[:1000], over[1000:]])):
            answer = session.put(url, data=sent, headers=headers, timeout=20)
            assert (answer.status_code, answer.json()["code"]) == (413, Code.CLIP_TOO_LARGE)
        assert listed(server) == {}
        for sent in (fits, iter([fits[:1000], fits[1000:]])):
            assert session.put(url, data=sent, headers=headers, timeout=20).status_code == 200
