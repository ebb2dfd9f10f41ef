"""Links over HTTP: made, listed and revoked with a key."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.db.database import Database
from server.services import links
from server.services.links import ClosedLink, Links, OpenLink
from tests.fakes.links import BASE, add_incident, token_of
from tests.fakes.server import CLIENT, RunningServer, running_server
from tests.integration.test_server_http import ask, other_key, problem
from vigint_core.domain.fault import Code
from vigint_core.domain.scope import Scope

LINKS = "/v1/incidents/i1/links"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with running_server(tmp_path, limits={"vigint_public_url": BASE}) as running:
        add_incident(running.parts.database, running.parts.clients.named(CLIENT).id)
        yield running


def make(server: RunningServer, **wish: Any) -> dict[str, Any]:
    answer = ask(server, "POST", LINKS, json=wish)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def listed(server: RunningServer) -> list[dict[str, Any]]:
    links: list[dict[str, Any]] = ask(server, "GET", LINKS).json()["links"]
    return links


def test_a_link_is_made_listed_and_revoked(server: RunningServer) -> None:
    made = make(server, rights="review", days=2)
    (link,) = listed(server)

    assert made["url"].startswith(f"{BASE}/l/")
    assert (link["id"], link["rights"], link["expires"]) == (made["id"], "review", made["expires"])
    assert (link["revoked"], link["fetched"], link["opened"], link["last_opened"]) == (None, 0, 0, None)
    assert link["made_by"] == server.key.split("_")[1]
    assert made["url"].rpartition("/")[2] not in str(link), "who may list links may not open them"

    for _ in range(2):
        assert ask(server, "DELETE", f"{LINKS}/{made['id']}").status_code == 204
    assert listed(server)[0]["revoked"] is not None


def test_unless_asked_otherwise_a_link_only_shows(server: RunningServer) -> None:
    assert make(server)["rights"] == "view"


@pytest.mark.parametrize("wish", [{"days": 0}, {"days": 366}, {"days": "NaN"}, {"rights": "own"}, {"url": "x"}])
def test_what_is_no_link_is_refused(server: RunningServer, wish: dict[str, object]) -> None:
    problem(ask(server, "POST", LINKS, json=wish), 422, Code.REQUEST_INVALID)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/incidents/i2/links"),
        ("GET", "/v1/incidents/i2/links"),
        ("DELETE", f"{LINKS}/0123456789abcdef0123"),
    ],
)
def test_what_nobody_has_is_404(server: RunningServer, method: str, path: str) -> None:
    body = {"json": {}} if method == "POST" else {}
    problem(ask(server, method, path, **body), 404, Code.REQUEST_NOT_FOUND)


def test_another_client_has_neither_the_incident_nor_its_links(server: RunningServer) -> None:
    made, other = make(server), other_key(server)
    for method, path in (("POST", LINKS), ("GET", LINKS), ("DELETE", f"{LINKS}/{made['id']}")):
        body = {"json": {}} if method == "POST" else {}
        problem(ask(server, method, path, other, **body), 404, Code.REQUEST_NOT_FOUND)
    assert listed(server)[0]["revoked"] is None


def test_who_may_only_read_makes_and_revokes_none(server: RunningServer) -> None:
    made = make(server)
    reads = server.parts.clients.add_key(CLIENT, [Scope.INCIDENTS_READ]).text
    assert ask(server, "GET", LINKS, reads).status_code == 200
    for method, path in (("POST", LINKS), ("DELETE", f"{LINKS}/{made['id']}")):
        body = {"json": {}} if method == "POST" else {}
        assert ask(server, method, path, reads, **body).status_code == 403


def test_one_link_too_many_says_what_to_do(server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "MOST_LIVE", 2)
    first, _ = make(server), make(server)
    answer = problem(ask(server, "POST", LINKS, json={}), 409, Code.LINK_TOO_MANY)
    assert "Revoke" in answer.remedy
    ask(server, "DELETE", f"{LINKS}/{first['id']}")
    make(server)


def test_a_server_without_an_address_says_what_to_set(tmp_path: Path) -> None:
    with running_server(tmp_path / "silent") as server:
        add_incident(server.parts.database, server.parts.clients.named(CLIENT).id)
        answer = problem(ask(server, "POST", LINKS, json={}), 409, Code.LINK_NO_ADDRESS)
        assert "VIGINT_PUBLIC_URL" in answer.remedy


def test_a_link_is_revoked_in_every_process_at_once(server: RunningServer) -> None:
    token = token_of(make(server)["url"])
    other = Links(Database(server.parts.config.database), server.parts.clock, server.parts.config)
    assert isinstance(other.read(token), OpenLink)

    ask(server, "DELETE", f"{LINKS}/{listed(server)[0]['id']}")

    assert isinstance(other.read(token), ClosedLink)
