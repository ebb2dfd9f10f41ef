"""The command from the typed words to the exit code, with a model that answers by rule in Gemini's place."""

import json
import os
from pathlib import Path

import pytest

from tests.fakes.lab import RuledModel, film, is_second, said
from tests.fakes.scenes import Scene
from vigint_core.analysis.question import AnalysisError, Question
from vigint_core.domain.fault import Code
from vigint_desktop.cli import main
from vigint_desktop.lab import command

KEY = "AQ.a-key-that-nobody-may-see"
LITE, FLASH = "gemini-3.5-flash-lite", "gemini-3.8-flash"


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    film(folder / "a.mp4", Scene(person=lambda at_s: (20 + 10 * at_s, 110)), 14)
    (folder / "labels.json").write_text('{"a.mp4": [[2, 5]]}', "utf-8")
    return folder


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "GOOGLE_API_KEY", KEY)


def answering(monkeypatch: pytest.MonkeyPatch, answer: str | Code) -> RuledModel:
    """Gemini's place, taken."""

    def rule(_: Question) -> str:
        if isinstance(answer, Code):
            raise AnalysisError(answer)
        return answer

    model = RuledModel(rule)
    monkeypatch.setattr(command, "GeminiModel", lambda api_key: model if api_key == KEY else None)
    return model


def lab(clips: Path, tmp_path: Path, *words: str) -> int:
    given = ["--clips", str(clips), "--labels", str(clips / "labels.json"), "--data-dir", str(tmp_path / "data")]
    return main(["lab", *given, *words])


def test_a_run_prints_a_table(
    clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    model = answering(monkeypatch, said(3.0))
    assert lab(clips, tmp_path, "--all") == 0

    told = capsys.readouterr()
    assert "1/1" in told.out
    assert "clip 1 of 1: a.mp4" in told.err
    assert any(is_second(question) for question in model.questions)


def test_every_model_with_every_prompt_once(
    clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").write_text("Look. ${language}.", "utf-8")
    answering(monkeypatch, said(incident=False))
    words = [
        "--model",
        LITE,
        "gemini-3.8-flash",
        "--model",
        LITE,
        "--prompt",
        "first_look.v3",
        str(tmp_path / "mine.txt"),
    ]
    assert lab(clips, tmp_path, *words, "--json", "--first-look") == 0

    results = json.loads(capsys.readouterr().out)["results"]
    asked = [(each["models"]["first"], Path(each["prompts"]["first"]).name) for each in results]
    assert asked == [(model, prompt) for model in (LITE, FLASH) for prompt in ("first_look.v3", "mine.txt")]


def test_a_record_is_replayed_without_key_and_model_and_says_the_same(
    clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answering(monkeypatch, said(3.0))
    record = tmp_path / "r.jsonl"
    assert lab(clips, tmp_path, "--all", "--json", "--record", str(record)) == 0
    first = json.loads(capsys.readouterr().out)

    monkeypatch.delitem(os.environ, "GOOGLE_API_KEY")
    monkeypatch.setattr(command, "GeminiModel", None)
    assert lab(clips, tmp_path, "--all", "--json", "--replay", str(record)) == 0
    assert json.loads(capsys.readouterr().out)["results"] == first["results"]
    assert KEY not in record.read_text("utf-8")


def test_a_question_that_is_not_in_the_record_is_named(
    clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answering(monkeypatch, said(incident=False))
    record = tmp_path / "r.jsonl"
    lab(clips, tmp_path, "--record", str(record))
    capsys.readouterr()

    assert lab(clips, tmp_path, "--replay", str(record), "--model", "gemini-2.5-flash-lite") == 1
    told = capsys.readouterr()
    assert "ai.not_recorded: The record holds no answer" in told.err
    assert "+1 undecided" in told.out


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--model", "gemini-1"], f"'gemini-1' is unknown; known are {LITE}"),
        (["--prompt", "first_look.v999"], "no prompt 'first_look.v999'"),
        (["--prompt", "nowhere.txt"], "no prompt 'nowhere.txt'"),
        (["--record", "a", "--replay", "b"], "not allowed with"),
        (["--language", "de"], "invalid choice"),
        (["--model"], "expected at least one"),
    ],
)
def test_words_that_make_no_sense(
    clips: Path, tmp_path: Path, words: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        lab(clips, tmp_path, *words)
    assert left.value.code == 2
    assert named in capsys.readouterr().err


def test_a_prompt_with_blanks_that_nobody_fills_is_refused(
    clips: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").write_text("It costs ${price}.", "utf-8")
    with pytest.raises(SystemExit) as left:
        lab(clips, tmp_path, "--prompt", str(tmp_path / "mine.txt"))
    assert left.value.code == 2
    assert "can't be filled in" in capsys.readouterr().err


def test_clips_are_needed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["lab"])
    assert left.value.code == 2
    assert "--clips" in capsys.readouterr().err


def test_without_a_key_nothing_is_begun_and_no_record_made(
    clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(os.environ, "GOOGLE_API_KEY")
    assert lab(clips, tmp_path, "--record", str(tmp_path / "r.jsonl")) == 1

    assert "ai.no_key" in capsys.readouterr().err
    assert not (tmp_path / "r.jsonl").exists()


def test_a_key_that_is_refused_says_so(
    clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answering(monkeypatch, Code.AI_KEY_INVALID)
    assert lab(clips, tmp_path) == 1

    told = capsys.readouterr()
    assert ("ai.key_invalid" in told.err, told.out) == (True, "")
    assert KEY not in told.err


def test_looks_that_failed_make_the_run_a_failure(
    clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answering(monkeypatch, Code.AI_BLOCKED)
    assert lab(clips, tmp_path) == 1

    told = capsys.readouterr()
    assert "first looks not analysed, ai.blocked" in told.err
    assert "+1 undecided" in told.out


def test_clips_and_labels_that_are_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lab", "--clips", str(tmp_path)]) == 1
    assert "There is no clip" in capsys.readouterr().err


def test_an_owner_s_catalogue_that_cannot_be_read_is_a_failure(
    clips: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "models.json").write_text("{", "utf-8")
    assert lab(clips, tmp_path) == 1
    assert "ai.catalogue_unreadable" in capsys.readouterr().err


def test_who_stops_it_is_told_what_is_kept(
    clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "measure", stopped)
    assert lab(clips, tmp_path) == 1
    assert "Stopped" in capsys.readouterr().err
