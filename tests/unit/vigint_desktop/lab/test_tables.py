"""What a run is told as: a table that hides nothing, and JSON."""

import json
from pathlib import Path

from tests.fakes.lab import CLEAR, FAILED, call, judged, suspected
from vigint_core.analysis.models import shipped_catalogue
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.window import Span
from vigint_desktop.lab.labels import LabelledClip, LabelledIncident, Material
from vigint_desktop.lab.run import Variant
from vigint_desktop.lab.score import JudgedWindow, score
from vigint_desktop.lab.tables import Outcome, as_json, as_text

SURE = suspected(5.0)


def outcome(*windows: JudgedWindow, unread: dict[str, VigintError] | None = None, prompt: str | None = None) -> Outcome:
    incidents = (LabelledIncident(Span(12, 18), "hides it"),)
    labels = {"a.mp4": incidents, "b.mp4": ()}
    variant = Variant.of(shipped_catalogue(), "gemini-2.5-flash-lite", prompt)
    material = Material(tuple(LabelledClip(Path(name), told) for name, told in labels.items()), ("c.mp4",))
    return Outcome(material, [(variant, score(windows, labels, 1800.0))], unread or {}, False, "asked now")


def test_a_row_says_what_was_found_and_what_it_cost() -> None:
    calls = [call(latency_s=1.25, cost=1500)]
    found = outcome(judged("a.mp4", (10, 20), SURE, SURE, calls), judged("b.mp4", (0, 10), SURE, SURE))
    text = as_text(found)

    (row,) = [line for line in text.splitlines() if line.startswith("gemini-2.5-flash-lite  ")]
    counted = ["1/1", "100%", "1/2", "50%", "2.0", "2", "0", "0.001500", "1.25", "1.25"]
    assert row.split() == ["gemini-2.5-flash-lite", "first_look.v3", *counted]
    assert "b.mp4 false alarm (concealment), cites 5.0 s: Something." in text
    assert "not labelled, so not looked at: c.mp4" in text
    assert found.failures == []


def test_what_failed_is_in_the_table_and_named() -> None:
    broken = {"b.mp4": VigintError(Code.CAMERA_NOT_VIDEO, "b.mp4")}
    found = outcome(judged("a.mp4", (10, 20), FAILED), unread=broken)

    assert "0/0 +1 undecided" in as_text(found)
    assert "12.0 to 18.0 s not decided" in as_text(found)
    assert [line.split(":")[0] for line in found.failures] == ["b.mp4", "gemini-2.5-flash-lite, first_look.v3"]
    assert "camera.not_video" in found.failures[0]
    assert "1 first looks not analysed, ai.overloaded" in found.failures[1]


def test_misses_say_why() -> None:
    assert "missed: judged clear" in as_text(outcome(judged("a.mp4", (10, 20), CLEAR)))
    assert "missed: suspected, then vetoed" in as_text(outcome(judged("a.mp4", (10, 20), SURE, CLEAR)))
    assert "missed: the gate was closed" in as_text(outcome())


def test_json_says_the_same_and_what_is_unknown_is_null() -> None:
    told = json.loads(json.dumps(as_json(outcome(judged("a.mp4", (10, 20), SURE, FAILED)))))

    (result,) = told["results"]
    assert (result["recall"], result["precision"], result["undecided"], result["unconfirmed"]) == (None, None, 1, 1)
    assert result["not_analysed"] == {"first": {}, "second": {"ai.overloaded": 1}}
    assert result["latency_s"]["first"] == {"median_s": None, "p95_s": None, "answers": 0}
    assert (told["alerts_are"], told["unlabelled"], told["slack_s"]) == ("confirmed", ["c.mp4"], 1.0)
    assert result["outings"][0]["fate"] == "undecided"


def test_a_prompt_s_file_is_named_without_its_folder() -> None:
    assert "/home" not in as_text(outcome(prompt="/home/ann/mine.txt"))
    assert "mine.txt" in as_text(outcome(prompt="/home/ann/mine.txt"))
