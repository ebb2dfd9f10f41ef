"""Every request has one id, in every line of the log, in the answer, and in a problem; every answer is counted."""

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from fastapi import FastAPI, Request
from starlette.types import Message, Scope

from server.logs import journal, json_formatter
from server.routes import problems, requests
from server.services.metrics import Metrics
from server.services.refusals import RefusedError
from vigint_core.domain.fault import Code
from vigint_core.domain.request_id import current_request_id, is_request_id

_log = journal("server.test")


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def request_id(self) -> str:
        return self.headers["x-request-id"]


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def app(metrics: Metrics) -> FastAPI:
    app = FastAPI()

    @app.get("/things/{thing_id}")
    def read(thing_id: str) -> str:
        _log.info("in a thread")
        return current_request_id()

    @app.get("/refused")
    async def refuse() -> None:
        raise RefusedError(Code.REQUEST_CONFLICT)

    @app.get("/broken")
    async def fail(request: Request) -> None:
        requests.add_headers(request.scope, [(b"ratelimit", b"all")])
        raise ZeroDivisionError

    problems.install(app)
    requests.install(app, metrics)
    return app


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(json_formatter())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield out
    root.removeHandler(handler)
    root.setLevel(level)


def exposed(metrics: Metrics) -> str:
    return metrics.exposed([], waiting=0, oldest_s=0, free_bytes=0, stored_bytes=0).decode()


def ask(app: FastAPI, path: str, query: bytes = b"", **headers: str) -> Answer:
    sent: list[Message] = []
    coming: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Message:
        if not coming:
            await asyncio.Event().wait()  # nobody goes away
        return coming.pop()

    async def send(message: Message) -> None:
        sent.append(message)

    given = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    scope: Scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": query, "headers": given, "root_path": "",
        "client": ("192.0.2.1", 4711),
    }  # fmt: skip
    asyncio.run(app(scope, receive, send))
    start, *rest = sent
    told = {name.decode(): value.decode() for name, value in start["headers"]}
    return Answer(start["status"], told, b"".join(message.get("body", b"") for message in rest))


def test_a_given_id_is_kept_everywhere(app: FastAPI, lines: io.StringIO) -> None:
    answer = ask(app, "/things/7", x_request_id="desk-0001")
    assert (answer.request_id, json.loads(answer.body)) == ("desk-0001", "desk-0001")
    told = [json.loads(each) for each in lines.getvalue().splitlines()]
    assert [(line["event"], line["request_id"]) for line in told] == [
        ("in a thread", "desk-0001"),
        ("request", "desk-0001"),
    ]


@pytest.mark.parametrize(
    ("path", "shown"), [("/things/7", "/things/7"), ("/refused", "/refused"), ("/é b", "/%C3%A9%20b")]
)
def test_every_answer_has_its_line_without_its_query(app: FastAPI, lines: io.StringIO, path: str, shown: str) -> None:
    answer = ask(app, path, query=b"x=hunter2")
    (line,) = [json.loads(each) for each in lines.getvalue().splitlines() if '"event": "request"' in each]
    assert (line["peer"], line["method"], line["path"]) == ("192.0.2.1:4711", "GET", shown)
    assert (line["status"], line["request_id"]) == (answer.status, answer.request_id)
    assert "hunter2" not in lines.getvalue()


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", "é", "a;b", '"}'])
def test_an_id_that_could_harm_a_log_is_replaced(app: FastAPI, given: str) -> None:
    answer = ask(app, "/things/7", x_request_id=given)
    assert answer.request_id != given
    assert is_request_id(answer.request_id)


def test_each_request_has_its_own(app: FastAPI) -> None:
    assert ask(app, "/things/7").request_id != ask(app, "/things/7").request_id


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/refused", 409),
        pytest.param("/broken", 500, marks=pytest.mark.expects_log("unforeseen error")),
        ("/nothing", 404),
    ],
)
def test_a_problem_names_its_request(app: FastAPI, lines: io.StringIO, path: str, status: int) -> None:
    answer = ask(app, path, x_request_id="desk-0002")
    assert (answer.status, answer.request_id) == (status, "desk-0002")
    assert json.loads(answer.body)["request_id"] == "desk-0002"
    assert all(json.loads(line)["request_id"] == "desk-0002" for line in lines.getvalue().splitlines())


@pytest.mark.expects_log("unforeseen error")
def test_what_is_to_be_in_the_answer_is_in_whatever_is_answered(app: FastAPI) -> None:
    assert ask(app, "/broken").headers["ratelimit"] == "all"
    assert "ratelimit" not in ask(app, "/refused").headers


def test_a_line_of_no_request_has_no_id(lines: io.StringIO) -> None:
    _log.info("on its own")
    assert "request_id" not in json.loads(lines.getvalue())


@pytest.mark.expects_log("unforeseen error")
def test_answers_are_counted_by_the_template_of_their_route(app: FastAPI, metrics: Metrics) -> None:
    for path in ("/things/7", "/things/8", "/broken", "/nothing/at/all"):
        ask(app, path)
    text = exposed(metrics)
    assert 'vigint_requests_total{method="GET",route="/things/{thing_id}",status="2xx"} 2.0' in text
    assert 'vigint_requests_total{method="GET",route="/broken",status="5xx"} 1.0' in text
    assert 'vigint_requests_total{method="GET",route="unmatched",status="4xx"} 1.0' in text
    assert "/things/7" not in text
