"""Everything about the server's HTTP that is not an analysis: sign-in, incidents, health, problems."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.fakes.examiner import ScriptedExaminer
from tests.fakes.server import RunningServer, running_server
from tests.integration.conftest import SHOP
from vigint_core import __version__, texts
from vigint_core.domain.fault import Code
from vigint_core.domain.status import Health
from vigint_core.wire import API_KEY_HEADER, IncidentBody, IncidentList, Liveness, Me, PartView, Problem, Readiness

pytestmark = pytest.mark.usefixtures("backend")
BODY = {
    "camera_id": "till-2",
    "camera_name": "Till 2",
    "type": "concealment",
    "severity": "high",
    "state": "suspected",
    "source": "ai",
    "confidence": 0.9,
    "summary": "Une personne met une bouteille dans son sac.",
    "observations": [{"at_s": 2.5, "text": "La main prend la bouteille."}],
    "start": "2026-11-22T13:31:40Z",
    "end": "2026-11-22T13:31:50Z",
    "act": "2026-11-22T13:31:42.500000Z",
    "opened": "2026-11-22T13:31:52Z",
    "window_ids": ["w1"],
}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with running_server(tmp_path) as running:
        yield running


def ask(server: RunningServer, method: str, path: str, key: str | None = None, **request: Any) -> requests.Response:
    headers = {API_KEY_HEADER: server.key if key is None else key} if key != "" else {}
    with requests.Session() as session:
        return session.request(method, server.url + path, headers=headers, timeout=20, **request)


def problem(response: requests.Response, status: int, code: Code) -> Problem:
    assert response.status_code == status, response.text
    assert response.headers["Content-Type"] == "application/problem+json"
    found = Problem.model_validate_json(response.content)
    assert (found.status, found.code, found.type) == (status, code, f"urn:vigint:fault:{code}")
    assert (found.detail, found.remedy) == (texts.cause("en", code), texts.remedy("en", code))
    return found


def other_key(server: RunningServer) -> str:
    server.parts.clients.add("Other shop")
    return server.parts.clients.add_key("Other shop").text


def test_me_tells_whose_key_it_is(server: RunningServer) -> None:
    me = Me.model_validate_json(ask(server, "GET", "/v1/me").content)
    assert (me.client_name, me.server_version) == ("Test shop", __version__)
    assert server.key.startswith(f"vg_{me.key_id}_")


def test_no_key(server: RunningServer) -> None:
    response = ask(server, "GET", "/v1/me", key="")
    problem(response, 401, Code.AUTH_MISSING_KEY)
    assert "WWW-Authenticate" in response.headers


def test_wrong_keys_are_not_told_apart(server: RunningServer) -> None:
    key_id = server.key.split("_")[1]
    revoked = server.parts.clients.add_key("Test shop")
    server.parts.clients.revoke(revoked.id)
    wrong = ["nonsense", f"vg_{key_id}_{'x' * 43}", f"vg_ffffffffffff_{'x' * 43}", revoked.text, server.key + "x"]
    answers = [ask(server, "GET", "/v1/me", key=key) for key in wrong]
    for response in answers:
        problem(response, 401, Code.AUTH_INVALID_KEY)
    assert len({str(response.json() | {"request_id": ""}) for response in answers}) == 1


def test_a_key_in_the_query_is_refused(server: RunningServer) -> None:
    problem(
        ask(server, "GET", f"/v1/me?X-API-Key={server.key}&api_key={server.key}", key=""), 401, Code.AUTH_KEY_IN_ADDRESS
    )


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/me"),
        ("POST", "/v1/analyses"),
        ("PUT", "/v1/incidents/i1"),
        ("GET", "/v1/incidents"),
        ("GET", "/v1/usage"),
    ],
)
def test_every_v1_address_wants_a_key(server: RunningServer, method: str, path: str) -> None:
    problem(ask(server, method, path, key="", json=BODY), 401, Code.AUTH_MISSING_KEY)


def test_unknown_address_and_wrong_method_are_problems(server: RunningServer) -> None:
    problem(ask(server, "GET", "/v1/nothing"), 404, Code.REQUEST_NOT_FOUND)
    response = ask(server, "DELETE", "/v1/me")
    problem(response, 405, Code.REQUEST_INVALID)
    assert response.headers["Allow"] == "GET"


def incidents(server: RunningServer, query: str = "", key: str | None = None) -> IncidentList:
    return IncidentList.model_validate_json(ask(server, "GET", f"/v1/incidents{query}", key=key).content)


def test_an_incident_is_kept_as_it_was_sent_and_replaced_by_a_repeat(server: RunningServer) -> None:
    for state in ("suspected", "confirmed"):
        response = ask(server, "PUT", "/v1/incidents/i1", json={**BODY, "state": state})
        assert response.status_code == 200, response.text
    (kept,) = incidents(server).incidents
    assert kept.id == "i1"
    assert kept.state == "confirmed"
    assert IncidentBody(**kept.model_dump(include=set(IncidentBody.model_fields))) == IncidentBody.model_validate(
        {**BODY, "state": "confirmed"}
    )


def test_incidents_come_newest_first_and_in_pages(server: RunningServer) -> None:
    for minute in (1, 3, 2):
        ask(server, "PUT", f"/v1/incidents/i{minute}", json={**BODY, "opened": f"2026-11-22T13:0{minute}:00Z"})
    assert [each.id for each in incidents(server).incidents] == ["i3", "i2", "i1"]
    assert [each.id for each in incidents(server, "?limit=1").incidents] == ["i3"]
    assert [each.id for each in incidents(server, "?before=2026-11-22T13:03:00Z").incidents] == ["i2", "i1"]


def test_incidents_of_others_are_neither_seen_nor_replaced(server: RunningServer) -> None:
    other = other_key(server)
    ask(server, "PUT", "/v1/incidents/i1", json=BODY)
    assert incidents(server, key=other).incidents == []
    ask(server, "PUT", "/v1/incidents/i1", key=other, json={**BODY, "camera_name": "Theirs"})
    assert [each.camera_name for each in incidents(server).incidents] == ["Till 2"]
    assert [each.camera_name for each in incidents(server, key=other).incidents] == ["Theirs"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/incidents/i1", {**BODY, "confidence": 2}),
        ("/v1/incidents/i1", {**BODY, "hunter2": "hunter2-value"}),
        ("/v1/incidents/i%20%2e", BODY),
        ("/v1/incidents/i1", None),
    ],
)
def test_an_invalid_incident_is_a_problem(server: RunningServer, path: str, body: Any) -> None:
    response = ask(server, "PUT", path, json=body)
    problem(response, 422, Code.REQUEST_INVALID)
    assert response.json()["errors"]
    assert "hunter2-value" not in response.text
    assert incidents(server).incidents == []


def test_healthz_needs_no_key(server: RunningServer) -> None:
    response = ask(server, "GET", "/healthz", key="")
    assert Liveness.model_validate_json(response.content).version == __version__


def readiness(server: RunningServer, status: int = 200) -> dict[str, PartView]:
    response = ask(server, "GET", "/readyz", key="")
    assert response.status_code == status, response.text
    view = Readiness.model_validate_json(response.content)
    assert view.ready is (status == 200)
    for part in view.parts:
        told = part.code is not None
        assert (bool(part.cause), bool(part.remedy), part.health is not Health.OK) == (told, told, told)
    return {part.part: part for part in view.parts}


def test_readyz_without_an_ai_key(server: RunningServer) -> None:
    parts = readiness(server)
    assert (parts["database"].health, parts["storage"].health) == (Health.OK, Health.OK)
    assert (parts["ai"].health, parts["ai"].code) == (Health.NOT_CONFIGURED, Code.AI_NO_KEY)


def test_readyz_notices_that_the_books_are_gone(server: RunningServer) -> None:
    with server.parts.database.connection() as connection:
        connection.exec_driver_sql("DELETE FROM alembic_version")
    parts = readiness(server, 503)
    assert (parts["database"].health, parts["database"].code) == (Health.DOWN, Code.SERVER_STORAGE)


@pytest.mark.parametrize("backend", [SHOP], indirect=True)
def test_readyz_notices_that_the_folder_can_not_be_written(tmp_path: Path) -> None:
    files = {"vigint_storage_url": f"file://{tmp_path}/files"}
    with running_server(tmp_path / "data", limits=files) as server:
        (tmp_path / "files").rename(tmp_path / "elsewhere")
        parts = readiness(server, 503)
        assert (parts["storage"].health, parts["storage"].code) == (Health.DOWN, Code.SERVER_STORAGE)


def test_health_tells_every_part_to_any_good_key(server: RunningServer) -> None:
    response = ask(server, "GET", "/v1/health")
    assert response.status_code == 200, response.text
    told = response.json()
    parts = {part["part"]: part for part in told["parts"]}
    assert {"database", "storage", "ai", "disk"} <= parts.keys()
    assert (parts["database"]["health"], parts["disk"]["health"], told["language"]) == ("ok", "ok", "en")
    assert parts["ai"]["code"] == Code.AI_NO_KEY
    assert parts["ai"]["worked_at"] is None
    assert parts["disk"]["figures"]["free_bytes"] > 0


def test_health_in_french(server: RunningServer) -> None:
    (ai,) = [part for part in asked_in_french(server)["parts"] if part["part"] == "ai"]
    assert (ai["cause"], ai["remedy"]) == (texts.cause("fr", Code.AI_NO_KEY), texts.remedy("fr", Code.AI_NO_KEY))


def asked_in_french(server: RunningServer) -> Any:
    with requests.Session() as session:
        headers = {API_KEY_HEADER: server.key, "Accept-Language": "fr-FR,fr;q=0.9"}
        return session.get(f"{server.url}/v1/health", headers=headers, timeout=20).json()


def test_health_is_for_those_with_a_key(server: RunningServer) -> None:
    problem(ask(server, "GET", "/v1/health", key=""), 401, Code.AUTH_MISSING_KEY)


def test_metrics_name_routes_and_nobody(server: RunningServer) -> None:
    ask(server, "PUT", "/v1/incidents/hunter2-incident", json=BODY)
    response = ask(server, "GET", "/metrics", key="")
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert 'vigint_requests_total{method="PUT",route="/v1/incidents/{incident_id}",status="2xx"} 1.0' in response.text
    assert 'vigint_part_ok{part="database"} 1.0' in response.text
    for secret in ("hunter2", "Till 2", "till-2", "Test shop", server.key, server.key.split("_")[1]):
        assert secret not in response.text


def test_metrics_are_for_this_machine_alone(server: RunningServer) -> None:
    with requests.Session() as session:
        sent_on = session.get(f"{server.url}/metrics", headers={"X-Forwarded-For": "192.0.2.7"}, timeout=20)
    problem(sent_on, 404, Code.REQUEST_NOT_FOUND)


def test_metrics_may_be_made_public(tmp_path: Path) -> None:
    with running_server(tmp_path, limits={"vigint_metrics_public": True}) as server, requests.Session() as session:
        sent_on = session.get(f"{server.url}/metrics", headers={"X-Forwarded-For": "192.0.2.7"}, timeout=20)
    assert "vigint_build_info" in sent_on.text


def wait_for_probes(examiner: ScriptedExaminer, count: int) -> None:
    with examiner.probed:
        assert examiner.probed.wait_for(lambda: examiner.probes >= count, 20)


def test_the_ai_is_ok_only_after_a_real_probe(tmp_path: Path) -> None:
    examiner = ScriptedExaminer()
    with running_server(tmp_path, examiner=examiner) as server:
        wait_for_probes(examiner, 1)
        part = wait_for_ai(server, Health.OK)
    assert (part.label, part.code, examiner.probes) == ("model-probe", None, 1)
    assert part.proven_at is not None
    assert examiner.closed


def wait_for_ai(server: RunningServer, health: Health) -> PartView:
    """The probe's note comes after the probe, on another thread: ask until it is there."""
    for _ in range(200):
        part = readiness(server)["ai"]
        if part.health is health:
            return part
    raise AssertionError(f"the AI never became {health}: {part}")


@pytest.mark.expects_log("ai probed")
@pytest.mark.parametrize(
    ("code", "health"),
    [(Code.AI_KEY_INVALID, Health.DOWN), (Code.AI_MODEL_RETIRED, Health.DOWN), (Code.AI_BILLING, Health.DOWN)],
)
def test_a_failed_probe_is_told(tmp_path: Path, code: Code, health: Health) -> None:
    with running_server(tmp_path, examiner=ScriptedExaminer(probe_code=code)) as server:
        assert wait_for_ai(server, health).code is code


def test_an_unproven_ai_is_not_ok(tmp_path: Path) -> None:
    """While the probe has not come back, nothing is claimed."""
    examiner = ScriptedExaminer()
    with examiner.probed, running_server(tmp_path, examiner=examiner) as server:
        assert (readiness(server)["ai"].code, examiner.probes) == (Code.AI_NOT_PROVEN, 0)


def test_the_answer_to_nobody_holds_no_secret(server: RunningServer) -> None:
    for path in ("/readyz", "/healthz", "/openapi.json"):
        text = ask(server, "GET", path, key="").text
        assert server.key not in text
        assert server.parts.config.secret_key.get_secret_value() not in text
