"""Look-ups on the straight way: the same answers and the same refusals as through FastAPI, to the letter."""

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

import pytest
import requests
from fastapi import Depends, FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from starlette.types import Message

from bench.lookups import incident
from server.db.tenant import Tenant
from server.routes import problems
from server.routes.given import GivenSignIn, look_ups
from server.routes.incidents import ListQuery
from server.routes.incidents import router as incidents_router
from server.routes.me import router as me_router
from server.routes.straight import Handler, LookUps, straight
from server.services.incidents import fold
from server.services.metrics import Metrics
from tests.fakes.server import CLIENT, RunningServer, running_server
from vigint_core.domain.scope import Scope

_PATHS = ("/v1/me", "/v1/incidents")
_QUERIES = (
    "", "limit=2", "limit=2&limit=3", "state=vetoed&state=confirmed&severity=high", "camera=till-2", "limit=0",
    "limit=x&camera=%20&state=odd", "unknown=1", "unknown=1&unknown=2", "since=yesterday", "cursor=none%20of%20ours",
    "before=2030-01-01T00:00:00Z&review=new", "since=2030-01-01", "limit=", "state=", "api_key=1",
    "x=vg_ab12_hunter2hunter2hunter2",
)  # fmt: skip


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with running_server(tmp_path) as running:
        tenant = Tenant(running.parts.database, running.parts.clients.named(CLIENT).id)
        for number in range(5):
            tenant.incidents.put(f"i{number}", incident(number), fold, 0.0)
        yield running


def answer(server: RunningServer, path: str, key: str) -> tuple[int, dict[str, str], Any]:
    """Status, headers and document, without what differs from one request to the next."""
    with requests.Session() as session:
        got = session.get(server.url + path, headers={"X-API-Key": key} if key else {}, timeout=20)
    document = got.json()
    document.pop("request_id", None)
    varies = {"x-request-id", "ratelimit", "date", "retry-after"}
    headers = {name.lower(): text for name, text in got.headers.items()}
    return got.status_code, {name: text for name, text in headers.items() if name not in varies}, document


def by_both_ways(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch, asked: list[tuple[str, str]]
) -> tuple[list[Any], list[Any]]:
    """Answers to paths with keys, as they are and by the router alone."""
    here = [answer(server, *each) for each in asked]
    by_router: list[str] = []

    async def router_alone(layer: LookUps, scope: Any, receive: Any, send: Any) -> None:
        by_router.append(scope["path"])
        await layer._app(scope, receive, send)

    with monkeypatch.context() as patch:
        patch.setattr(LookUps, "__call__", router_alone)
        there = [answer(server, *each) for each in asked]
    assert len(by_router) == len(asked)
    return here, there


@pytest.mark.parametrize("path", _PATHS)
def test_queries_are_answered_and_refused_alike(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    asked = [(f"{path}?{query}", key) for query in _QUERIES for key in (server.key, "")]
    here, there = by_both_ways(server, monkeypatch, asked)
    assert here == there
    assert {status for status, _, _ in here} == ({200, 401} if path == "/v1/me" else {200, 401, 422})


@pytest.mark.parametrize("path", _PATHS)
def test_keys_are_refused_alike(server: RunningServer, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    clients = server.parts.clients
    less, gone = clients.add_key(CLIENT, [Scope.USAGE_READ]), clients.add_key(CLIENT)
    clients.revoke(gone.id)
    here, there = by_both_ways(server, monkeypatch, [(path, key) for key in (less.text, gone.text, "no key")])
    assert here == there
    assert [status for status, _, _ in here] == [200 if path == "/v1/me" else 403, 401, 401]


def test_both_look_ups_go_straight_and_nothing_else_does(server: RunningServer) -> None:
    found = look_ups([*me_router.routes, *incidents_router.routes])
    assert set(found) == set(_PATHS)
    for path in _PATHS:
        refused = requests.delete(server.url + path, headers={"X-API-Key": server.key}, timeout=20)
        assert refused.status_code == 405, "the router's"


def test_a_straight_answer_is_counted_by_its_route(server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[tuple[str, str, int]] = []
    monkeypatch.setattr(Metrics, "answered", lambda _self, *told: counted.append(told[:3]))
    for path in _PATHS:
        answer(server, path, server.key)
    assert counted == [(path, "GET", 200) for path in _PATHS]


def test_a_key_that_is_revoked_is_worthless_on_the_straight_way_too(server: RunningServer) -> None:
    key = server.parts.clients.add_key(CLIENT)
    for _ in range(3):
        assert answer(server, "/v1/me", key.text)[0] == 200
    server.parts.clients.revoke(key.id)
    assert answer(server, "/v1/me", key.text)[0] == 401


class Wish(BaseModel):
    size: int = 1
    words: list[str] = []


async def _some() -> str:
    return "some"


def _sync(wish: Annotated[Wish, Query()]) -> Response:
    return Response(str(wish))


async def _document(wish: Annotated[Wish, Query()]) -> Wish:
    return wish


async def _plain_query(size: Annotated[int, Query()]) -> Response:
    return Response(str(size))


async def _other_dependency(some: Annotated[str, Depends(_some)], wish: Annotated[Wish, Query()]) -> Response:
    return Response(some + str(wish))


async def _from_path(incident_id: str) -> Response:
    return Response(incident_id)


@pytest.mark.parametrize("endpoint", [_sync, _document, _plain_query, _other_dependency, _from_path])
def test_what_takes_fastapi_is_left_to_it(endpoint: Callable[..., Any]) -> None:
    assert straight(endpoint, {GivenSignIn: lambda _request: None}) is None


_NAMES = st.sampled_from([*ListQuery.model_fields, "unknown"])
_TEXTS = st.sampled_from(["1", "20", "500", "new", "high", "confirmed", "till-2", "", " ", "2030-01-01T00:00:00Z", "é"])


@given(st.lists(st.tuples(_NAMES, _TEXTS), max_size=6))
def test_queries_mean_what_they_mean_to_fastapi_and_are_refused_in_its_words(pairs: list[tuple[str, str]]) -> None:
    heard: list[ListQuery] = []

    async def endpoint(query: Annotated[ListQuery, Query()]) -> Response:
        heard.append(query)
        return Response()

    app = FastAPI()
    app.add_api_route("/", endpoint)
    problems.install(app)
    refused = asyncio.run(_through(app, _scope(pairs)))
    usual, heard[:] = heard[:], []
    handle = straight(endpoint, {})
    assert handle is not None
    assert asyncio.run(_refused(handle, Request(_scope(pairs)))) == refused
    assert heard == usual
    assert len(heard) == (not refused)


async def _refused(handle: Handler, request: Request) -> list[str]:
    """What is wrong with a request in a handler's eyes."""
    try:
        await handle(request)
    except RequestValidationError as error:
        return [problems.in_words(each) for each in error.errors()]
    return []


async def _through(app: FastAPI, scope: dict[str, Any]) -> list[str]:
    """What is wrong with a request in FastAPI's eyes."""
    body: list[bytes] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        body.append(message.get("body", b""))

    await app(scope, receive, send)
    document = json.loads(b"".join(body) or b"{}")
    return list(document.get("errors", ()))


def _scope(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": "/", "raw_path": b"/", "query_string": urlencode(pairs).encode(), "headers": [], "root_path": "",
    }  # fmt: skip
