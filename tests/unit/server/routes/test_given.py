"""What a route wants of a key: declared once each, held to over real HTTP, and shut where it was forgotten."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from sqlalchemy import Engine, event

from server.routes.given import GivenTenant, wants
from server.services.failed_sign_ins import MOST_PER_KEY
from tests.fakes.clock import FakeClock
from tests.fakes.openapi import Described, described
from tests.fakes.server import CLIENT, RunningServer, running_server
from vigint_core.domain.fault import Code
from vigint_core.domain.scope import Scope
from vigint_core.domain.status import Health
from vigint_core.wire import API_KEY_HEADER, Me, Problem
from vigint_desktop.pipeline.monitor import ServerProbe
from vigint_desktop.pipeline.server_link import Endpoint, ServerLink

OPEN = {("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/metrics")}
"""Routes that want no key; the document itself is not in the document."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with running_server(tmp_path) as running:
        yield running


def routes(server: RunningServer) -> list[Described]:
    return list(described(server.app))


def ask(server: RunningServer, method: str, path: str, key: str = "") -> requests.Response:
    """One answer; of a stream, which has no end, only its head."""
    headers = {API_KEY_HEADER: key} if key else {}
    with requests.Session() as session:
        answer = session.request(method, server.url + path, headers=headers, timeout=20, stream=True)
        if answer.headers.get("Content-Type", "").startswith("text/event-stream"):
            answer.close()
        else:
            assert answer.content is not None, "it is read whole"
        return answer


def code_of(answer: requests.Response) -> Code:
    return Problem.model_validate_json(answer.content).code


def test_every_route_but_the_open_ones_declares_what_its_key_must_have(server: RunningServer) -> None:
    assert {each.operation for each in routes(server) if each.scopes is None} == OPEN
    assert {each.operation for each in routes(server) if each.scopes == ()} == {
        ("GET", "/v1/me"),
        ("GET", "/v1/health"),
    }
    assert {scope for each in routes(server) for scope in each.scopes or ()} == set(Scope), "each scope opens something"


def test_a_key_without_the_scope_is_403_on_every_route_and_one_with_it_gets_in(server: RunningServer) -> None:
    for each in routes(server):
        method, path = each.operation
        for scope in each.scopes or ():
            without = server.parts.clients.add_key(CLIENT, set(Scope) - {scope}).text
            alone = server.parts.clients.add_key(CLIENT, [Scope(scope)]).text
            refused = ask(server, method, path, without)
            assert refused.status_code == 403, each
            if method != "HEAD":  # whose answer has no body
                assert code_of(refused) is Code.AUTH_FORBIDDEN, each
                assert refused.json()["errors"] == [f"scope {scope}: is missing"]
            assert ask(server, method, path, alone).status_code in {200, 422}, each


def test_who_has_no_key_learns_of_no_scope(server: RunningServer) -> None:
    for each in routes(server):
        if each.scopes is not None:
            answer = ask(server, *each.operation)
            assert answer.status_code == 401, each
            assert each.operation[0] == "HEAD" or code_of(answer) is Code.AUTH_MISSING_KEY, each
            assert "scope" not in answer.text


def test_me_tells_scopes_and_end_to_any_good_key(server: RunningServer) -> None:
    end_s = server.parts.clock.wall() + 3600
    key = server.parts.clients.add_key(CLIENT, [Scope.USAGE_READ], end_s).text
    me = Me.model_validate_json(ask(server, "GET", "/v1/me", key).content)
    assert me.scopes == ["usage:read"]
    assert me.expires is not None
    assert me.expires.timestamp() == pytest.approx(end_s, abs=1e-3)
    assert me.lacking == (Scope.ANALYSE, Scope.INCIDENTS_READ, Scope.INCIDENTS_WRITE)
    full = Me.model_validate_json(ask(server, "GET", "/v1/me", server.key).content)
    assert (full.lacking, full.expires) == ((), None)


@pytest.mark.expects_log("unforeseen error")
@pytest.mark.parametrize("path", ["/v1/undeclared", "/v1/unkeyed"])
def test_a_route_that_forgot_half_of_it_answers_nobody(server: RunningServer, path: str) -> None:
    @server.app.get("/v1/undeclared")
    def undeclared(tenant: GivenTenant) -> str:
        return tenant.client_id

    @server.app.get("/v1/unkeyed", dependencies=[wants()])
    def unkeyed() -> str:
        return "for everybody"

    answer = ask(server, "GET", path, server.key)
    assert (answer.status_code, code_of(answer)) == (500, Code.INTERNAL)


