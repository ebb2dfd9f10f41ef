"""The stream of events over HTTP: its form, where it begins, and its end."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import requests

from tests.fakes.server import RunningServer, running_server
from tests.integration.test_server_http import BODY, ask, problem
from vigint_core.domain.fault import Code
from vigint_core.wire import API_KEY_HEADER


@contextmanager
def stream(server: RunningServer, query: str = "", **headers: str) -> Iterator[Iterator[str]]:
    """The lines of a stream."""
    with (
        requests.Session() as session,
        session.get(
            f"{server.url}/v1/events{query}", headers={API_KEY_HEADER: server.key, **headers}, stream=True, timeout=20
        ) as answer,
    ):
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        assert answer.headers["Cache-Control"] == "no-store"
        yield answer.iter_lines(chunk_size=1, decode_unicode=True)


def events(lines: Iterator[str], count: int) -> list[tuple[str, str, dict[str, object]]]:
    """Number, kind and data of the next events."""
    found = []
    block: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, told = line.partition(": ")
            block[name] = told
            continue
        if "event" in block:
            found.append((block["id"], block["event"], json.loads(block["data"])))
        if len(found) == count:
            break
        block = {}
    return found


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with running_server(tmp_path) as running:
        yield running


def put(server: RunningServer, incident_id: str) -> None:
    assert ask(server, "PUT", f"/v1/incidents/{incident_id}", json=BODY).status_code == 200


def test_what_one_desk_reports_and_reviews_the_other_learns(server: RunningServer) -> None:
    with stream(server) as lines:
        assert [next(lines), next(lines), next(lines)] == ["retry: 1000", "id: 0", ""]
        put(server, "i1")
        put(server, "i1")
        with requests.Session() as session:
            session.patch(
                f"{server.url}/v1/incidents/i1",
                json={"review": {"verdict": "real"}},
                headers={API_KEY_HEADER: server.key, "If-Match": '"1"'},
                timeout=20,
            ).raise_for_status()
        told = events(lines, 2)

    assert [(seq, kind, data["subject"], data["version"]) for seq, kind, data in told] == [
        ("1", "incident.put", "i1", 1),
        ("2", "incident.reviewed", "i1", 2),
    ]


def test_a_desk_goes_on_where_it_was_by_header_or_by_address(server: RunningServer) -> None:
    for n in range(4):
        put(server, f"i{n}")
    with stream(server, **{"Last-Event-ID": "2"}) as lines:
        assert [seq for seq, _, _ in events(lines, 2)] == ["3", "4"]
    with stream(server, "?after=1", **{"Last-Event-ID": "3"}) as lines:
        assert [seq for seq, _, _ in events(lines, 1)] == ["4"], "the header is newer than the address"
    with stream(server, "?after=99") as lines:
        assert events(lines, 1) == [("4", "reset", {})]


@pytest.mark.parametrize("query", ["?after=-1", "?after=x", "?after=9223372036854775808"])
def test_a_number_that_is_none_is_refused(server: RunningServer, query: str) -> None:
    problem(ask(server, "GET", f"/v1/events{query}"), 422, Code.REQUEST_INVALID)


def test_a_stream_ends_when_the_server_stops_and_does_not_hold_it_up(tmp_path: Path) -> None:
    """A stream that was cut by the end of the server's patience would be an error in its log."""
    with ExitStack() as opened:
        with running_server(tmp_path) as server:
            lines = opened.enter_context(stream(server))
            assert next(lines) == "retry: 1000"
        assert list(lines) == ["id: 0", ""]
