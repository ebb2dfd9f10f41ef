"""The whole server with the real SDK against the Gemini stand-in: real clips, real verdicts, real proofs."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.fakes.excerpts import Excerpts
from tests.fakes.gemini import GeminiStandIn, shipped_references
from tests.fakes.gemini_plays import Play
from tests.fakes.server import RunningServer, running_server
from vigint_core.domain.fault import Code
from vigint_core.domain.status import Health
from vigint_core.wire import API_KEY_HEADER, IDEMPOTENCY_HEADER, AnalysisResponse, PartView, Readiness


@pytest.fixture
def gemini(footage: Path) -> Iterator[GeminiStandIn]:
    with GeminiStandIn(shipped_references(footage)) as stand_in:
        yield stand_in


def judge(server: RunningServer, clip: bytes, context: bytes, window_id: str = "w1") -> AnalysisResponse:
    sent = {
        "window_id": window_id,
        "camera_id": "aisle",
        "camera_name": "Aisle 3",
        "start": "2026-11-22T14:31:40+01:00",
        "end": "2026-11-22T14:31:50+01:00",
        "context_start": "2026-11-22T14:31:35+01:00",
    }
    with requests.Session() as session:
        response = session.post(
            f"{server.url}/v1/analyses",
            headers={API_KEY_HEADER: server.key, IDEMPOTENCY_HEADER: window_id},
            files={
                "metadata": (None, json.dumps(sent), "application/json"),
                "clip": ("clip.mp4", clip, "video/mp4"),
                "context": ("context.mp4", context, "video/mp4"),
            },
            timeout=60,
        )
    assert response.status_code == 200, response.text
    return AnalysisResponse.model_validate_json(response.content)


def ai_part(server: RunningServer) -> PartView:
    with requests.Session() as session:
        view = Readiness.model_validate_json(session.get(f"{server.url}/readyz", timeout=20).content)
    return next(part for part in view.parts if part.part == "ai")


def test_the_act_is_confirmed_and_the_ordinary_scene_is_clear(
    tmp_path: Path, footage: Path, gemini: GeminiStandIn
) -> None:
    act = Excerpts(footage / "incident" / "Shoplifting_1.mp4")
    ordinary = Excerpts(footage / "incident" / "Normal_82.mp4").clip(0.0, 10.0)
    with running_server(tmp_path, google_api_key="any-key-will-do", gemini_url=gemini.url) as server:
        seen = judge(server, act.clip(0.0, 10.0), act.clip(-5.0, 15.0), "act")
        assert (seen.first.outcome, seen.second and seen.second.outcome) == ("suspected", "suspected")
        assert [call.look for call in seen.calls] == ["first", "second"]
        assert all(call.cost_micro_usd > 0 for call in seen.calls)
        nothing = judge(server, ordinary, ordinary, "ordinary")
        assert (nothing.first.outcome, nothing.second) == ("clear", None)
        assert ai_part(server).health is Health.OK


def test_a_start_proves_the_key_with_a_real_call(tmp_path: Path, gemini: GeminiStandIn) -> None:
    proven = threading.Event()
    with running_server(tmp_path, google_api_key="any-key-will-do", gemini_url=gemini.url) as server:
        assert gemini.wait_for(1, 30)
        assert gemini.received[0].look == "probe"
        part = _until_proven(server, proven)
    assert part.health is Health.OK
    assert part.label.startswith("gemini-")


def _until_proven(server: RunningServer, pause: threading.Event) -> PartView:
    """The probe has been asked; its answer is on its way to the state."""
    for _ in range(100):
        part = ai_part(server)
        if part.code is not Code.AI_NOT_PROVEN:
            return part
        pause.wait(0.05)
    raise AssertionError("the answer to the probe never counted")


@pytest.mark.expects_log("ai probed")
def test_a_key_that_google_refuses_is_told_everywhere(tmp_path: Path, footage: Path, gemini: GeminiStandIn) -> None:
    gemini.script.add(Play.KEY_INVALID, times=None)
    clip = Excerpts(footage / "incident" / "Normal_82.mp4").clip(0.0, 10.0)
    with running_server(tmp_path, google_api_key="hunter2hunter2", gemini_url=gemini.url) as server:
        got = judge(server, clip, clip)
        assert gemini.wait_for(1, 30)
        part = _until_proven(server, threading.Event())
    assert (got.first.outcome, got.first.reason) == ("not_analysed", Code.AI_KEY_INVALID)
    assert (part.health, part.code) == (Health.DOWN, Code.AI_KEY_INVALID)
    assert "hunter2" not in got.model_dump_json() + part.model_dump_json()


@pytest.mark.parametrize("play", [Play.NOT_JSON, Play.EMPTY])
def test_what_failed_is_not_analysed_and_may_be_asked_again(
    tmp_path: Path, footage: Path, gemini: GeminiStandIn, play: Play
) -> None:
    gemini.script.add(play, times=None, look="first")
    clip = Excerpts(footage / "incident" / "Normal_82.mp4").clip(0.0, 10.0)
    with running_server(tmp_path, google_api_key="any-key-will-do", gemini_url=gemini.url) as server:
        failed = judge(server, clip, clip)
        assert failed.first.outcome == "not_analysed"
        again = judge(server, clip, clip)
        assert not again.replayed