def test_nothing_of_a_body_is_understood_before_the_key_is(server: RunningServer) -> None:
    less = server.parts.clients.add_key(CLIENT, [Scope.USAGE_READ]).text
    wanted = {"": Code.AUTH_MISSING_KEY, "wrong": Code.AUTH_INVALID_KEY, less: Code.AUTH_FORBIDDEN}
    for key, code in {**wanted, server.key: Code.REQUEST_INVALID}.items():
        with requests.Session() as session:
            headers = {API_KEY_HEADER: key, "Content-Type": "application/json"}
            url = f"{server.url}/v1/incidents/i1"
            assert code_of(session.put(url, data=b"{no json", headers=headers, timeout=20)) is code


@pytest.mark.parametrize(
    "query",
    [
        "X-API-Key={key}",
        "api_key={key}",
        "note=see+{key}",
        "{key}=1",
        "n={hidden}",
        "apikey=hunter2",
        "VIGINT_API_KEY=",
    ],
)
def test_a_key_in_the_address_is_refused_with_its_own_remedy(
    server: RunningServer, query: str, caplog: pytest.LogCaptureFixture
) -> None:
    hidden = "".join(f"%{ord(letter):02x}" for letter in server.key)
    answer = ask(server, "GET", f"/v1/me?{query.format(key=server.key, hidden=hidden)}")
    assert (answer.status_code, code_of(answer)) == (401, Code.AUTH_KEY_IN_ADDRESS)
    assert server.key not in answer.text
    # pytest listens to loggers that pass nothing on, and so wakes the line of uvicorn's that the server has turned off.
    assert not [each for each in caplog.records if each.name != "uvicorn.access" and server.key in each.getMessage()]
    assert [each for each in caplog.records if each.name == "server.access"], "ours has no query"


def test_a_good_header_does_not_excuse_a_key_in_the_address(server: RunningServer) -> None:
    answer = ask(server, "GET", f"/v1/me?note={server.key}", server.key)
    assert code_of(answer) is Code.AUTH_KEY_IN_ADDRESS
    assert ask(server, "GET", "/v1/me?note=hunter2&key=till", server.key).status_code == 200


def test_failures_end_in_429_with_a_time_and_a_good_key_is_untouched(
    server: RunningServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "server.services.failed_sign_ins")
    wrong = f"vg_{server.key.split('_')[1]}_{'x' * 43}"
    answers = [ask(server, "GET", "/v1/me", wrong) for _ in range(MOST_PER_KEY + 2)]
    assert [answer.status_code for answer in answers] == [401] * MOST_PER_KEY + [429] * 2
    assert code_of(answers[-1]) is Code.AUTH_TOO_MANY
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    assert ask(server, "GET", "/v1/me", server.key).status_code == 200
    (line,) = [each.getMessage() for each in caplog.records if each.name == "server.services.failed_sign_ins"]
    assert "127.0.0.1" in line
    assert wrong not in line


def test_a_minute_of_requests_writes_a_key_s_use_once_and_after_the_answer(server: RunningServer) -> None:
    written: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("UPDATE api_keys"):
            written.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    for _ in range(200):  # the note comes after the answer, on another thread: ask until it is there
        assert ask(server, "GET", "/v1/me", server.key).status_code == 200
        (key,) = server.parts.clients.all_keys()
        if key.last_used_s is not None:
            break
    for _ in range(10):
        assert ask(server, "GET", "/v1/me", server.key).status_code == 200
    event.remove(Engine, "before_cursor_execute", note)

    assert key.last_used_s is not None
    assert len(written) == 1


def test_the_document_names_the_scheme_that_the_header_is(server: RunningServer) -> None:
    (scheme,) = server.app.openapi()["components"]["securitySchemes"].values()
    assert (scheme["type"], scheme["in"], scheme["name"]) == ("apiKey", "header", API_KEY_HEADER)
    assert wants(Scope.ANALYSE).scopes == ["analyse"]


def test_the_desktop_shows_truly_what_becomes_of_its_key(server: RunningServer) -> None:
    """A key for less, a revoked one, and one that was tried too often, in the status bar's part for the sign-in."""
    less = server.parts.clients.add_key(CLIENT, [Scope.ANALYSE, Scope.USAGE_READ])
    link = ServerLink()

    def sign_in(key: str) -> tuple[Health, Code | None, str]:
        link.set_endpoint(Endpoint(server.url, key))
        _, found, _ = ServerProbe(link, FakeClock()).prove()
        return found.health, found.code, found.detail

    assert sign_in(server.key) == (Health.OK, None, "")
    assert sign_in(less.text) == (Health.DEGRADED, Code.AUTH_FORBIDDEN, "incidents:read, incidents:write")
    server.parts.clients.revoke(less.id)
    for _ in range(MOST_PER_KEY):
        assert sign_in(less.text)[:2] == (Health.DOWN, Code.AUTH_INVALID_KEY)
    assert sign_in(less.text)[:2] == (Health.DOWN, Code.AUTH_TOO_MANY)
    assert sign_in(server.key) == (Health.OK, None, "")
    link.close()
