"""The lab on the labelled footage, against the stand-in through the real SDK: asked, recorded, and repeated without."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.gemini import GeminiStandIn, shipped_references
from tests.fakes.gemini_plays import Play
from vigint_desktop.cli import main

KEY = "AQ.a-key-that-nobody-may-see"
MODELS = ["gemini-3.5-flash-lite", "gemini-3.8-flash"]


def lab(
    clips: Path, data: Path, capsys: pytest.CaptureFixture[str], *words: str
) -> tuple[int, list[dict[str, Any]], str]:
    code = main(["lab", "--clips", str(clips), "--data-dir", str(data), "--model", *MODELS, "--json", *words])
    told = capsys.readouterr()
    return code, json.loads(told.out)["results"], told.err


@pytest.mark.slow
def test_the_footage_is_judged_recorded_and_judged_again_without_a_network(
    footage: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    record = tmp_path / "record.jsonl"
    with GeminiStandIn(shipped_references(footage)) as gemini:
        monkeypatch.setitem(os.environ, "GOOGLE_GEMINI_BASE_URL", gemini.url)
        monkeypatch.setitem(os.environ, "GOOGLE_API_KEY", KEY)
        code, first, _ = lab(footage / "incident", tmp_path, capsys, "--record", str(record))

        assert code == 0
        for result in first:
            # The stand-in knows one of the two acts, and takes the other one for an unknown scene.
            assert (result["found"], result["judged_clear"], result["right_alerts"]) == (1, 1, 1)
            assert (result["precision"], result["false_alarms_an_hour"], result["windows"]) == (1.0, 0.0, 6)
            assert result["cost_micro_usd"] > 0
        assert "hoplifting" not in "".join(received.data + received.system for received in gemini.received)

        gemini.script.add(Play.SAFETY, times=2, look="first")
        code, failed, said = lab(footage / "incident", tmp_path, capsys)
        assert code == 1
        assert sum(result["not_analysed"]["first"].get("ai.blocked", 0) for result in failed) == 2
        assert "ai.blocked" in said

    monkeypatch.delitem(os.environ, "GOOGLE_API_KEY")
    code, again, _ = lab(footage / "incident", tmp_path, capsys, "--replay", str(record))

    assert (code, again) == (0, first)
    assert KEY not in record.read_text("utf-8")
