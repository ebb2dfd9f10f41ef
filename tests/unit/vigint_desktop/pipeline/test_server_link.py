import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from tests.fakes.http_peer import HttpPeer, Reply, as_json, problem
from vigint_core.domain.fault import Code
from vigint_core.domain.incident import IncidentState
from vigint_core.domain.verdict import IncidentType, Severity
from vigint_core.wire import IncidentBody
from vigint_desktop.pipeline import server_link as module
from vigint_desktop.pipeline.server_link import Endpoint, ServerError, ServerLink

READY = {"service": "vigint", "version": "1.2", "ready": True, "parts": [{"part": "ai", "health": "ok"}]}
ME = {"client_id": "c", "client_name": "Shop Lyon", "key_id": "k", "server_version": "1.2"}
CLEAR = {"window_id": "w1", "first": {"outcome": "clear", "summary": "nothing"}}
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
BODY = IncidentBody(
    camera_id="door",
    camera_name="Door",
    type=IncidentType.CONCEALMENT,
    severity=Severity.HIGH,
    state=IncidentState.CONFIRMED,
    source="ai",
    confidence=0.8,
    summary="conceals a bottle",
    observations=[],
    start=NOON,
    end=NOON,
    act=NOON,
    opened=NOON,
    window_ids=["w1"],
)


@contextmanager
def refused(code: Code, status: int | None = None) -> Iterator[pytest.ExceptionInfo[ServerError]]:
    with pytest.raises(ServerError) as caught:
        yield caught
    assert caught.value.code is code
    assert status is None or caught.value.status == status


def test_a_ready_server_is_read_with_its_round_trip(peer: HttpPeer, link: ServerLink, endpoint: Endpoint) -> None:
    peer.plays(as_json(READY))

    begun_s = time.monotonic()
    readiness, round_trip_s = link.readiness(endpoint)

    assert (readiness.version, readiness.ready) == ("1.2", True)
    assert 0 < round_trip_s <= time.monotonic() - begun_s
    assert peer.asked[0].path == "/readyz"
    assert "X-API-Key" not in peer.asked[0].headers


def test_a_server_that_can_take_no_work_still_says_why(peer: HttpPeer, link: ServerLink, endpoint: Endpoint) -> None:
    down = {**READY, "ready": False, "parts": [{"part": "database", "health": "down", "code": "server.storage"}]}
    peer.plays(as_json(down, 503))

    readiness, _ = link.readiness(endpoint)

    assert readiness.parts[0].code is Code.SERVER_STORAGE


def test_who_we_are_is_asked_with_the_key(peer: HttpPeer, link: ServerLink, endpoint: Endpoint) -> None:
    peer.plays(as_json(ME))

    assert link.me(endpoint).client_name == "Shop Lyon"
    assert peer.asked[0].headers["X-API-Key"] == endpoint.key


def test_without_a_key_nobody_is_asked(peer: HttpPeer, link: ServerLink) -> None:
    with refused(Code.AUTH_MISSING_KEY):
        link.me(Endpoint(peer.url, ""))

    assert peer.asked == []


@pytest.mark.parametrize("key", ["cl\u00e9-secrete", "two\nlines", " spaced", "\ud800"])
def test_a_key_that_no_header_can_carry_is_an_invalid_key(peer: HttpPeer, link: ServerLink, key: str) -> None:
    with refused(Code.AUTH_INVALID_KEY) as caught:
        link.me(Endpoint(peer.url, key))

    assert key not in str(caught.value)
    assert peer.asked == []


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (problem(401, Code.AUTH_INVALID_KEY), Code.AUTH_INVALID_KEY),
        (problem(413, Code.CLIP_TOO_LARGE), Code.CLIP_TOO_LARGE),
        (problem(422, Code.CLIP_NOT_VIDEO), Code.CLIP_NOT_VIDEO),
        (problem(500, "a.code.of.tomorrow"), Code.SERVER_FAILED),
        (Reply(500, b"{}", {"Content-Type": "application/problem+json"}), Code.SERVER_FAILED),
        (Reply(401, b"who are you"), Code.AUTH_INVALID_KEY),
        (Reply(403), Code.AUTH_FORBIDDEN),
        (Reply(413), Code.CLIP_TOO_LARGE),
        (Reply(429), Code.SERVER_BUSY),
        (Reply(502, b"<html>bad gateway</html>"), Code.SERVER_FAILED),
        (Reply(404, b"<html>no such page</html>"), Code.SERVER_NOT_VIGINT),
        (Reply(302, headers={"Location": "http://elsewhere.example/"}), Code.SERVER_NOT_VIGINT),
        (Reply(200, b"<html>welcome</html>"), Code.SERVER_NOT_VIGINT),
        (as_json({"hello": "world"}), Code.SERVER_NOT_VIGINT),
        (as_json({**CLEAR, "window_id": ""}), Code.SERVER_NOT_VIGINT),
        (
            Reply(200, b'{"window_id": "w1", "first": {"outcome": "clear", "retry_after_s": NaN}}'),
            Code.SERVER_NOT_VIGINT,
        ),
    ],
)
def test_what_is_no_good_answer_has_a_code(
    peer: HttpPeer, link: ServerLink, endpoint: Endpoint, reply: Reply, code: Code
) -> None:
    peer.plays(reply)

    with refused(code, reply.status) as caught:
        link.analyse(endpoint, "w1", {"clip": ("clip.mp4", b"clip", "video/mp4")})

    assert endpoint.key not in str(caught.value)


