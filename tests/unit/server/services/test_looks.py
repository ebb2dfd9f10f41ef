"""The steps of durable work: what each shows, writes down, and does a second time."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from server.config import Config
from server.db.books.analyses import Answered, Stage, UnderWay, Work
from server.db.database import Database
from server.db.tables import FileKind
from server.db.tenant import Tenant
from server.services.analyses import Upload
from server.services.answers import is_final
from server.services.looks import CONTEXT_WAIT_S, not_looked
from server.services.parts import Parts, assemble
from tests.fakes.clock import FakeClock
from tests.fakes.examiner import CLEAR, OVERLOADED, SUSPICION, ScriptedExaminer
from tests.fakes.mp4 import mp4
from tests.fakes.server import SECRET_KEY
from vigint_core.analysis.examiner import Subject
from vigint_core.domain.fault import Code
from vigint_core.domain.verdict import Call, Outcome
from vigint_core.wire import AnalysisRequest, AnalysisResponse

CLIP, CONTEXT = mp4(), mp4(frames=18)
SENT: dict[str, Any] = {
    "window_id": "w1",
    "camera_id": "door",
    "camera_name": "Door",
    "start": "2026-11-22T14:31:40+01:00",
    "end": "2026-11-22T14:31:50+01:00",
    "context_start": "2026-11-22T14:31:30+01:00",
}


class Seeing(ScriptedExaminer):
    """Remembers what it was shown."""

    def __init__(self) -> None:
        super().__init__(SUSPICION, SUSPICION)
        self.shown: list[bytes] = []

    async def second_look(self, subject: Subject, context: bytes) -> tuple[Outcome, tuple[Call, ...]]:
        self.shown.append(context)
        return await super().second_look(subject, context)


class Room:
    """The parts of a server that serves nobody, and one client's window."""

    def __init__(self, database: Database, clock: FakeClock, folder: Path) -> None:
        self.examiner = Seeing()
        self.clock = clock
        config = Config.model_validate({"secret_key": SECRET_KEY, "vigint_data_dir": folder})
        self.parts: Parts = assemble(config, database, self.examiner, clock)
        self.looks = self.parts.looks
        self.tenant = Tenant(database, self.parts.clients.add("Shop").id)

    def begin(self, *, context: bytes = CLIP, first: bool = False, **changes: Any) -> Work:
        """A window as a request hands it over: with its first look, or before it."""
        upload = Upload(AnalysisRequest.model_validate({**SENT, **changes}), CLIP, context)
        self.tenant.analyses.claim(upload.entry, "mark", self.clock.wall(), 90)
        assert self.looks.clips.keep(self.tenant, "w1", upload.clip, upload.context)
        answer = None if first else asyncio.run(self.looks.first(self.tenant.client_id, upload.request, CLIP))
        work = self.tenant.analyses.stage(upload.entry, "mark", upload.request, answer, self.clock.wall())
        assert work is not None
        return work

    def second(self, work: Work) -> dict[str, Any]:
        return asyncio.run(self.looks.second(self.tenant, work))

    def known(self) -> AnalysisResponse:
        found = self.tenant.analyses.look_up("w1", self.clock.wall())
        assert isinstance(found, Answered)
        return found.answer

    @property
    def kept(self) -> set[FileKind]:
        return {kind for kind in (FileKind.WINDOW, FileKind.CONTEXT) if self.tenant.files.find("w1", kind)}


@pytest.fixture
def room(database: Database, clock: FakeClock, tmp_path: Path) -> Room:
    return Room(database, clock, tmp_path)


def test_the_longer_clip_is_shown_where_there_is_one(room: Room) -> None:
    room.second(room.begin(context=CONTEXT))
    assert room.examiner.shown == [CONTEXT]
    assert room.kept == {FileKind.WINDOW, FileKind.CONTEXT}


def test_else_the_windows_own(room: Room) -> None:
    room.second(room.begin())
    assert room.examiner.shown == [CLIP]
    assert room.kept == {FileKind.WINDOW}


def test_another_process_reads_it_from_the_storage(room: Room) -> None:
    work = room.begin(context=CONTEXT)
    room.looks.clips.put_aside(room.tenant, "w1")
    room.second(work)
    assert room.examiner.shown == [CONTEXT]


def test_a_clip_that_is_gone_is_said_to_be(room: Room) -> None:
    work = room.begin()
    room.looks.clips.forget(room.tenant, "w1")
    assert room.second(work) == not_looked(Code.PIPELINE_CLIP_GONE)
    assert asyncio.run(room.looks.first_again(room.tenant, work)).first.reason is Code.PIPELINE_CLIP_GONE


