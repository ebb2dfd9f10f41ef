"""Every failure is a problem document with a code, its cause and its remedy; what an exception says stays here."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.types import Message, Scope

from server.routes.problems import LastResort, in_words, install, problem_response
from server.services.refusals import RefusedError
from vigint_core import texts
from vigint_core.domain.fault import Code, VigintError


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: dict[str, Any]


def scope_of(path: str, method: str) -> Scope:
    path, _, query = path.partition("?")
    return {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": query.encode(), "headers": [], "root_path": "",
    }  # fmt: skip


def ask(app: FastAPI, path: str, method: str = "GET") -> Answer:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(app(scope_of(path, method), receive, send))
    start, *rest = sent
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    return Answer(start["status"], headers, json.loads(b"".join(message.get("body", b"") for message in rest)))


def app_that_raises(error: Exception) -> FastAPI:
    app = FastAPI()
    install(app)

    @app.get("/raise")
    def fail(number: int = 0) -> None:
        raise error

    return app


@pytest.mark.parametrize("code", list(Code))
def test_every_code_becomes_a_whole_problem(code: Code) -> None:
    answer = problem_response(code)
    body = json.loads(bytes(answer.body))

    assert answer.media_type == "application/problem+json"
    assert 400 <= answer.status_code == body["status"] < 600
    assert (body["type"], body["code"]) == (f"urn:vigint:fault:{code}", code)
    assert (body["detail"], body["remedy"]) == (texts.cause("en", code), texts.remedy("en", code))
    assert "errors" not in body


def test_particulars_are_told_but_not_without_end() -> None:
    body = json.loads(bytes(problem_response(Code.REQUEST_INVALID, particulars=["x"] * 1000).body))
    assert body["errors"] == ["x"] * 20


@pytest.mark.parametrize(("wait_s", "told"), [(0.2, "1"), (1.2, "2"), (60.0, "60")])
def test_a_refusal_keeps_its_status_and_says_when_to_come_back(wait_s: float, told: str) -> None:
    refused = RefusedError(
        Code.SERVER_BUSY, "queue of hunter2", status=429, retry_after_s=wait_s, particulars=("later",)
    )
    answer = ask(app_that_raises(refused), "/raise")

    assert answer.status == 429
    assert answer.headers["retry-after"] == told, "never at once, and never too early"
    assert answer.body["errors"] == ["later"]
    assert "hunter2" not in str(answer)


@pytest.mark.parametrize(
    "code", [Code.AUTH_MISSING_KEY, Code.AUTH_INVALID_KEY, Code.AUTH_KEY_EXPIRED, Code.AUTH_KEY_IN_ADDRESS]
)
def test_who_has_no_good_key_is_told_which_kind_is_wanted(code: Code) -> None:
    answer = ask(app_that_raises(RefusedError(code)), "/raise")
    assert (answer.status, answer.headers["www-authenticate"]) == (401, "ApiKey")


@pytest.mark.expects_log("request refused")
def test_an_error_of_ours_keeps_its_code_and_its_detail_stays_in_the_log() -> None:
    answer = ask(app_that_raises(VigintError(Code.SERVER_STORAGE, "/home/hunter2: full")), "/raise")
    assert (answer.status, answer.body["code"]) == (503, "server.storage")
    assert "hunter2" not in str(answer)


@pytest.mark.expects_log("unforeseen error")
def test_an_error_that_nobody_foresaw_is_logged_and_told_without_its_text() -> None:
    answer = ask(app_that_raises(ZeroDivisionError("hunter2")), "/raise")
    assert (answer.status, answer.body["code"]) == (500, "internal")
    assert "hunter2" not in str(answer)


def test_an_invalid_request_is_told_by_place_and_rule_without_the_value() -> None:
    answer = ask(app_that_raises(ZeroDivisionError()), "/raise?number=hunter2")
    assert (answer.status, answer.body["code"]) == (422, "request.invalid")
    assert answer.body["errors"][0].startswith("query.number: ")
    assert "hunter2" not in str(answer)


@pytest.mark.parametrize(
    ("path", "method", "status", "code"),
    [("/nowhere", "GET", 404, "request.not_found"), ("/raise", "DELETE", 405, "request.invalid")],
)
def test_what_the_framework_refuses_is_a_problem_too(path: str, method: str, status: int, code: str) -> None:
    answer = ask(app_that_raises(ZeroDivisionError()), path, method)
    assert (answer.status, answer.body["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_answer_that_has_begun_is_not_answered_a_second_time() -> None:
    sent: list[str] = []

    async def half(scope: Scope, receive: object, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ZeroDivisionError

    async def send(message: Message) -> None:
        sent.append(message["type"])

    async def receive() -> Message:
        raise AssertionError("nobody reads")

    with pytest.raises(ZeroDivisionError):
        asyncio.run(LastResort(half)(scope_of("/", "GET"), receive, send))
    assert sent == ["http.response.start"]


def test_a_place_is_in_words_whatever_form_it_has() -> None:
    assert in_words({"loc": ("body", "clips", 0), "msg": "too long", "input": "hunter2"}) == "body.clips.0: too long"
    assert in_words({"loc": "body", "msg": "missing"}) == "body: missing"
