"""Answers that come later: ``Prefer``, the address to ask at, and the longer clip that follows."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio.to_thread
import pytest
import requests

from server.db.books.files import Chosen, FileEntry
from server.db.tables import FileKind
from server.db.tenant import Tenant
from server.services.beside import Errands
from tests.fakes.examiner import CLEAR, OVERLOADED, SUSPICION, ScriptedExaminer
from tests.fakes.mp4 import mp4
from tests.fakes.server import RunningServer, running_server
from tests.fakes.waiting import wait_until
from tests.integration.test_server_analyses import answer, metadata, problem
from vigint_core.analysis.examiner import Subject
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.verdict import Call, Outcome
from vigint_core.wire import API_KEY_HEADER, IDEMPOTENCY_HEADER, AnalysisResponse

pytestmark = pytest.mark.usefixtures("backend")
CLIP, CONTEXT = mp4(), mp4(frames=18)
LATER = {"Prefer": "respond-async"}


class SlowExaminer(ScriptedExaminer):
    """Its second look waits until the test lets it go; ``contexts`` are what it was shown."""

    def __init__(self) -> None:
        super().__init__(SUSPICION, SUSPICION)
        self.go_on = threading.Event()
        self.contexts: list[bytes] = []
        self.starts: list[float] = []

    async def second_look(self, subject: Subject, context: bytes) -> tuple[Outcome, tuple[Call, ...]]:
        self.contexts.append(context)
        self.starts.append(subject.context_start_s)
        assert await wait_on_thread(self.go_on)
        return await super().second_look(subject, context)


async def wait_on_thread(event: threading.Event) -> bool:
    return await anyio.to_thread.run_sync(event.wait, 30)


@pytest.fixture
def examiner() -> Iterator[SlowExaminer]:
    examiner = SlowExaminer()
    yield examiner
    examiner.go_on.set()


@pytest.fixture
def server(tmp_path: Path, examiner: SlowExaminer) -> Iterator[RunningServer]:
    with running_server(tmp_path, examiner=examiner) as running:
        yield running
        examiner.go_on.set()
        assert wait_until(lambda: not running.parts.looks.under_way)


def tenant(server: RunningServer) -> Tenant:
    return Tenant(server.parts.database, server.parts.clients.all()[0].id)


def ask(server: RunningServer, method: str, path: str, **request: Any) -> requests.Response:
    headers = {API_KEY_HEADER: server.key, **request.pop("headers", {})}
    with requests.Session() as session:
        return session.request(method, server.url + path, headers=headers, timeout=30, **request)


def post(server: RunningServer, sent: dict[str, Any] | None = None, **headers: str) -> requests.Response:
    sent = sent or metadata()
    return ask(
        server,
        "POST",
        "/v1/analyses",
        data={"metadata": json.dumps(sent)},
        files={"clip": ("clip.mp4", CLIP, "video/mp4")},
        headers={IDEMPOTENCY_HEADER: sent["window_id"], **headers},
    )


def settled(server: RunningServer, window_id: str = "w1") -> AnalysisResponse:
    """The answer that the address gives at last."""
    assert wait_until(lambda: ask(server, "GET", f"/v1/analyses/{window_id}").status_code == 200)
    return answer(ask(server, "GET", f"/v1/analyses/{window_id}"))


def test_an_answer_may_be_asked_for_later(server: RunningServer, examiner: SlowExaminer) -> None:
    accepted = post(server, **LATER)
    assert accepted.status_code == 202
    assert accepted.headers["Location"] == "/v1/analyses/w1"
    assert accepted.headers["Preference-Applied"] == "respond-async"
    assert int(accepted.headers["Retry-After"]) >= 1
    assert accepted.json()["pending"] is True
    assert wait_until(lambda: bool(examiner.contexts))
    meanwhile = ask(server, "GET", "/v1/analyses/w1")
    assert (meanwhile.status_code, meanwhile.json()["first"]["outcome"]) == (202, "suspected")
    examiner.go_on.set()
    whole = settled(server)
    assert whole.second is not None
    assert (whole.first.outcome, whole.second.outcome, whole.pending) == ("suspected", "suspected", False)
    assert [call.look for call in whole.calls] == ["first", "second"]
    assert [call.look for call in tenant(server).calls()] == ["first", "second"]


def test_a_clear_window_is_answered_later_too_and_leaves_no_clip(server: RunningServer, examiner: SlowExaminer) -> None:
    examiner.first = CLEAR
    assert post(server, **LATER).status_code == 202
    assert settled(server).first.outcome == "clear"
    assert tenant(server).files.find("w1", FileKind.WINDOW) is None
    assert examiner.contexts == []


def test_a_first_look_that_fails_later_may_be_asked_again(server: RunningServer, examiner: SlowExaminer) -> None:
    examiner.first = OVERLOADED
    post(server, **LATER)
    assert settled(server).first.reason is Code.AI_OVERLOADED
    examiner.first = CLEAR
    assert answer(post(server)).first.outcome == "clear"


def test_a_second_look_that_takes_too_long_is_left_out(server: RunningServer, examiner: SlowExaminer) -> None:
    half = post(server, Prefer="wait=0")
    assert half.headers["Preference-Applied"] == "wait=0"
    told = answer(half)
    assert (told.first.outcome, told.second, told.pending) == ("suspected", None, True)
    examiner.go_on.set()
    assert settled(server).second is not None


def test_a_repeat_waits_for_the_look_that_is_out(server: RunningServer, examiner: SlowExaminer) -> None:
    assert answer(post(server, Prefer="wait=0")).pending
    threading.Timer(0.5, examiner.go_on.set).start()
    repeated = answer(post(server))
    assert repeated.second is not None
    assert (repeated.replayed, repeated.pending) == (True, False)
    assert len(examiner.subjects) == len(examiner.contexts) == 1


def test_a_repeat_may_be_told_to_ask_later(server: RunningServer) -> None:
    assert post(server, **LATER).status_code == 202
    assert post(server, **LATER).status_code == 202


def test_an_unknown_window_has_no_answer(server: RunningServer) -> None:
    assert problem(ask(server, "GET", "/v1/analyses/nobody"), 404).code is Code.REQUEST_NOT_FOUND


def test_a_failed_second_look_is_told_until_it_is_asked_again(server: RunningServer, examiner: SlowExaminer) -> None:
    examiner.second = OVERLOADED
    examiner.go_on.set()
    failed = answer(post(server))
    assert failed.second is not None
    assert failed.second.reason is Code.AI_OVERLOADED
    assert settled(server).second == failed.second
    examiner.second = SUSPICION
    again = answer(post(server))
    assert again.second is not None
    assert (again.second.outcome, [call.look for call in again.calls]) == ("suspected", ["second"])
    assert [call.look for call in tenant(server).calls()] == ["first", "second", "second"]


def test_of_a_vetoed_window_no_clip_stays(server: RunningServer, examiner: SlowExaminer) -> None:
    examiner.second = CLEAR
    examiner.go_on.set()
    answer(post(server))
    assert wait_until(lambda: tenant(server).files.find("w1", FileKind.WINDOW) is None)


def test_of_a_confirmed_one_it_does(server: RunningServer, examiner: SlowExaminer) -> None:
    examiner.go_on.set()
    answer(post(server))
    kept = tenant(server).files.find("w1", FileKind.WINDOW)
    assert kept is not None
    assert kept.bytes == len(CLIP)


def test_a_longer_clip_that_follows_is_waited_for(server: RunningServer, examiner: SlowExaminer) -> None:
    examiner.go_on.set()
    assert answer(post(server, metadata(context_follows=True), Prefer="wait=0")).pending
    sent = ask(server, "PUT", "/v1/analyses/w1/context", data=CONTEXT, headers={"Content-Type": "video/mp4"})
    assert sent.status_code < 300
    assert settled(server).second is not None
    assert examiner.contexts == [CONTEXT]


def test_one_that_never_comes_is_not_waited_for_for_ever(
    server: RunningServer, examiner: SlowExaminer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The window's own clip is shown, and its moments are told from the start that the desk announced."""
    monkeypatch.setattr("server.services.looks.CONTEXT_WAIT_S", 0.5)
    examiner.go_on.set()
    whole = answer(post(server, metadata(context_follows=True)))
    assert examiner.contexts == [CLIP]
    assert examiner.starts == [examiner.subjects[0].start_s]
    assert whole.second is not None
    assert [seen.at_s for seen in whole.second.observations] == [12.5, 14.0]


