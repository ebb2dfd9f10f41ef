"""Questions over HTTP to devices that are rude: slow, endless, hostile, or only shy of strangers."""

import threading
from collections.abc import Iterator

import pytest

from tests.fakes.http_peer import HttpPeer, Reply, http_peer
from tests.fakes.onvif_words import BOMB, GREEDY
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.sign_in import SignIn
from vigint_desktop.discovery.soap import MOST_ANSWER, DeviceLink, FaultError, parse
from vigint_desktop.discovery.tether import Tether

PASSWORD = "hunter2 & <more>"
GUARD, NOBODY = SignIn("guard", PASSWORD), SignIn("", "")
QUESTION = "<Hello/>"
ANSWER = b'<e:Envelope xmlns:e="any"><e:Body><Hello>there</Hello></e:Body></e:Envelope>'


@pytest.fixture
def peer() -> Iterator[HttpPeer]:
    with http_peer() as peer:
        yield peer


def ask(peer: HttpPeer, sign_in: SignIn = NOBODY, tether: Tether | None = None, at_s: float | None = 0.0) -> str:
    with tether or Tether(30.0) as tied:
        link = DeviceLink(sign_in, tied)
        try:
            return link.ask(peer.url, QUESTION, at_s).text or ""
        finally:
            link.close()


def refusal(peer: HttpPeer, sign_in: SignIn = NOBODY, tether: Tether | None = None) -> VigintError:
    with pytest.raises(VigintError) as caught:
        ask(peer, sign_in, tether)
    assert PASSWORD not in str(caught.value)
    return caught.value


def test_a_question_and_its_answer(peer: HttpPeer) -> None:
    peer.plays(Reply(200, ANSWER))
    assert ask(peer) == "there"
    asked = peer.asked[0]
    assert (asked.method, asked.headers["Content-Type"]) == ("POST", "application/soap+xml; charset=utf-8")
    assert QUESTION in asked.body.decode()
    assert "Security" not in asked.body.decode()


def test_the_password_itself_never_travels(peer: HttpPeer) -> None:
    peer.plays(Reply(200, ANSWER))
    ask(peer, GUARD, at_s=1_800_000_000.0)
    said = peer.asked[0].body.decode()
    assert "<w:Username>guard</w:Username>" in said
    assert ">2027-01-15T08:00:00Z<" in said
    assert "hunter2" not in said
    assert "hunter2" not in repr(GUARD)


def test_a_question_without_a_date_is_not_signed(peer: HttpPeer) -> None:
    peer.plays(Reply(200, ANSWER))
    ask(peer, GUARD, at_s=None)
    assert "Security" not in peer.asked[0].body.decode()


@pytest.mark.parametrize(
    "challenge",
    [
        'Digest realm="r", nonce="n", qop="auth"',
        'Basic realm="r", Digest realm="r", nonce="n", algorithm=SHA-256',
    ],
)
def test_it_signs_in_with_a_digest_where_a_device_asks_for_one(peer: HttpPeer, challenge: str) -> None:
    peer.plays(Reply(401, headers={"WWW-Authenticate": challenge}), Reply(200, ANSWER))
    assert ask(peer, GUARD) == "there"
    assert ["Authorization" in asked.headers for asked in peer.asked] == [False, True]
    assert peer.asked[1].headers["Authorization"].startswith("Digest username=")


@pytest.mark.parametrize(
    "challenge", ['Digest realm="r", nonce="n"', 'Basic realm="r"', "Negotiate", "", "Digest qop=x"]
)
def test_a_wrong_password_is_tried_once_and_told_as_such(peer: HttpPeer, challenge: str) -> None:
    peer.plays(Reply(401, headers={"WWW-Authenticate": challenge}))
    assert refusal(peer, GUARD).code is Code.CAMERA_UNAUTHORIZED
    assert len(peer.asked) <= 2


