from pathlib import Path

import pytest

from tests.fakes.examiner import ScriptedExaminer
from tests.fakes.http_peer import HttpPeer, Reply, as_json, problem
from tests.unit.vigint_desktop.pipeline.test_server_link import ME, READY
from vigint_core.analysis.models import Catalogue
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


def test_a_key_that_does_not_allow_all_of_a_desk_is_told_with_what_it_lacks(peer: HttpPeer, endpoint: Endpoint) -> None:
    peer.plays(as_json(READY), as_json({**ME, "scopes": ["analyse", "incidents:write"]}))

    found = check_server("c1", endpoint)

    assert (found.ok, found.code, found.detail) == (False, Code.AUTH_FORBIDDEN, "incidents:read, usage:read")
    assert found.facts[1] == ("server.signed_in", {"client": "Shop Lyon"})


def test_a_part_that_is_ill_is_named(peer: HttpPeer, endpoint: Endpoint) -> None:
    ready = {**READY, "parts": [{"part": "ai", "health": "not_configured", "code": "ai.no_key"}]}
    peer.plays(as_json(ready), as_json(ME))

    assert check_server("c1", endpoint).code is Code.AI_NO_KEY


def test_a_notice_of_a_part_that_is_well_is_told_and_fails_nothing(peer: HttpPeer, endpoint: Endpoint) -> None:
    noted = {"part": "ai", "health": "ok", "code": "ai.model_retiring", "label": "model-1", "detail": "until May"}
    peer.plays(as_json({**READY, "parts": [noted]}), as_json(ME))

    found = check_server("c1", endpoint)

    assert (found.ok, found.code, found.detail) == (True, Code.AI_MODEL_RETIRING, "until May")
    assert found.facts[2][1] == {"model": "model-1"}


def test_a_stranger(peer: HttpPeer, endpoint: Endpoint) -> None:
    peer.plays(Reply(200, b"<html>"))

    assert check_server("c1", endpoint).code is Code.SERVER_NOT_VIGINT


@pytest.mark.parametrize("code", [None, Code.AI_KEY_INVALID])
def test_only_an_answer_proves_a_gemini_key(monkeypatch: pytest.MonkeyPatch, code: Code | None) -> None:
    examiner = ScriptedExaminer(probe_code=code)
    monkeypatch.setattr(module, "open_examiner", lambda key, catalogue: examiner)

    found = check_gemini("c1", "any key at all")

    assert (found.ok, found.code) == (code is None, code)
    assert examiner.probes == 1
    assert examiner.closed


def test_a_model_that_was_replaced_is_told_though_the_key_is_good(monkeypatch: pytest.MonkeyPatch) -> None:
    examiner = ScriptedExaminer(notice=Code.AI_MODEL_REPLACED)
    monkeypatch.setattr(module, "open_examiner", lambda key, catalogue: examiner)

    found = check_gemini("c1", "a key")

    assert (found.ok, found.code) == (True, Code.AI_MODEL_REPLACED)


def test_the_owners_catalogue_is_what_is_proven(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "models.json"
    file.write_text('{"looks": {"first": {"chain": ["gemini-3.8-flash"]}}}')
    used: list[Catalogue] = []
    monkeypatch.setattr(module, "open_examiner", lambda key, catalogue: used.append(catalogue) or ScriptedExaminer())

    assert check_gemini("c1", "a key", file).ok
    assert used[0].chosen == ("gemini-3.8-flash",)

    file.write_text("{")
    assert check_gemini("c1", "a key", file).code is Code.AI_CATALOGUE_UNREADABLE
