"""Incidents on a real server, as a desk of this version and one from before acts were told bring them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from tests.fakes.server import RunningServer, running_server
from tests.unit.vigint_desktop.store.test_ledger import NOW_S, incident
from vigint_core.domain.ids import IncidentId, WindowId
from vigint_core.domain.incident import Act
from vigint_core.domain.verdict import IncidentType, Severity
from vigint_core.wire import API_KEY_HEADER, IncidentBody, IncidentList, IncidentView
from vigint_desktop.pipeline.outbox import body_of
from vigint_desktop.pipeline.server_link import Endpoint, ServerLink


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with running_server(tmp_path) as running:
        yield running


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

    assert IncidentBody(**kept["i1"].model_dump(include=set(IncidentBody.model_fields))) == body_of(plain)
    assert IncidentBody(**kept["i2"].model_dump(include=set(IncidentBody.model_fields))) == body_of(both)
    assert [act.summary for act in kept["i2"].other_acts] == ["hits somebody"]