def test_nobody_signs_in_without_a_user(peer: HttpPeer) -> None:
    peer.plays(Reply(401, headers={"WWW-Authenticate": 'Basic realm="r"'}))
    assert refusal(peer).code is Code.CAMERA_UNAUTHORIZED
    assert len(peer.asked) == 1


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (Reply(403), Code.CAMERA_UNAUTHORIZED),
        (Reply(404, b"<html>"), Code.DISCOVERY_NOT_ONVIF),
        (Reply(200, b""), Code.DISCOVERY_NOT_ONVIF),
        (Reply(200, b"<a/>"), Code.DISCOVERY_NOT_ONVIF),
        (Reply(200, b'<e:Envelope xmlns:e="x"><e:Body/></e:Envelope>'), Code.DISCOVERY_NOT_ONVIF),
        (Reply(200, BOMB), Code.DISCOVERY_NOT_ONVIF),
        (Reply(200, GREEDY), Code.DISCOVERY_NOT_ONVIF),
        (Reply(200, b'<?xml version="1.0" encoding="klingon"?><a/>'), Code.DISCOVERY_NOT_ONVIF),
        (Reply(200, b"<a>" * 100_000), Code.DISCOVERY_NOT_ONVIF),
        (Reply(302, headers={"Location": "http://192.0.2.1/"}), Code.DISCOVERY_NOT_ONVIF),
        (Reply(200, b" " * (MOST_ANSWER + 1)), Code.DISCOVERY_NOT_ONVIF),
        (Reply(drop=True), Code.CAMERA_UNREACHABLE),
    ],
)
def test_every_bad_answer_has_its_code(peer: HttpPeer, reply: Reply, code: Code) -> None:
    peer.plays(reply)
    assert refusal(peer).code is code


@pytest.mark.parametrize(
    ("words", "code", "kind"),
    [
        ("<c>ter:NotAuthorized</c>", Code.CAMERA_UNAUTHORIZED, VigintError),
        ("<c>Sender</c><r>Sender not Authorized</r>", Code.CAMERA_UNAUTHORIZED, VigintError),
        ("<c>wsse:FailedAuthentication</c>", Code.CAMERA_UNAUTHORIZED, VigintError),
        ("<c>ter:ActionNotSupported</c>", Code.DISCOVERY_NOT_ONVIF, FaultError),
    ],
)
def test_a_fault_is_told_by_its_words(peer: HttpPeer, words: str, code: Code, kind: type[VigintError]) -> None:
    fault = f'<e:Envelope xmlns:e="any"><e:Body><e:Fault>{words}</e:Fault></e:Body></e:Envelope>'
    peer.plays(Reply(400, fault.encode()))
    error = refusal(peer)
    assert (error.code, type(error)) == (code, kind)


def test_nobody_is_there() -> None:
    with http_peer() as gone:
        pass
    assert refusal(gone).code is Code.CAMERA_UNREACHABLE


@pytest.mark.parametrize("url", ["http://", "http://[::1/", "gopher://127.0.0.1/", "http://127.0.0.1:99999/"])
def test_an_address_that_is_none(url: str) -> None:
    link = DeviceLink(NOBODY, Tether(30.0))
    with pytest.raises(VigintError) as caught:
        link.fetch(url, 10)
    link.close()
    assert caught.value.code in {Code.DISCOVERY_NOT_ONVIF, Code.CAMERA_UNREACHABLE}


def test_a_device_that_says_nothing_is_given_up_when_the_time_is_over(peer: HttpPeer) -> None:
    peer.plays(Reply(hang=True))
    assert refusal(peer, tether=Tether(0.2)).code is Code.CAMERA_SILENT


def test_a_question_that_nobody_waits_for_ends_at_once(peer: HttpPeer) -> None:
    peer.plays(Reply(hang=True))
    tether = Tether(30.0)
    cutter = threading.Thread(target=lambda: peer.wait_until_asked(1) and tether.cut())
    cutter.start()
    try:
        assert refusal(peer, tether=tether).code is Code.PIPELINE_STOPPED
    finally:
        cutter.join()


def test_what_lies_at_an_address_is_fetched_up_to_a_size(peer: HttpPeer) -> None:
    peer.plays(Reply(200, b"12345"))
    link = DeviceLink(NOBODY, Tether(30.0))
    try:
        assert link.fetch(peer.url, 5) == b"12345"
        with pytest.raises(VigintError):
            link.fetch(peer.url, 4)
    finally:
        link.close()


def test_xml_is_read_and_what_declares_anything_refused() -> None:
    assert parse(b"<a>&lt;</a>").text == "<"
    for hostile in (BOMB, GREEDY, "<!DOCTYPE a><a/>".encode("utf-16"), b"\x00", b""):
        with pytest.raises(ValueError, match=r"no XML|a document type"):
            parse(hostile)