def test_a_confirmed_window_has_both_looks_and_keeps_its_clip(room: Room) -> None:
    work = room.begin()
    room.looks.settle_second(room.tenant, work, room.second(work))
    whole = room.known()
    assert whole.second is not None
    assert (whole.second.outcome, is_final(whole), room.kept) == ("suspected", True, {FileKind.WINDOW})
    assert [call.look for call in whole.calls] == [call.look for call in room.tenant.calls()] == ["first", "second"]


def test_of_a_vetoed_one_nothing_stays(room: Room) -> None:
    room.examiner.second = CLEAR
    work = room.begin(context=CONTEXT)
    room.looks.settle_second(room.tenant, work, room.second(work))
    assert room.kept == set()


def test_what_a_killed_process_left_of_a_vetoed_one_is_tidied(room: Room) -> None:
    room.examiner.second = CLEAR
    work = room.begin()
    look = room.second(work)
    room.looks.settle_second(room.tenant, work, look)
    room.looks.clips.keep(room.tenant, "w1", CLIP, CLIP)
    room.looks.tidy(room.tenant, "w1")
    assert room.kept == set()


def test_who_asks_again_is_told_only_the_new_calls(room: Room) -> None:
    room.examiner.second = OVERLOADED
    work = room.begin()
    room.looks.settle_second(room.tenant, work, room.second(work))
    room.examiner.second = CLEAR
    claimed = room.tenant.analyses.claim(work.entry, "again", room.clock.wall(), 90)
    assert claimed.__class__.__name__ == "Claimed"
    again = room.tenant.analyses.stage(work.entry, "again", work.request, None, room.clock.wall())
    assert again is not None
    room.looks.settle_second(room.tenant, again, room.second(again))
    assert [call.look for call in room.known().calls] == ["second"]
    assert [call.look for call in room.tenant.calls()] == ["first", "second", "second"]


def test_a_first_look_that_suspects_goes_on(room: Room) -> None:
    work = room.begin(first=True)
    answer = asyncio.run(room.looks.first_again(room.tenant, work))
    assert room.looks.settle_first(room.tenant, work, answer)
    later = room.tenant.analyses.work("w1")
    assert later is not None
    assert (later.stage, room.kept) == (Stage.SECOND, {FileKind.WINDOW})


def test_one_that_does_not_ends_it(room: Room) -> None:
    room.examiner.first = CLEAR
    work = room.begin(first=True)
    answer = asyncio.run(room.looks.first_again(room.tenant, work))
    assert not room.looks.settle_first(room.tenant, work, answer)
    assert (room.known().first.outcome, room.kept) == ("clear", set())


def test_an_announced_clip_is_waited_for_until_it_comes_or_is_late(room: Room) -> None:
    work = room.begin(context_follows=True)
    assert not room.looks.context_is_due(room.tenant, work)
    room.parts.files.store(room.tenant, FileKind.CONTEXT, "w1", [CONTEXT])
    assert room.looks.context_is_due(room.tenant, work)


def test_one_that_is_late_is_done_without(room: Room) -> None:
    """Its moments are counted from the start that the desk announced, whatever clip was shown."""
    work = room.begin(context_follows=True)
    room.clock.advance(CONTEXT_WAIT_S)
    assert room.looks.context_is_due(room.tenant, work)
    look = room.second(work)
    assert [seen["at_s"] for seen in look["outcome"]["observations"]] == [12.5, 14.0]
    assert room.examiner.second_looks[0].context_start_s == room.examiner.second_looks[0].start_s


def test_work_without_a_first_look_has_no_second(room: Room) -> None:
    work = room.begin(first=True)
    with pytest.raises(ValueError, match="without a first"):
        room.looks.settle_second(room.tenant, work, not_looked(Code.INTERNAL))
    assert room.tenant.analyses.look_up("w1", room.clock.wall()) == UnderWay(None)


def test_what_is_under_way_is_counted(room: Room) -> None:
    with room.looks.counted(), room.looks.counted():
        assert room.looks.under_way == 2
    assert room.looks.under_way == 0


def test_only_so_much_is_held_at_hand(room: Room) -> None:
    """The oldest clip is let go; it is read from the storage then."""
    clips = room.looks.clips.__class__(room.parts.files, most_at_hand=len(CLIP) + 10)
    work = room.begin()
    assert clips.keep(room.tenant, "w1", CLIP, CLIP)
    entry = replace(work.entry, window_id="w2")
    room.tenant.analyses.claim(entry, "mark", room.clock.wall(), 90)
    assert clips.keep(room.tenant, "w2", CLIP, CLIP)
    for window_id in ("w1", "w2"):
        shown = clips.window(room.tenant, window_id)
        assert shown is not None
        assert shown.content == CLIP
