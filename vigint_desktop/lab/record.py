"""Keeps every answer of a run in a file, and answers from it: a run that can be repeated without network and key.

One JSON object a line. The first line says when the run was made, by which its prices count; every other one is an
answer or a failure under the question's fingerprint. A question that was asked again, after a failure or for another
model and prompt, has one line for each time.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final, Self, TextIO

from vigint_core.analysis.question import AnalysisError, Answer, Model, Question, Usage
from vigint_core.domain.fault import Code
from vigint_desktop.lab.labels import LabError

_FORMAT: Final = "vigint-lab-record"
_VERSION: Final = 1


def fingerprint(question: Question) -> str:
    """SHA-256 over all that an answer depends on: model, texts, schema, clip, and how the clip is to be looked at.

    Left out is how long the answer may take.
    """
    told = {
        "model": question.model,
        "system": question.system,
        "data": question.data,
        "schema": question.schema,
        "clip": hashlib.sha256(question.clip).hexdigest() if question.clip is not None else None,
        "how": [question.fps, question.media_resolution, dict(question.thinking), question.max_output_tokens],
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


class Recorder:
    """Writes what models answer. The file is made anew: an older record is never overwritten.

    A context manager. Every answer is on the disk before the run goes on, so that a run that was stopped keeps its own.
    """

    def __init__(self, file: Path, today: date) -> None:
        """Raises LabError when the file is there already or can't be written."""
        self._file = file
        try:
            self._out: TextIO = file.open("x", encoding="utf-8")
        except FileExistsError as error:
            raise LabError(f"{file} is there already: --replay it, or record to another file.") from error
        except OSError as error:
            raise LabError(f"The record {file} can't be written: {error.strerror}.") from error
        self._write({"format": _FORMAT, "version": _VERSION, "day": today.isoformat()})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._out.close()

    def of(self, run: str, model: Model) -> Model:
        """``model``, with everything it answers written down as an answer of that run."""
        return _Recording(self, run, model)

    def note(self, run: str, question: Question, answer: Answer | AnalysisError) -> None:
        """Write one answer or failure. Raises LabError when the disk refuses."""
        told: dict[str, object]
        if isinstance(answer, Answer):
            told = {"text": answer.text}
        else:
            told = {"error": answer.code, "detail": answer.detail, "retry_after_s": answer.retry_after_s}
        usage = None if answer.usage is None else asdict(answer.usage)
        entry = {"key": fingerprint(question), "run": run, "model": question.model, **told, "usage": usage}
        self._write({**entry, "latency_s": answer.latency_s})

    def _write(self, entry: Mapping[str, object]) -> None:
        try:
            self._out.write(json.dumps(entry, ensure_ascii=False) + "\n")
            self._out.flush()
        except OSError as error:
            raise LabError(f"The record {self._file} can't be written: {error.strerror}.") from error


class _Recording:
    """``Model`` that writes down what another one answers."""

    def __init__(self, recorder: Recorder, run: str, model: Model) -> None:
        self._recorder = recorder
        self._run = run
        self._model = model

    async def ask(self, question: Question) -> Answer:
        """Ask, and write the answer down. Raises AnalysisError, LabError."""
        try:
            answer = await self._model.ask(question)
        except AnalysisError as error:
            self._recorder.note(self._run, question, error)
            raise
        self._recorder.note(self._run, question, answer)
        return answer

    async def close(self) -> None:
        """Close the model."""
        await self._model.close()


@dataclass(slots=True)
class _Line:
    run: str
    text: str | None
    error: Code
    detail: str
    retry_after_s: float | None
    usage: Usage | None
    latency_s: float
    used: bool = False

    def answer(self) -> Answer:
        if self.text is not None:
            return Answer(self.text, self.usage, self.latency_s)
        failure = AnalysisError(self.error, self.detail, retry_after_s=self.retry_after_s, usage=self.usage)
        failure.latency_s = self.latency_s
        raise failure


@dataclass(slots=True)
class Record:
    """What a run kept.

    Attributes:
        day: on which it was made; its prices are of that day.
    """

    day: date
    _lines: dict[str, list[_Line]] = field(default_factory=dict)

    @classmethod
    def read(cls, file: Path) -> "Record":
        """Raises LabError for a file that can't be read or is no record."""
        try:
            with file.open(encoding="utf-8") as lines:
                record = cls(_day(lines.readline()))
                for line in lines:
                    record._add(json.loads(line))
        except OSError as error:
            raise LabError(f"The record {file} can't be read: {error.strerror}.") from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise LabError(f"{file} is no record of a lab run, or is damaged.") from error
        return record

    def of(self, run: str) -> Model:
        """A model that answers as the one of that run did."""
        return _Replayed(self, run)

    def answer(self, run: str, question: Question) -> Answer:
        """The next answer to this question: of the run itself, or else of any other that asked it.

        Raises AnalysisError: the recorded one, or AI_NOT_RECORDED.
        """
        lines = self._lines.get(fingerprint(question), [])
        if not lines:
            raise AnalysisError(Code.AI_NOT_RECORDED, question.model)
        own = [line for line in lines if line.run == run] or lines
        line = next((line for line in own if not line.used), own[-1])
        line.used = True
        return line.answer()

    def _add(self, said: dict[str, Any]) -> None:
        line = _Line(
            run=str(said["run"]),
            text=None if said.get("text") is None else str(said["text"]),
            error=Code(said.get("error", Code.INTERNAL)),
            detail=str(said.get("detail", "")),
            retry_after_s=said.get("retry_after_s"),
            usage=None if said["usage"] is None else Usage(**said["usage"]),
            latency_s=float(said["latency_s"]),
        )
        self._lines.setdefault(str(said["key"]), []).append(line)


class _Replayed:
    """``Model`` that answers from a record."""

    def __init__(self, record: Record, run: str) -> None:
        self._record = record
        self._run = run

    async def ask(self, question: Question) -> Answer:
        """What was answered. Raises AnalysisError."""
        return self._record.answer(self._run, question)

    async def close(self) -> None:
        """Nothing is open."""


def today() -> date:
    """The day by UTC, as prices count it."""
    return datetime.now(UTC).date()


def _day(line: str) -> date:
    head = json.loads(line)
    if head["format"] != _FORMAT or head["version"] != _VERSION:
        raise ValueError("another format")
    return date.fromisoformat(head["day"])
