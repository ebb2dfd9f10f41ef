"""The main job, end to end: a real RTSP camera, the real window under a real X display, our server, the real SDK."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.desktop import Run, run_desktop
from tests.fakes.gemini import GeminiStandIn, shipped_references
from tests.fakes.gemini_plays import Play
from tests.fakes.rtsp_server import rtsp_server
from tests.fakes.screen import screen
from tests.fakes.witness import Sight

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

RUN_S = 32.0  # a loop of the footage lasts 10 to 12 s: time for the gate, a window, two looks, and a second window


@pytest.fixture
def gemini(footage: Path) -> Iterator[GeminiStandIn]:
    """The stand-in; it knows the labelled act."""
    with GeminiStandIn(shipped_references(footage)) as stand_in:
        yield stand_in


def watch(clip: Path, gemini: GeminiStandIn, folder: Path, key: str = "any-key-at-all") -> Run:
    """Watch one RTSP camera that plays ``clip`` over and over."""
    with rtsp_server(clip) as camera, screen() as display:
        environment = {**display, "GOOGLE_API_KEY": key, "GOOGLE_GEMINI_BASE_URL": gemini.url}
        words = ["--source", f"Door={camera.url}", "--screenshot", str(folder / "wall.png")]
        return run_desktop(folder, words, RUN_S, environment)


def test_shoplifting_becomes_one_confirmed_incident(footage: Path, gemini: GeminiStandIn, tmp_path: Path) -> None:
    run = watch(footage / "incident" / "Shoplifting_1.mp4", gemini, tmp_path)

    door = run.camera("Door")
    assert run.code == 0
    assert door["frames"]["shown"] > 100
    assert door["gate"]["intervals"]
    assert door["windows"]["suspected"] >= 1

    assert len(run.report["incidents"]) == 1
    incident = run.report["incidents"][0]
    assert incident["state"] == "confirmed"
    assert incident["type"] == "concealment"
    assert incident["capture_to_row_ms"] <= 15_000

    # The picture and the time are those of the act: the stand-in, asked about the kept clip, sees it there.
    (body,) = (json.loads(body) for (body,) in run.rows("SELECT body FROM incidents"))
    assert (tmp_path / "clips" / body["still"]).stat().st_size > 5_000
    assert body["clips"]
    assert body["span"]["start_s"] <= body["act_s"] <= body["span"]["end_s"]
    judged = [r for r in gemini.received if r.sight is Sight.ACT]
    assert {r.look for r in judged} == {"first", "second"}
    assert run.rows("SELECT count(*) FROM outbox") == [(0,)]  # the server has the incident too