@pytest.mark.expects_log("clip not stored")
def test_without_storage_the_look_is_made_all_the_same(
    server: RunningServer, examiner: SlowExaminer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first look is made in the request then, and the clip stays at hand for the second one."""

    def full(*_given: object) -> None:
        raise VigintError(Code.STORAGE_FULL, "full")

    monkeypatch.setattr(server.parts.files, "store", full)
    examiner.go_on.set()
    later = post(server, **LATER)
    assert (later.status_code, later.json()["first"]["outcome"]) == (202, "suspected")
    assert settled(server).second is not None
    assert examiner.contexts == [CLIP]


@pytest.fixture
def hanging(server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """The storage hangs until this is set, and nobody waits long for it."""
    answers = threading.Event()
    store = server.parts.files.store

    def hangs(*given: Any) -> FileEntry:
        assert answers.wait(30)
        return store(*given)

    monkeypatch.setattr(server.parts.files, "store", hangs)
    monkeypatch.setattr(server.parts.looks.clips, "_errands", Errands(2, wait_s=0.2))
    yield answers
    answers.set()


@pytest.mark.expects_log("clip not stored yet")
def test_a_storage_that_hangs_holds_up_no_look_and_has_the_clip_when_it_answers(
    server: RunningServer, examiner: SlowExaminer, hanging: threading.Event
) -> None:
    examiner.go_on.set()
    whole = answer(post(server))
    assert whole.second is not None
    assert (whole.pending, examiner.contexts) == (False, [CLIP])
    hanging.set()
    assert wait_until(lambda: tenant(server).files.find("w1", FileKind.WINDOW) is not None)


@pytest.mark.expects_log("clip not stored yet")
def test_of_a_first_look_that_was_not_put_off_after_all_no_clip_stays(
    server: RunningServer, examiner: SlowExaminer, hanging: threading.Event
) -> None:
    examiner.first = CLEAR
    assert answer(post(server, **LATER)).first.outcome == "clear"
    hanging.set()
    assert wait_until(lambda: not any(each.name.startswith("beside") for each in threading.enumerate()))
    assert tenant(server).files.give_up(Chosen(window_id="w1")) == []
