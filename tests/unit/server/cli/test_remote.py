"""Asking a running server: where the key may go, where the secret comes from, and what an answer may be."""

import getpass
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from server.cli.remote import RunningServer, checked_url, secret_key
from server.config import ConfigError
from server.services.admin.bodies import Nothing
from server.services.admin.credential import ADMIN_HEADER, admin_key
from server.services.admin.operations import CLIENTS_LIST, SaidNoError
from tests.fakes.http_peer import HttpPeer, Reply, as_json, http_peer, problem
from tests.fakes.mail_server import authority
from tests.fakes.server import SECRET_KEY
from vigint_core.domain.fault import Code, VigintError

SECRET = SecretStr(SECRET_KEY)


@pytest.fixture
def peer() -> Iterator[HttpPeer]:
    with http_peer() as listening:
        yield listening


def ask(url: str) -> object:
    server = RunningServer(url, SECRET)
    try:
        return server.do(CLIENTS_LIST, Nothing())
    finally:
        server.close()


@pytest.mark.parametrize(
    "url",
    ["https://vigint.example", "https://vigint.example:8443/base/", "http://127.0.0.1:8000", "http://localhost:1/",
     "http://[::1]:8000"],
)  # fmt: skip
def test_the_key_goes_over_https_or_stays_on_this_machine(url: str) -> None:
    assert checked_url(url, insecure=False) == url.rstrip("/")


@pytest.mark.parametrize("url", ["http://vigint.example", "http://192.0.2.7:8000", "http://127.0.0.1.example"])
def test_over_plain_http_only_at_the_owner_s_own_word(url: str) -> None:
    with pytest.raises(ConfigError, match="use https, or say --insecure"):
        checked_url(url, insecure=False)
    assert checked_url(url, insecure=True) == url


@pytest.mark.parametrize(
    "url",
    ["vigint.example", "ftp://vigint.example", "https://", "https://a:b@vigint.example", "https://vigint.example/?key=1",
     "https://vigint.example:99999", "https://vigint.example:0", "https://vigint.example/#x", ""],
)  # fmt: skip
def test_what_is_no_address_is_said(url: str) -> None:
    with pytest.raises(ConfigError, match="takes an address like"):
        checked_url(url, insecure=True)


def test_the_secret_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", SECRET_KEY)
    assert secret_key().get_secret_value() == SECRET_KEY
    monkeypatch.setenv("SECRET_KEY", "short")
    with pytest.raises(ConfigError, match="too short"):
        secret_key()


def test_or_asked_for_without_an_echo_where_somebody_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    with pytest.raises(ConfigError, match="nobody is there to type it"):
        secret_key()
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(getpass, "getpass", lambda _prompt: SECRET_KEY)
    assert secret_key().get_secret_value() == SECRET_KEY


def test_the_key_travels_in_its_header_and_the_secret_nowhere(peer: HttpPeer) -> None:
    peer.plays(as_json({"clients": [], "of a newer server": 1}))
    ask(peer.url)
    (asked,) = peer.asked
    assert asked.path == "/admin/v1/clients/list"
    assert asked.headers[ADMIN_HEADER] == admin_key(SECRET).get_secret_value()
    assert SECRET_KEY not in f"{asked.path}{asked.headers}{asked.body!r}"


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (problem(401, Code.AUTH_INVALID_KEY), Code.AUTH_INVALID_KEY),
        (problem(429, Code.AUTH_TOO_MANY), Code.AUTH_TOO_MANY),
        (problem(503, Code.SERVER_STORAGE), Code.SERVER_STORAGE),
        (problem(404, Code.REQUEST_NOT_FOUND), Code.REQUEST_NOT_FOUND),
        (Reply(200, b"<html>"), Code.SERVER_NOT_VIGINT),
        (Reply(302, b""), Code.SERVER_NOT_VIGINT),
        (Reply(502, b"bad gateway"), Code.SERVER_NOT_VIGINT),
    ],
)
def test_what_else_is_answered_is_a_fault(peer: HttpPeer, reply: Reply, code: Code) -> None:
    peer.plays(reply)
    with pytest.raises(VigintError) as raised:
        ask(peer.url)
    assert raised.value.code is code
    assert len(peer.asked) == 1


def test_a_reason_is_told_in_the_server_s_words(peer: HttpPeer) -> None:
    refusal = {"type": "t", "title": "t", "status": 409, "code": "request.conflict", "errors": ["It is taken."]}
    peer.plays(Reply(409, as_json(refusal).body))
    with pytest.raises(SaidNoError, match=r"It is taken\."):
        ask(peer.url)


@pytest.mark.parametrize(
    ("reply", "said"),
    [(Reply(502, b"bad gateway"), "a proxy, which reaches no server"), (Reply(404), "no VigInt server")],
)
def test_who_answers_there_is_said(peer: HttpPeer, reply: Reply, said: str) -> None:
    peer.plays(reply)
    with pytest.raises(VigintError, match=said):
        ask(peer.url)


def test_a_server_that_is_not_there_is_a_fault_with_its_cause() -> None:
    with pytest.raises(VigintError, match="Connection refused") as raised:
        ask("http://127.0.0.1:1")
    assert raised.value.code is Code.SERVER_UNREACHABLE


def test_plain_http_is_no_tls(peer: HttpPeer) -> None:
    with pytest.raises(VigintError, match="no TLS is spoken there"):
        ask(peer.url.replace("http:", "https:"))


def test_a_certificate_is_trusted_where_its_authority_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = authority(tmp_path)
    with http_peer(ours.context) as peer:
        peer.plays(as_json({"clients": []}))
        with pytest.raises(VigintError, match=r"certificate is not trusted: .*SSL_CERT_FILE"):
            ask(peer.url)
        assert not peer.asked
        monkeypatch.setenv("SSL_CERT_FILE", str(ours.ca_file))
        ask(peer.url)
