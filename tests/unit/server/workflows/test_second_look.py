"""A suspicion's way: the order of its steps, what each needs of the one before, and what a sweep finds."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from server.config import Config
from server.db.books.analyses import Answered, Work, unsettled_work
from server.db.database import Database
from server.db.tenant import Tenant
from server.services.analyses import Upload, workflow_id
from server.services.parts import Parts, assemble
from server.workflows import second_look
from server.workflows.engine import StoppedError
from server.workflows.second_look import SecondLook, SecondLookSweep
from tests.fakes.clock import FakeClock
from tests.fakes.examiner import CLEAR, SUSPICION, ScriptedExaminer
from tests.fakes.links import incident_body
from tests.fakes.mp4 import mp4
from tests.fakes.server import SECRET_KEY
from tests.unit.server.services.test_looks import SENT
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.incident import IncidentState
from vigint_core.domain.verdict import NotAnalysed
from vigint_core.wire import AnalysisRequest

CLIP = mp4()
FAILED = pytest.mark.expects_log("second look failed")


class PlainSteps:
    """Steps that are done and forgotten."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def do(self, name: str, function: Callable[..., Any], *args: object) -> Any:
        self.done.append(name)
        return function(*args)

    def do_when(self, name: str, holds: Callable[..., bool], *args: object) -> None:
        self.done.append(name)
        assert holds(*args)


@dataclass
class Runner:
    """Durable work that is written down; ``ended`` says how each workflow ended."""

    fault: Code | None = None
    started: list[str] = field(default_factory=list)
    ended: dict[str, bool] = field(default_factory=dict)

    def start(self, name: str, workflow_id: str, args: tuple[object, ...]) -> None:
        assert name == "second look"
        self.started.append(workflow_id)

    def enqueue(self, name: str, workflow_id: str, args: tuple[object, ...], delay_s: float) -> None:
        self.started.append(workflow_id)

    def result(self, workflow_id: str, timeout_s: float) -> Any:
        if workflow_id not in self.ended:
            raise TimeoutError
        if not self.ended[workflow_id]:
            raise VigintError(Code.WORKER_CRASHED)
        return None


class Room:
    def __init__(self, database: Database, clock: FakeClock, folder: Path, loop: asyncio.AbstractEventLoop) -> None:
        self.examiner = ScriptedExaminer(SUSPICION, SUSPICION)
        self.clock, self.loop, self.database = clock, loop, database
        config = Config.model_validate({"secret_key": SECRET_KEY, "vigint_data_dir": folder})
        self.parts: Parts = assemble(config, database, self.examiner, clock)
        self.runner = Runner()
        self.parts.durable.open(self.runner)
        self.tenant = Tenant(database, self.parts.clients.add("Shop").id)
        self.steps = PlainSteps()

    def begin(self, *, first: bool = False, **changes: Any) -> Work:
        upload = Upload(AnalysisRequest.model_validate({**SENT, **changes}), CLIP, CLIP)
        self.tenant.analyses.claim(upload.entry, "mark", self.clock.wall(), 90)
        self.parts.looks.clips.keep(self.tenant, "w1", CLIP, CLIP)
        looked = self.parts.looks.first(self.tenant.client_id, upload.request, CLIP)
        answer = asyncio.run_coroutine_threadsafe(looked, self.loop).result(20)
        work = self.tenant.analyses.stage(
            upload.entry, "mark", upload.request, None if first else answer, self.clock.wall()
        )
        assert work is not None
        return work

    def run(self, work: Work) -> list[str]:
        run = SecondLook(self.parts, self.loop).run
        given = (work.client_id, work.entry.window_id, work.attempt, work.stage.value, work.request.context_follows)
        run(self.steps, *given)  # type: ignore[arg-type]
        return self.steps.done


@pytest.fixture
def room(database: Database, clock: FakeClock, tmp_path: Path) -> Iterator[Room]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield Room(database, clock, tmp_path, loop)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(20)
    if not loop.is_closed():
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()


def test_a_suspicion_of_no_incident_ends_with_its_decision(room: Room) -> None:
    assert room.run(room.begin()) == ["second look", "settle", "decide"]
    assert isinstance(room.tenant.analyses.look_up("w1", room.clock.wall()), Answered)


def test_its_incident_is_decided_and_handed_to_the_alerts(room: Room) -> None:
    body = incident_body(state=IncidentState.SUSPECTED)
    room.parts.incidents.put(room.tenant, "i1", body)
    assert room.run(room.begin()) == ["second look", "settle", "decide", "alert"]
    incident = room.tenant.incidents.one("i1")
    assert incident is not None
    assert incident.state is IncidentState.CONFIRMED


