"""What leaves the module that talks to Google: no key, no clip and no word of a look in any log, no type of the SDK."""

import ast
import asyncio
import base64
import dataclasses
import logging
import traceback
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.gemini import GeminiStandIn
from tests.fakes.gemini_plays import Play
from vigint_core.analysis.examiner import Patience, Subject, open_examiner
from vigint_core.analysis.gemini import GeminiModel
from vigint_core.analysis.question import AnalysisError, Question
from vigint_core.domain.ids import WindowId
from vigint_core.domain.window import Circumstances
from vigint_core.policy.retry import BackOff

ROOT = Path(__file__).parents[2]
KEY = "AQ.a-key-that-must-not-be-told"
CAMERA, NOTE = "Rue-des-Lilas", "The-owner-is-called-Odile"
SUBJECT = Subject(WindowId("w1"), CAMERA, 1000.0, 1010.0, 995.0, around=Circumstances(True, "08:00-19:00", NOTE))
HASTY = Patience(call_s=1.0, first_s=1.5, back_off=BackOff(first_s=0.01, most_s=0.01))
TALKATIVE = ("", "google", "google_genai", "google_genai.models", "httpx2", "httpcore2", "asyncio", "vigint_core")
QUESTION = Question("gemini-3.5-flash-lite", "system", "data", 1.0, 256)
FAILURES = [play for play in Play if play not in {Play.SUSPECT, Play.VETO, Play.CACHED, Play.UNBILLED}]
OWN = ("builtins", "vigint_core.")


class Listener(logging.Handler):
    """Keeps every record there is."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture
def everything_logged() -> Iterator[list[logging.LogRecord]]:
    """All that any of the libraries has to say, down to DEBUG."""
    kept = {name: logging.getLogger(name).level for name in TALKATIVE}
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.DEBUG)
    listener = Listener()
    logging.getLogger().addHandler(listener)
    yield listener.records
    logging.getLogger().removeHandler(listener)
    for name, level in kept.items():
        logging.getLogger(name).setLevel(level)


def written(record: logging.LogRecord) -> str:
    """A record with whatever a handler could write of it."""
    told = traceback.format_exception(record.exc_info[1]) if record.exc_info else []
    return f"{record.getMessage()} {record.args!r} {''.join(told)} {record.stack_info}"


def test_no_key_no_clip_and_no_word_of_a_look_is_logged_whatever_happens(
    gemini: GeminiStandIn,
    loop: asyncio.Runner,
    act: tuple[bytes, bytes],
    everything_logged: list[logging.LogRecord],
) -> None:
    async def all_of_it() -> None:
        for play in (None, *FAILURES):
            gemini.script.clear()
            if play:
                gemini.script.add(play, times=None)
            examiner = open_examiner(KEY, gemini.url, HASTY)
            await examiner.examine(SUBJECT, *act)
            await examiner.close()

    loop.run(all_of_it())
    assert {received.play for received in gemini.received} >= set(FAILURES), "everything was really played"
    log = "\n".join(written(record) for record in everything_logged)
    assert "httpcore2" in {record.name.partition(".")[0] for record in everything_logged}, "the libraries did talk"
    middle = len(act[0]) // 2
    clip = act[0][middle : middle + 300]
    secrets = [KEY, CAMERA, NOTE, "security cameras of a shop", "hides it in the clothing", "A hand reaches"]
    secrets += [base64.b64encode(clip).decode()[:40], base64.urlsafe_b64encode(clip).decode()[:40], repr(clip)[2:42]]
    assert [secret for secret in secrets if secret in log] == []


def test_an_answer_is_made_of_our_types_alone(gemini: GeminiStandIn, loop: asyncio.Runner) -> None:
    model = GeminiModel(KEY, gemini.url)
    answer = loop.run(model.ask(QUESTION))
    loop.run(model.close())
    assert {*_modules(answer)} <= {"builtins", "vigint_core.analysis.question"}


@pytest.mark.parametrize("play", [*FAILURES[: FAILURES.index(Play.NOT_JSON)], Play.BROKEN_ENVELOPE])
def test_a_failure_is_one_of_our_types_and_shows_nothing_of_the_sdk(
    gemini: GeminiStandIn, loop: asyncio.Runner, play: Play
) -> None:
    model = GeminiModel(KEY, gemini.url)
    gemini.script.add(play)
    # A parameter can only be refused where there is one.
    asked = replace(QUESTION, timeout_s=0.5, media_resolution="low")
    with pytest.raises(AnalysisError) as caught:
        loop.run(model.ask(asked))
    loop.run(model.close())
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert all(module.startswith(OWN) for value in vars(caught.value).values() for module in _modules(value))
    assert "google" not in "".join(traceback.format_exception_only(caught.value))


def test_one_module_alone_imports_the_sdk() -> None:
    found = {}
    for package in ("vigint_core", "vigint_desktop", "server"):
        for file in sorted((ROOT / package).rglob("*.py")):
            names = [name for name in _imported(file) if name.partition(".")[0] in {"google", "httpx2"}]
            if names:
                found[file.relative_to(ROOT).as_posix()] = sorted({name.partition(".")[0] for name in names})
    assert found == {
        "vigint_core/analysis/answer_stream.py": ["httpx2"],
        "vigint_core/analysis/genai_session.py": ["google", "httpx2"],
        # These ask others than the provider: a server of ours, an owner's webhook.
        "server/cli/drill.py": ["httpx2"],
        "server/cli/remote.py": ["httpx2"],
        "server/mail/webhook.py": ["httpx2"],
    }


def _modules(value: object) -> Iterator[str]:
    """The modules of the types that a value is made of."""
    yield type(value).__module__
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from _modules(getattr(value, field.name))


def _imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
