"""Limits of a key over real HTTP, on two servers with one database."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from server.routes.given import MOST_JSON_BYTES
from server.services.limits import KeyLimits
from tests.fakes.examiner import ScriptedExaminer
from tests.fakes.mp4 import mp4
from tests.fakes.server import CLIENT, RunningServer, running_server
from vigint_core.domain.fault import Code
from vigint_core.wire import API_KEY_HEADER, IDEMPOTENCY_HEADER, Problem

CLIP = mp4()
LIMITS = {"vigint_key_requests_minute": 40, "vigint_key_looks": 2}


@pytest.fixture
def examiner() -> ScriptedExaminer:
    return ScriptedExaminer()


@pytest.fixture
def both(tmp_path: Path, examiner: ScriptedExaminer) -> Iterator[tuple[RunningServer, RunningServer]]:
    with (
        running_server(tmp_path, examiner=examiner, limits=LIMITS) as one,
        running_server(tmp_path, examiner=examiner, limits=LIMITS) as two,
    ):
        yield one, two


def ask(server: RunningServer, key: str, method: str = "GET", path: str = "/v1/me", **sent: Any) -> requests.Response:
    headers = {API_KEY_HEADER: key, **sent.pop("headers", {})}
    with requests.Session() as session:
        return session.request(method, server.url + path, headers=headers, timeout=30, **sent)


def look(server: RunningServer, key: str, window: str) -> requests.Response:
    at = "2026-11-22T14:31:{}+01:00"
    told = {
        "window_id": window, "camera_id": "till", "camera_name": "Till", "start": at.format(40), "end": at.format(50),
        "context_start": at.format(30),
    }  # fmt: skip
    files = {"metadata": (None, json.dumps(told)), "clip": ("clip.mp4", CLIP, "video/mp4")}
    return ask(server, key, "POST", "/v1/analyses", files=files, headers={IDEMPOTENCY_HEADER: window})


def refusal(answer: requests.Response) -> tuple[int, Code, int]:
    return answer.status_code, Problem.model_validate_json(answer.content).code, int(answer.headers["Retry-After"])


def test_two_servers_together_keep_the_limit_of_a_key(both: tuple[RunningServer, RunningServer]) -> None:
    key, other = both[0].key, both[1].key
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda number: ask(both[number % 2], key), range(70)))
    good = [answer for answer in answers if answer.status_code == 200]
    assert 20 <= len(good) <= 40
    refused = next(answer for answer in answers if answer.status_code != 200)
    status, code, wait_s = refusal(refused)
    assert (status, code) == (429, Code.LIMIT_REQUESTS)
    assert 1 <= wait_s <= 63
    assert ask(both[0], other).status_code == 200, "another key is not concerned"
    assert ask(both[0], "").status_code == 401


def test_an_answer_says_how_the_key_stands(both: tuple[RunningServer, RunningServer]) -> None:
    answers = [ask(both[0], both[0].key).headers for _ in range(3)]
    assert {each["RateLimit-Policy"] for each in answers} == {'"requests";q=40;w=60'}
    assert [each["RateLimit"].rpartition(";")[0] for each in answers] == [f'"requests";r={r}' for r in (39, 38, 37)]
    assert "RateLimit" not in ask(both[0], "").headers


def test_a_refusal_says_so_too(both: tuple[RunningServer, RunningServer]) -> None:
    one, key = both[0], both[0].key
    wrong = {"headers": {"Content-Type": "application/json"}, "data": b"{no json"}
    refused = [
        ask(one, key, path="/v1/incidents/none"),
        ask(one, key, path="/v1/incidents?limit=0"),
        ask(one, key, "PUT", "/v1/incidents/i1", **wrong),
        ask(one, key, "PUT", "/v1/incidents/i1", data=b"x" * (MOST_JSON_BYTES + 1)),
        ask(one, key, "PATCH", "/v1/incidents/i1", json={"review": {}}),
    ]
    while refused[-1].status_code != 429:
        refused.append(ask(one, key, path="/v1/incidents/none"))

    assert [each.status_code for each in refused[:5]] == [404, 422, 422, 413, 428]
    assert {each.headers["RateLimit-Policy"] for each in refused} == {'"requests";q=40;w=60'}
    assert [each.headers["RateLimit"].rpartition(";")[0] for each in refused[:5]] == [
        f'"requests";r={left}' for left in (39, 38, 37, 36, 35)
    ]
    assert refused[-1].headers["RateLimit"].startswith('"requests";r=0;')


def test_looks_at_once_are_limited_over_both_and_free_again_afterwards(
    both: tuple[RunningServer, RunningServer], examiner: ScriptedExaminer
) -> None:
    key, began, go_on = both[0].key, threading.Semaphore(0), threading.Event()

    def wait() -> None:
        began.release()
        assert go_on.wait(30)

    examiner.before = wait
    with ThreadPoolExecutor(2) as threads:
        under_way = [threads.submit(look, both[number], key, f"w{number}") for number in range(2)]
        assert began.acquire(timeout=30)
        assert began.acquire(timeout=30)
        assert {refusal(look(server, key, "w3")) for server in both} == {(429, Code.LIMIT_LOOKS, 2)}
        assert ask(both[0], key).status_code == 200, "what is no look goes on"
        go_on.set()
        assert [each.result().status_code for each in under_way] == [200, 200]
    assert look(both[1], key, "w3").status_code == 200


def test_a_look_that_is_refused_gives_its_place_back(both: tuple[RunningServer, RunningServer]) -> None:
    for _ in range(4):
        with_nothing = ask(both[0], both[0].key, "POST", "/v1/analyses", headers={IDEMPOTENCY_HEADER: "w1"})
        assert with_nothing.status_code == 422
    assert look(both[0], both[0].key, "w1").status_code == 200


def test_bytes_are_refused_before_they_are_read(both: tuple[RunningServer, RunningServer]) -> None:
    clients = both[0].parts.clients
    made = clients.add_key(CLIENT)
    clients.set_limits(made.id, KeyLimits(bytes_hour=int(len(CLIP) * 2.5)))
    assert [look(both[number], made.text, f"w{number}").status_code for number in range(2)] == [200, 200]
    for server in both:
        status, code, wait_s = refusal(look(server, made.text, "w3"))
        assert (status, code) == (429, Code.LIMIT_BYTES)
        assert 60 < wait_s <= 3780
    without_length = ask(both[0], made.text, "PUT", "/v1/incidents/i1", data=iter([b"{}"]))
    assert without_length.status_code == 413, "it counts as the longest that is taken"


def test_money_is_refused_at_the_door(both: tuple[RunningServer, RunningServer]) -> None:
    clients = both[0].parts.clients
    made = clients.add_key(CLIENT)
    clients.set_limits(made.id, KeyLimits(spend_day=1, spend_month=10**9))
    first = look(both[0], made.text, "w1")
    assert first.status_code == 200
    assert sum(call["cost_micro_usd"] for call in first.json()["calls"]) > 0
    status, code, wait_s = refusal(look(both[1], made.text, "w2"))
    assert (status, code) == (429, Code.LIMIT_SPEND)
    assert 0 < wait_s <= 25 * 3600
    assert look(both[1], both[1].key, "w2").status_code == 200, "another key of the client has its own"
