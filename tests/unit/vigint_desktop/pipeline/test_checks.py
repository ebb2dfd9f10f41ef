import pytest

from tests.fakes.examiner import ScriptedExaminer
from tests.fakes.http_peer import HttpPeer, Reply, as_json, problem
from tests.unit.vigint_desktop.pipeline.test_server_link import ME, READY
from vigint_core.domain.fault import Code
from vigint_desktop.pipeline import checks as module
from vigint_desktop.pipeline.checks import check_gemini, check_server
from vigint_desktop.pipeline.server_link import Endpoint


def test_a_server_that_knows_us_and_whose_ai_is_proven(peer: HttpPeer, endpoint: Endpoint) -> None:
    ready = {**READY, "parts": [{"part": "ai", "health": "ok", "label": "model-1"}]}
    peer.plays(as_json(ready), as_json(ME))

    found = check_server("c1", endpoint)

    assert (found.check_id, found.ok, found.code) == ("c1", True, None)
    assert [key for key, _ in found.facts] == ["server.reachable", "server.signed_in", "server.ai_proven"]
    assert found.facts[1][1] == {"client": "Shop Lyon"}
    assert found.facts[2][1] == {"model": "model-1"}


def test_a_wrong_key_is_told_apart_from_everything_else(peer: HttpPeer, endpoint: Endpoint) -> None:
    peer.plays(as_json(READY), problem(401, Code.AUTH_INVALID_KEY))

    found = check_server("c1", endpoint)

    assert (found.ok, found.code) == (False, Code.AUTH_INVALID_KEY)
    assert [key for key, _ in found.facts] == ["server.reachable"]


def test_a_part_that_is_ill_is_named(peer: HttpPeer, endpoint: Endpoint) -> None:
    ready = {**READY, "parts": [{"part": "ai", "health": "not_configured", "code": "ai.no_key"}]}
    peer.plays(as_json(ready), as_json(ME))

    assert check_server("c1", endpoint).code is Code.AI_NO_KEY


def test_a_stranger(peer: HttpPeer, endpoint: Endpoint) -> None:
    peer.plays(Reply(200, b"<html>"))

    assert check_server("c1", endpoint).code is Code.SERVER_NOT_VIGINT


@pytest.mark.parametrize("code", [None, Code.AI_KEY_INVALID])
def test_only_an_answer_proves_a_gemini_key(monkeypatch: pytest.MonkeyPatch, code: Code | None) -> None:
    examiner = ScriptedExaminer(probe_code=code)
    monkeypatch.setattr(module, "open_examiner", lambda key: examiner)

    found = check_gemini("c1", "any key at all")

    assert (found.ok, found.code) == (code is None, code)
    assert examiner.probes == 1
    assert examiner.closed
