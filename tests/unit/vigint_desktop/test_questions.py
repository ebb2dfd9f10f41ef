"""What is asked of others on the running program: each check is answered, and what is typed stays a secret."""

from pathlib import Path

import pytest

from tests.fakes.http_peer import as_json, http_peer
from tests.fakes.shop import Shop, running
from vigint_core.domain.fault import Code
from vigint_desktop import secrets


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def test_every_check_is_answered(shop: Shop) -> None:
    gone = shop.stored("Gone").model_copy(update={"url": str(shop.folder / "gone.mp4")})
    with running(shop.program()) as program:
        program.check_server("no server", "http://127.0.0.1:9/", "key")
        program.check_server("none in use", "", None)
        program.check_gemini("no key", "")
        program.check_camera("camera", shop.stored("Door"), None)
        program.check_camera("no camera", gone, None)

        assert shop.answer("no server").code is Code.SERVER_UNREACHABLE
        assert not shop.answer("none in use").ok
        assert shop.answer("no key").code is Code.AI_NO_KEY
        assert shop.answer("camera").ok
        assert not shop.answer("no camera").ok


def test_a_check_uses_the_stored_key_unless_one_is_typed_and_keeps_none(shop: Shop) -> None:
    shop.store.set(secrets.SERVER_KEY, "hunter2-stored")
    ready = {"service": "vigint", "version": "1", "ready": True, "parts": []}
    me = {"client_id": "c", "client_name": "Shop", "key_id": "k", "server_version": "1"}
    with http_peer() as peer, running(shop.program()) as program:
        peer.plays(*[as_json(ready), as_json(me)] * 2)
        program.check_server("stored", f"{peer.url}/", None)
        program.check_server("typed", peer.url, "hunter2-typed")
        assert shop.answer("stored").ok
        assert shop.answer("typed").ok

    assert [asked.path for asked in peer.asked] == ["/readyz", "/v1/me"] * 2
    assert [asked.headers.get("X-API-Key") for asked in peer.asked if asked.path == "/v1/me"] == [
        "hunter2-stored",
        "hunter2-typed",
    ]
    assert shop.store.get(secrets.SERVER_KEY) == "hunter2-stored"
    assert "hunter2" not in shop.redactor.clean("hunter2-stored hunter2-typed")