@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), ("soon", None), ("-1", None), ("\u00b2", None)])
def test_a_server_may_ask_us_to_wait(
    peer: HttpPeer, link: ServerLink, endpoint: Endpoint, header: str, seconds: float | None
) -> None:
    peer.plays(problem(429, Code.SERVER_BUSY, **{"Retry-After": header}))

    with refused(Code.SERVER_BUSY, 429) as caught:
        link.analyse(endpoint, "w1", {})

    assert caught.value.retry_after_s == seconds


def test_a_window_travels_with_its_id_as_idempotency_key(peer: HttpPeer, link: ServerLink, endpoint: Endpoint) -> None:
    peer.plays(as_json(CLEAR))

    answer = link.analyse(endpoint, "w1", {"clip": ("clip.mp4", b"the clip", "video/mp4")})

    assert answer.first.outcome == "clear"
    assert (peer.asked[0].method, peer.asked[0].path) == ("POST", "/v1/analyses")
    assert peer.asked[0].headers["Idempotency-Key"] == "w1"
    assert b"the clip" in peer.asked[0].body


@pytest.mark.parametrize("status", [200, 201, 204])
def test_an_incident_is_put_under_its_id(peer: HttpPeer, link: ServerLink, endpoint: Endpoint, status: int) -> None:
    peer.plays(Reply(status))

    link.put_incident(endpoint, "i1", BODY)

    assert (peer.asked[0].method, peer.asked[0].path) == ("PUT", "/v1/incidents/i1")
    assert IncidentBody.model_validate(peer.asked[0].json) == BODY


def test_a_connection_that_was_dropped_is_tried_once_more(peer: HttpPeer, link: ServerLink, endpoint: Endpoint) -> None:
    peer.plays(Reply(drop=True), as_json(READY))

    assert link.readiness(endpoint)[0].ready
    assert len(peer.asked) == 2


def test_a_server_that_always_hangs_up_is_unreachable(peer: HttpPeer, link: ServerLink, endpoint: Endpoint) -> None:
    peer.plays(Reply(drop=True))

    with refused(Code.SERVER_UNREACHABLE, 0):
        link.readiness(endpoint)
    assert len(peer.asked) == 2


def test_nobody_listens(link: ServerLink) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with refused(Code.SERVER_UNREACHABLE, 0):
            link.readiness(Endpoint(f"http://127.0.0.1:{port}", "key"))


@pytest.mark.parametrize("url", ["", "shop", "http://", "http://[::1", "http://127.0.0.1:99999", "http://\ud800/"])
def test_an_address_that_is_none(link: ServerLink, url: str) -> None:
    with refused(Code.SERVER_UNREACHABLE, 0):
        link.readiness(Endpoint(url, "key"))


def test_a_server_that_hangs_is_given_up_and_not_asked_twice(
    peer: HttpPeer, link: ServerLink, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "READ_S", 0.1)
    peer.plays(Reply(hang=True))

    with refused(Code.SERVER_TIMEOUT, 0):
        link.readiness(endpoint)
    assert len(peer.asked) == 1


def test_an_endless_answer_is_not_read_to_its_end(
    peer: HttpPeer, link: ServerLink, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_ANSWER", 1000)
    peer.plays(Reply(200, b" " * 10_000_000))

    with refused(Code.SERVER_NOT_VIGINT, 200):
        link.readiness(endpoint)


def test_whoever_waits_gets_the_endpoint_when_it_comes() -> None:
    link, endpoint = ServerLink(), Endpoint("http://127.0.0.1:1", "key")
    threading.Timer(0.05, link.set_endpoint, [endpoint]).start()

    assert link.wait_for_endpoint(5.0) is endpoint


@pytest.mark.parametrize("timeout_s", [0.01, 0.0, -3.0])
def test_no_endpoint_in_time(timeout_s: float) -> None:
    with refused(Code.SERVER_STARTING):
        ServerLink().wait_for_endpoint(timeout_s)


def test_at_the_end_nobody_waits_any_more() -> None:
    link = ServerLink()
    threading.Timer(0.05, link.shut).start()

    with refused(Code.PIPELINE_STOPPED):
        link.wait_for_endpoint(20.0)


def test_only_the_endpoint_that_is_meant_is_forgotten() -> None:
    link, old, new = ServerLink(), Endpoint("http://127.0.0.1:1", "key"), Endpoint("http://127.0.0.1:1", "key")
    link.set_endpoint(new)

    link.forget(old)
    assert link.endpoint is new
    link.forget(new)
    assert link.endpoint is None


def test_an_endpoint_shows_no_key() -> None:
    assert "secret" not in repr(Endpoint("http://127.0.0.1:1", "secret"))


def test_every_request_has_an_id_that_the_log_knows(
    peer: HttpPeer, link: ServerLink, endpoint: Endpoint, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger=module.__name__)
    peer.plays(as_json(ME), Reply(204))

    link.me(endpoint)
    link.put_incident(endpoint, "i1", BODY)

    asking, telling = (asked.headers["X-Request-Id"] for asked in peer.asked)
    assert asking != telling
    (line,) = (record.getMessage() for record in caplog.records)
    assert line.startswith("PUT /v1/incidents/i1, ")
    assert line.endswith(f"request {telling}")
