"""Answers that are kept, and given again."""

import asyncio
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.fakes.lab import RuledModel
from vigint_core.analysis.question import AnalysisError, Answer, Question, Usage
from vigint_core.domain.fault import Code
from vigint_desktop.lab.labels import LabError
from vigint_desktop.lab.record import Record, Recorder, fingerprint

DAY = date(2026, 11, 28)
QUESTION = Question(
    "m1", "You look.", '{"camera":"é"}', 12.0, 1024, b"clip", 1.0, {"type": "object"}, "low", {"level": "a"}
)


def ask(model: object, question: Question = QUESTION) -> Answer:
    return asyncio.run(model.ask(question))  # type: ignore[attr-defined]


def failure(model: object, question: Question = QUESTION) -> AnalysisError:
    with pytest.raises(AnalysisError) as caught:
        ask(model, question)
    return caught.value


def test_an_answer_is_given_again_word_for_word(tmp_path: Path) -> None:
    file = tmp_path / "r.jsonl"
    with Recorder(file, DAY) as recorder:
        first = ask(recorder.of("run", RuledModel(lambda _: "yes, é\n", 0.123456789)))
    record = Record.read(file)

    assert ask(record.of("run")) == first
    assert record.day == DAY


def test_a_failure_is_given_again_and_then_the_answer_that_followed(tmp_path: Path) -> None:
    steps: list[str | AnalysisError] = [
        AnalysisError(Code.AI_OVERLOADED, "503", retry_after_s=3.0, usage=Usage(total_in=7)),
        AnalysisError(Code.AI_TIMEOUT, usage=None),
        "at last",
    ]

    def rule(_: Question) -> str:
        step = steps.pop(0)
        if isinstance(step, AnalysisError):
            raise step
        return step

    with Recorder(tmp_path / "r", DAY) as recorder:
        asked = recorder.of("run", RuledModel(rule))
        failure(asked)
        failure(asked)
        ask(asked)
    replayed = Record.read(tmp_path / "r").of("run")

    overloaded, late = failure(replayed), failure(replayed)
    assert (overloaded.code, overloaded.detail, overloaded.retry_after_s) == (Code.AI_OVERLOADED, "503", 3.0)
    assert overloaded.usage == Usage(total_in=7)
    assert (late.code, late.usage) == (Code.AI_TIMEOUT, None)
    assert ask(replayed).text == "at last"
    assert ask(replayed).text == "at last"


def test_two_runs_that_asked_the_same_get_each_its_own_answer(tmp_path: Path) -> None:
    with Recorder(tmp_path / "r", DAY) as recorder:
        for run in ("one", "two"):
            ask(recorder.of(run, RuledModel(lambda _, run=run: f"of {run}")))  # type: ignore[misc]
    record = Record.read(tmp_path / "r")

    assert [ask(record.of(run)).text for run in ("two", "one")] == ["of two", "of one"]
    assert ask(Record.read(tmp_path / "r").of("three")).text == "of one"


@pytest.mark.parametrize(
    "other",
    [
        {"model": "m2"},
        {"system": "You look twice."},
        {"data": "{}"},
        {"clip": b"clip2"},
        {"clip": None},
        {"schema": None},
        {"fps": 2.0},
        {"media_resolution": None},
        {"thinking": {}},
        {"max_output_tokens": 1},
    ],
)
def test_what_is_not_in_the_record_is_named(tmp_path: Path, other: dict[str, object]) -> None:
    with Recorder(tmp_path / "r", DAY) as recorder:
        ask(recorder.of("run", RuledModel(lambda _: "yes")))
    record = Record.read(tmp_path / "r")

    assert failure(record.of("run"), replace(QUESTION, **other)).code is Code.AI_NOT_RECORDED  # type: ignore[arg-type]
    assert ask(record.of("run"), replace(QUESTION, timeout_s=1.0)).text == "yes"


def test_a_fingerprint_is_the_same_on_every_machine() -> None:
    assert fingerprint(QUESTION) == "58efe44095cc14c20f40923776e32505e3f6aa72d622eebe91cefe12e8549ddc"


def test_an_older_record_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "r").write_text("paid for", "utf-8")
    with pytest.raises(LabError, match="there already"):
        Recorder(tmp_path / "r", DAY)
    assert (tmp_path / "r").read_text("utf-8") == "paid for"
    with pytest.raises(LabError, match="can't be written"):
        Recorder(tmp_path / "gone" / "r", DAY)


def test_what_was_answered_before_a_run_was_stopped_is_kept(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "r", DAY)
    ask(recorder.of("run", RuledModel(lambda _: "yes")))
    read = Record.read(tmp_path / "r")  # the file is still open
    recorder.__exit__()

    assert ask(read.of("run")).text == "yes"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not JSON\n",
        "[]\n",
        '{"format": "else", "version": 1, "day": "2026-11-28"}\n',
        '{"format": "vigint-lab-record", "version": 2, "day": "2026-11-28"}\n',
        '{"format": "vigint-lab-record", "version": 1, "day": "soon"}\n',
        '{"format": "vigint-lab-record", "version": 1, "day": "2026-11-28"}\n{"key": "a"}\n',
        '{"format": "vigint-lab-record", "version": 1, "day": "2026-11-28"}\n{"key": "a", "run"',
        (
            '{"format": "vigint-lab-record", "version": 1, "day": "2026-11-28"}\n'
            '{"key": "a", "run": "r", "error": "no.such", "usage": null, "latency_s": 1}\n'
        ),
    ],
)
def test_a_file_that_is_no_record_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "r").write_text(text, "utf-8")
    with pytest.raises(LabError, match="no record"):
        Record.read(tmp_path / "r")


def test_a_record_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="can't be read"):
        Record.read(tmp_path / "gone")


def test_a_line_holds_the_answer_and_neither_texts_nor_clip(tmp_path: Path) -> None:
    with Recorder(tmp_path / "r", DAY) as recorder:
        ask(recorder.of("run", RuledModel(lambda _: "yes")))
    _, line = (tmp_path / "r").read_text("utf-8").splitlines()

    assert json.loads(line).keys() == {"key", "run", "model", "text", "usage", "latency_s"}
