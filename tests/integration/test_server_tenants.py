"""A walk over every route of the OpenAPI document with another client's ids: as if nobody had them, nothing touched."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest
import requests
from fastapi import FastAPI, Query
from pydantic import BaseModel
from sqlalchemy import select

from server.db.books.links import LinkEntry
from server.db.tables import Base, LinkRight
from server.db.tenant import Tenant
from tests.fakes.examiner import SUSPICION, ScriptedExaminer
from tests.fakes.mp4 import mp4
from tests.fakes.openapi import Operation, described
from tests.fakes.server import RunningServer, running_server
from tests.integration.test_server_http import BODY
from vigint_core.domain.budget import Hold, Payer
from vigint_core.domain.fault import Code
from vigint_core.domain.request_id import REQUEST_ID_HEADER
from vigint_core.wire import API_KEY_HEADER, IDEMPOTENCY_HEADER, Identity, Problem

pytestmark = pytest.mark.usefixtures("backend")
Ids = dict[str, str]
OWNED: Ids = {"incident": "owned-incident", "window": "owned-window", "camera": "owned-camera", "link": "owned-link"}
NOBODYS: Ids = {
    "incident": "nobodys-incident",
    "window": "nobodys-window",
    "camera": "nobodys-camera",
    "link": "nobodys-link",
}
SECRETS_OF_THE_OWNER = (*OWNED.values(), "Owned shop", "Owned till", "Owned summary", "Owned site")
CLIP = mp4()


def put_incident(server: RunningServer, key: str, ids: Ids, **changes: Any) -> requests.Response:
    body = {**BODY, "camera_id": ids["camera"], "window_ids": [ids["window"]], **changes}
    return ask(server, "PUT", f"/v1/incidents/{ids['incident']}", key, json=body)


def analyse(server: RunningServer, key: str, ids: Ids, camera_name: str = "Till 2") -> requests.Response:
    at = "2026-11-22T14:31:{}+01:00"
    told = {
        "window_id": ids["window"], "camera_id": ids["camera"], "camera_name": camera_name,
        "start": at.format(40), "end": at.format(50), "context_start": at.format(30),
    }  # fmt: skip
    files = {"metadata": (None, json.dumps(told)), "clip": ("clip.mp4", CLIP, "video/mp4")}
    return ask(server, "POST", "/v1/analyses", key, files=files, headers={IDEMPOTENCY_HEADER: ids["window"]})


def file_of(server: RunningServer, key: str, ids: Ids, method: str, **request: Any) -> requests.Response:
    return ask(server, method, f"/v1/incidents/{ids['incident']}/files/alert", key, **request)


def links_of(server: RunningServer, key: str, ids: Ids, method: str, **request: Any) -> requests.Response:
    return ask(server, method, f"/v1/incidents/{ids['incident']}/links", key, **request)


def context_of(server: RunningServer, key: str, ids: Ids, method: str, **request: Any) -> requests.Response:
    return ask(server, method, f"/v1/analyses/{ids['window']}/context", key, **request)


PART: dict[str, Any] = {
    "data": CLIP,
    "headers": {"Content-Type": "application/partial-upload", "Upload-Offset": "0", "Upload-Complete": "?1"},
}
REVIEW = {"review": {"verdict": "real", "locked": True, "owner": "Somebody"}}
STREAM = ("GET", "/v1/events")
"""Has no end, so it is walked by itself."""
WALKS: dict[Operation, Callable[[RunningServer, str, Ids], requests.Response]] = {
    ("PUT", "/v1/incidents/{incident_id}"): put_incident,
    ("GET", "/v1/incidents/{incident_id}"): lambda server, key, ids: ask(
        server, "GET", f"/v1/incidents/{ids['incident']}", key
    ),
    ("PATCH", "/v1/incidents/{incident_id}"): lambda server, key, ids: ask(
        server, "PATCH", f"/v1/incidents/{ids['incident']}", key, json=REVIEW, headers={"If-Match": "*"}
    ),
    ("GET", "/v1/incidents"): lambda server, key, ids: ask(server, "GET", f"/v1/incidents?camera={ids['camera']}", key),
    ("POST", "/v1/incidents/{incident_id}/links"): lambda *given: links_of(*given, "POST", json={}),
    ("GET", "/v1/incidents/{incident_id}/links"): lambda *given: links_of(*given, "GET"),
    ("DELETE", "/v1/incidents/{incident_id}/links/{link_id}"): lambda server, key, ids: ask(
        server, "DELETE", f"/v1/incidents/{ids['incident']}/links/{ids['link']}", key
    ),
    ("POST", "/v1/analyses"): analyse,
    ("GET", "/v1/analyses/{window_id}"): lambda server, key, ids: ask(
        server, "GET", f"/v1/analyses/{ids['window']}", key
    ),
    ("GET", "/v1/incidents/{incident_id}/files"): lambda server, key, ids: ask(
        server, "GET", f"/v1/incidents/{ids['incident']}/files", key
    ),
    ("GET", "/v1/incidents/{incident_id}/files/{kind}"): lambda *given: file_of(*given, "GET"),
    ("HEAD", "/v1/incidents/{incident_id}/files/{kind}"): lambda *given: file_of(*given, "HEAD"),
    ("PUT", "/v1/incidents/{incident_id}/files/{kind}"): lambda *given: file_of(*given, "PUT", data=CLIP),
    ("PATCH", "/v1/incidents/{incident_id}/files/{kind}"): lambda *given: file_of(*given, "PATCH", **PART),
    ("HEAD", "/v1/analyses/{window_id}/context"): lambda *given: context_of(*given, "HEAD"),
    ("PUT", "/v1/analyses/{window_id}/context"): lambda *given: context_of(*given, "PUT", data=CLIP),
    ("PATCH", "/v1/analyses/{window_id}/context"): lambda *given: context_of(*given, "PATCH", **PART),
}
"""How every route that takes an id is asked with given ids. A new one must be added here: the test below says so."""


def ask(server: RunningServer, method: str, path: str, key: str, **request: Any) -> requests.Response:
    headers = {API_KEY_HEADER: key, **request.pop("headers", {})}
    with requests.Session() as session:
        return session.request(method, server.url + path, headers=headers, timeout=20, **request)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    limits = {"vigint_public_url": "https://links.example"}
    with running_server(tmp_path, examiner=ScriptedExaminer(first=SUSPICION), limits=limits) as running:
        running.parts.clients.add("Owned shop")
        yield running


@pytest.fixture
def owner(server: RunningServer) -> str:
    """The key of a client that has something of everything."""
    key = server.parts.clients.add_key("Owned shop").text
    assert analyse(server, key, OWNED, "Owned till").status_code == 200
    assert put_incident(server, key, OWNED, summary="Owned summary", camera_name="Owned till").status_code == 200
    assert file_of(server, key, OWNED, "PUT", data=CLIP).status_code == 200
    owned_client = server.parts.clients.sign_in(key).client.id
    tenant = Tenant(server.parts.database, owned_client)
    assert tenant.sites.add("Owned site")
    assert tenant.links.add(LinkEntry(OWNED["link"], OWNED["incident"], LinkRight.VIEW, 1.0, 2e9, "owner"))
    hold = server.parts.purse.reserve(
        Payer(server.parts.clients.sign_in(key).client.id, OWNED["camera"]), 420, second=True
    )
    assert isinstance(hold, Hold)
    server.parts.purse.settle(hold, 420)
    return key


def rows_of(server: RunningServer, name: str) -> dict[str, list[tuple[Any, ...]]]:
    """Everything in the books that belongs to a client, but for when its keys were last used."""
    client = next(client for client in server.parts.clients.all() if client.name == name)
    found = {}
    with server.parts.database.reading() as session:
        for table in Base.metadata.sorted_tables:
            owner = table.c.get("client_id", table.c.id if table.name == "clients" else None)
            if owner is not None:
                columns = [column for column in table.c if column.name != "last_used_s"]
                rows = session.execute(select(*columns).where(owner == client.id).order_by(*table.primary_key))
                found[table.name] = [tuple(row) for row in rows]
    return found


def without_ids(answer: requests.Response, ids: Ids) -> tuple[int, str]:
    text = answer.text.replace(answer.headers.get(REQUEST_ID_HEADER, " "), "request")
    for kind, name in ids.items():
        text = text.replace(name, kind)
    return answer.status_code, text


def unwalked(app: FastAPI) -> set[Operation]:
    return {each.operation for each in described(app) if each.ids} - WALKS.keys()


@pytest.mark.parametrize("operation", WALKS, ids=" ".join)
def test_another_client_s_ids_are_as_if_they_did_not_exist(
    server: RunningServer, owner: str, operation: Operation
) -> None:
    before = rows_of(server, "Owned shop")
    assert {"clients", "api_keys", "analyses", "calls", "accounts", "incidents", "files", "links"} <= {
        name for name, rows in before.items() if rows
    }
    walk = WALKS[operation]

    with_owned = walk(server, server.key, OWNED)
    with_nobodys = walk(server, server.key, NOBODYS)

    assert without_ids(with_owned, OWNED) == without_ids(with_nobodys, NOBODYS)
    assert with_owned.status_code in {200, 202, 404}
    assert not [word for word in SECRETS_OF_THE_OWNER[len(OWNED) :] if word in with_owned.text]
    assert rows_of(server, "Owned shop") == before
    if with_owned.status_code == 404 and operation[0] != "HEAD":
        assert Problem.model_validate_json(with_owned.content).code is Code.REQUEST_NOT_FOUND


def test_no_route_without_an_id_tells_of_another_client(server: RunningServer, owner: str) -> None:
    walked = 0
    for each in described(server.app):
        method, path = each.operation
        if each.ids or each.scopes is None or each.operation == STREAM:
            continue
        assert method == "GET", f"{each.operation} changes something: walk it by hand, above"
        mine, theirs = ask(server, method, path, owner), ask(server, method, path, server.key)
        assert mine.status_code == theirs.status_code == 200
        assert not [word for word in SECRETS_OF_THE_OWNER if word in theirs.text], each.operation
        if path != "/v1/health":  # which tells of the server, the same to all
            assert mine.text != theirs.text, f"{path}: the owner has something to see"
        walked += 1
    assert walked >= 4


def test_the_list_and_the_events_tell_of_no_other_client(server: RunningServer, owner: str) -> None:
    def told(key: str) -> str:
        method, path = STREAM
        headers = {API_KEY_HEADER: key}
        with (
            requests.Session() as session,
            session.request(method, f"{server.url}{path}?after=0", headers=headers, timeout=20, stream=True) as answer,
        ):
            return bytes(next(answer.iter_content(None))).decode()

    assert OWNED["incident"] in told(owner)
    assert told(server.key) == "retry: 1000\nid: 0\n\n"
    assert OWNED["incident"] in ask(server, "GET", "/v1/incidents", owner).text
    assert ask(server, "GET", "/v1/incidents", server.key).json() == {"incidents": [], "next_cursor": None}


def test_every_route_that_takes_an_id_is_walked(server: RunningServer) -> None:
    assert unwalked(server.app) == set()
    assert WALKS.keys() == {each.operation for each in described(server.app) if each.ids}


class Deep(BaseModel):
    names: dict[str, list["Deep"]] = {}
    camera_id: str = ""


class Hidden(BaseModel):
    within: list[Identity] = []


def test_a_new_route_with_an_id_would_be_noticed(server: RunningServer) -> None:
    """Whether the id stands in the path, in the query, deep in a body, or has only the form of one."""
    app = server.app

    @app.get("/v1/a/{clip}")
    def in_path(clip: int) -> int:
        return clip

    @app.get("/v1/b")
    def in_query(camera_id: Annotated[str, Query()] = "") -> str:
        return camera_id

    @app.post("/v1/c")
    def deep_in_body(body: dict[str, Deep]) -> dict[str, Deep]:
        return body

    @app.patch("/v1/d")
    def by_its_form(body: Hidden) -> Hidden:
        return body

    app.openapi_schema = None
    assert unwalked(app) == {("GET", "/v1/a/{clip}"), ("GET", "/v1/b"), ("POST", "/v1/c"), ("PATCH", "/v1/d")}