def test_a_whole_analysis_begins_with_its_first_look(room: Room) -> None:
    done = ["first look", "settle first", "second look", "settle", "decide"]
    assert room.run(room.begin(first=True)) == done


def test_a_clear_first_look_is_the_end(room: Room) -> None:
    room.examiner.first = CLEAR
    assert room.run(room.begin(first=True)) == ["first look", "settle first"]


def test_an_announced_clip_is_a_step_of_its_own(room: Room) -> None:
    work = room.begin(context_follows=True)
    room.clock.advance(20)
    assert room.run(work)[:2] == ["context", "second look"]


@pytest.mark.parametrize("first", [True, False])
def test_done_once_more_after_it_was_settled_nothing_is_paid(room: Room, first: bool) -> None:
    work = room.begin(first=first)
    room.run(work)
    booked = len(room.tenant.calls())
    room.steps.done.clear()
    room.run(work)
    assert (len(room.tenant.calls()), len(room.examiner.second_looks)) == (booked, 1)


def test_a_look_that_the_end_of_the_server_cut_off_is_none(room: Room) -> None:
    room.examiner.second = NotAnalysed(Code.PIPELINE_STOPPED)
    work = room.begin()
    with pytest.raises(StoppedError):
        room.run(work)
    assert room.tenant.analyses.work("w1") == work


def test_without_its_loop_no_look_is_made(room: Room) -> None:
    work = room.begin()
    closed = asyncio.new_event_loop()
    closed.close()
    room.loop, before = closed, room.loop
    with pytest.raises(StoppedError):
        room.run(work)
    room.loop = before


def sweep(room: Room) -> None:
    SecondLookSweep(room.parts).sweep()


def test_what_was_written_down_and_not_begun_is_begun(room: Room) -> None:
    work = room.begin()
    sweep(room)
    assert room.runner.started == [workflow_id(work)]


def test_after_the_first_round_the_young_are_left_alone(room: Room) -> None:
    sweeping = SecondLookSweep(room.parts)
    sweeping.sweep()
    work = room.begin()
    sweeping.sweep()
    assert room.runner.started == []
    room.clock.advance(11)
    sweeping.sweep()
    assert room.runner.started == [workflow_id(work)]


def test_work_that_takes_long_does_not_keep_the_rounds_from_what_is_behind(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_look, "_MOST_AT_ONCE", 2)
    for number in range(5):
        upload = Upload(AnalysisRequest.model_validate({**SENT, "window_id": f"w{number}"}), CLIP, CLIP)
        room.tenant.analyses.claim(upload.entry, "mark", room.clock.wall(), 90)
        assert room.tenant.analyses.stage(upload.entry, "mark", upload.request, None, room.clock.wall())
    room.clock.advance(11)
    sweeping = SecondLookSweep(room.parts)
    for _ in range(4):
        sweeping.sweep()
    windows = [each.split(":")[2] for each in room.runner.started]
    assert windows == ["w0", "w1", "w2", "w3", "w4", "w0", "w1"]


@FAILED
@pytest.mark.parametrize("ended_well", [True, False])
def test_a_workflow_that_ended_without_a_result_is_begun_anew(room: Room, ended_well: bool) -> None:
    work = room.begin()
    room.runner.ended[workflow_id(work)] = ended_well
    sweep(room)
    again = room.tenant.analyses.work("w1")
    assert again is not None
    assert again.attempt == 2
    assert room.runner.started == [workflow_id(work), workflow_id(again)]


@FAILED
def test_a_window_that_always_fails_is_given_up(room: Room) -> None:
    room.begin()
    for attempt in range(1, 6):
        work = room.tenant.analyses.work("w1")
        assert work is not None
        assert work.attempt == attempt
        room.runner.ended[workflow_id(work)] = False
        sweep(room)
    found = room.tenant.analyses.look_up("w1", room.clock.wall())
    assert isinstance(found, Answered)
    assert found.answer.second is not None
    assert found.answer.second.reason is Code.INTERNAL
    assert unsettled_work(room.database, 1e12, 10) == []


def test_while_no_work_is_done_a_sweep_fails_and_is_done_again(room: Room) -> None:
    room.parts.durable.open(None)
    room.begin()
    with pytest.raises(VigintError):
        sweep(room)
