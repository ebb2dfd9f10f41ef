"""A webhook at a real HTTP peer: signed as Standard Webhooks are, and what each answer becomes."""

import base64
import hashlib
import hmac
from collections.abc import Iterator

import pytest

from server.mail.failures import UndeliverableError
from server.mail.webhook import Hook, post
from tests.fakes.http_peer import HttpPeer, Reply, http_peer
from tests.fakes.silent_server import silent_server
from vigint_core.domain.fault import Code, VigintError

KEY = bytes(range(32))


@pytest.fixture
def peer() -> Iterator[HttpPeer]:
    with http_peer() as peer:
        peer.plays(Reply(204))
        yield peer


def refused(url: str, wait_s: float = 5.0) -> VigintError:
    with pytest.raises(VigintError) as caught:
        post(Hook(url, KEY), "alert-1", 1_795_354_320, {"type": "x"}, wait_s)
    return caught.value


def test_it_is_signed_over_id_time_and_the_very_body(peer: HttpPeer) -> None:
    post(Hook(f"{peer.url}/hook?shop=1", KEY), "alert-1", 1_795_354_320, {"type": "x", "name": "Entrée"})
    (asked,) = peer.asked
    signed = b"alert-1.1795354320." + asked.body
    mac = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()

    assert (asked.method, asked.path) == ("POST", "/hook?shop=1")
    assert asked.json == {"type": "x", "name": "Entrée"}
    headers = {name.lower(): value for name, value in asked.headers.items()}
    assert headers["webhook-id"] == "alert-1"
    assert headers["webhook-timestamp"] == "1795354320"
    assert headers["webhook-signature"] == f"v1,{mac}"
    assert headers["content-type"] == "application/json"


@pytest.mark.parametrize("status", [302, 400, 401, 404, 429, 500, 503])
def test_every_other_answer_is_tried_again(peer: HttpPeer, status: int) -> None:
    peer.plays(Reply(status, headers={"Location": f"{peer.url}/elsewhere"}))
    error = refused(peer.url)

    assert (error.code, error.detail) == (Code.WEBHOOK_FAILED, f"answer {status}")
    assert not isinstance(error, UndeliverableError)
    assert len(peer.asked) == 1, "a redirect is not followed"


def test_an_address_that_is_gone_is_undeliverable(peer: HttpPeer) -> None:
    peer.plays(Reply(410))
    error = refused(peer.url)

    assert isinstance(error, UndeliverableError)
    assert error.code is Code.WEBHOOK_GONE


def test_a_peer_that_drops_or_hangs_is_tried_again(peer: HttpPeer) -> None:
    peer.plays(Reply(drop=True))
    assert refused(peer.url).code is Code.WEBHOOK_FAILED
    with silent_server() as port:
        assert refused(f"http://127.0.0.1:{port}/", wait_s=0.2).detail == "TimeoutError"


def test_who_answers_in_ever_more_small_parts_holds_nobody_up(peer: HttpPeer) -> None:
    peer.plays(Reply(drip=True))
    error = refused(peer.url, wait_s=0.3)

    assert (error.code, error.detail) == (Code.WEBHOOK_FAILED, "TimeoutError")


def test_an_address_that_is_none_is_a_failure() -> None:
    assert refused("http://[::1/").code is Code.WEBHOOK_FAILED


def test_an_endless_answer_is_not_read(peer: HttpPeer) -> None:
    peer.plays(Reply(200, b"x" * 20_000_000))
    post(Hook(peer.url, KEY), "alert-1", 1_795_354_320, {})

    assert len(peer.asked) == 1
