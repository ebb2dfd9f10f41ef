import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import pytest

from tests.fakes.clock import NOON_S, FakeClock
from tests.fakes.judge import CLEAR, ScriptedJudge, failed, suspected
from tests.fakes.pictures import DOOR, pictures, window
from tests.fakes.sink import RecordingSink
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.frame import Picture
from vigint_core.domain.ids import CameraId
from vigint_core.domain.verdict import Clear, NotAnalysed, Suspected
from vigint_core.domain.window import Window, WindowClips
from vigint_desktop.pipeline import analyst as analyst_module
from vigint_desktop.pipeline import stills
from vigint_desktop.pipeline.analyst import MOST_WAITING, Analyst, Books, nearest_picture
from vigint_desktop.pipeline.direct import NoJudge
from vigint_desktop.pipeline.messages import Judged, Message, Submitted
from vigint_desktop.pipeline.tally import Tally

TILL = CameraId("till")


class Office:
    """An analyst, and the desk it tells what came of each window."""

    def __init__(self, judge: ScriptedJudge, pool: int) -> None:
        self.judge = judge
        self.sink = RecordingSink()
        self.tally = Tally()
        self._told: list[Message] = []
        self._changed = threading.Condition()
        self.analyst = Analyst(judge, Books(self._post, self.tally), self.sink, FakeClock(), pool)

    def _post(self, message: Message) -> None:
        with self._changed:
            self._told.append(message)
            self._changed.notify_all()

    def settled(self, count: int) -> list[Judged]:
        """The accounts that were settled, once there are ``count``."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self._settled()) >= count, 30), self._told
            return self._settled()

    @property
    def submitted(self) -> list[Submitted]:
        with self._changed:
            return [message for message in self._told if isinstance(message, Submitted)]

    def _settled(self) -> list[Judged]:
        return [message for message in self._told if isinstance(message, Judged)]


@contextmanager
def working(judge: ScriptedJudge, pool: int = 2) -> Iterator[Office]:
    office = Office(judge, pool)
    office.analyst.start()
    try:
        yield office
    finally:
        judge.hold.set()
        assert office.analyst.stop(timeout_s=30.0)


def reasons(settled: Sequence[Judged]) -> dict[str, Code | None]:
    firsts = {j.window.id: j.judgement.first for j in settled}
    return {name: first.reason if isinstance(first, NotAnalysed) else None for name, first in firsts.items()}


def test_a_window_is_written_down_encoded_judged_and_settled() -> None:
    seen: list[WindowClips] = []

    class Watching(ScriptedJudge):
        def judge(self, window: Window, clips: WindowClips):  # type: ignore[no-untyped-def]
            seen.append(clips)
            return super().judge(window, clips)

    with working(Watching([CLEAR])) as office:
        office.analyst.submit(window("w1"))
        (settled,) = office.settled(1)

    assert isinstance(settled.judgement.first, Clear)
    assert (settled.still, settled.still_s) == (b"", 0.0)
    assert [m.window.id for m in office.submitted] == ["w1"]
    assert b"ftyp" in seen[0].clip[:16]
    assert len(seen[0].context) > len(seen[0].clip)
    assert seen[0].context_start_s == NOON_S - 5
    counted = office.tally.windows(DOOR)
    assert (counted.due, counted.sent, counted.clear) == (1, 0, 1)  # this judge uploads nothing


def test_a_suspicion_brings_the_picture_of_the_cited_moment() -> None:
    with working(ScriptedJudge([suspected(at_s=4.2)])) as office:
        office.analyst.submit(window("w1"))
        (settled,) = office.settled(1)

    assert settled.still.startswith(b"\xff\xd8\xff")
    assert settled.still_s == NOON_S + 4.0


def test_the_second_look_chooses_the_picture_also_from_the_lead() -> None:
    with working(ScriptedJudge([(suspected(at_s=4.0), suspected(at_s=2.0))])) as office:
        office.analyst.submit(window("w1"))
        (settled,) = office.settled(1)

    assert settled.still_s == NOON_S - 5 + 2


@pytest.mark.expects_log("no still of camera door")
def test_a_still_that_fails_does_not_cost_the_suspicion(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(picture: Picture) -> bytes:
        raise VigintError(Code.PIPELINE_ENCODE_FAILED, "no")

    monkeypatch.setattr(stills, "encode_still", refuse)
    with working(ScriptedJudge([suspected(at_s=4.0)])) as office:
        office.analyst.submit(window("w1"))
        (settled,) = office.settled(1)

    assert isinstance(settled.judgement.first, Suspected)
    assert (settled.still, settled.still_s) == (b"", NOON_S + 4)


def test_a_window_that_cannot_be_encoded_is_not_analysed(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(pictures: Sequence[Picture], lead: Sequence[Picture]) -> tuple[bytes, bytes]:
        raise VigintError(Code.PIPELINE_ENCODE_FAILED, "no")

    monkeypatch.setattr(analyst_module, "encode_clips", refuse)
    with working(ScriptedJudge()) as office:
        office.analyst.submit(window("w1"))
        settled = office.settled(1)

    assert reasons(settled) == {"w1": Code.PIPELINE_ENCODE_FAILED}
    assert office.tally.windows(DOOR).sent == 0


def test_a_window_without_pictures_is_not_analysed() -> None:
    with working(ScriptedJudge()) as office:
        office.analyst.submit(replace(window("w1"), pictures=()))
        settled = office.settled(1)

    assert reasons(settled) == {"w1": Code.PIPELINE_NO_PICTURES}


def test_nothing_is_encoded_for_a_judge_who_looks_at_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    encoded: list[Sequence[Picture]] = []
    monkeypatch.setattr(analyst_module, "encode_clips", lambda pictures, lead: encoded.append(pictures))
    with working(ScriptedJudge()) as office:
        office.analyst.use(NoJudge(FakeClock()))
        office.analyst.submit(window("w1"))
        settled = office.settled(1)

    assert reasons(settled) == {"w1": Code.AI_OFF}
    assert encoded == []


def test_one_window_of_a_camera_is_out_at_a_time_other_cameras_go_on() -> None:
    judge = ScriptedJudge()
    judge.hold.clear()
    with working(judge, pool=3) as office:
        office.analyst.submit(window("door 1"))
        office.analyst.submit(window("door 2"))
        office.analyst.submit(window("till 1", TILL))
        assert judge.wait_until_asked(2)
        assert office.analyst.backlog == 3
        assert Counter(w.camera_id for w in judge.asked) == {DOOR: 1, TILL: 1}
        judge.hold.set()
        office.settled(3)
        assert office.analyst.backlog == 0


def test_the_newest_window_goes_first() -> None:
    judge = ScriptedJudge()
    judge.hold.clear()
    with working(judge, pool=1) as office:
        office.analyst.submit(window("out", start_s=1000.0))
        assert judge.wait_until_asked(1)
        office.analyst.submit(window("older", start_s=1005.0))
        office.analyst.submit(window("newer", start_s=1010.0))
        office.analyst.submit(window("newest", TILL, start_s=1011.0))
        judge.hold.set()
        office.settled(4)

    assert [w.id for w in judge.asked] == ["out", "newest", "newer", "older"]


def test_what_a_slow_judge_leaves_behind_becomes_overload_the_oldest_first() -> None:
    judge = ScriptedJudge()
    judge.hold.clear()
    with working(judge) as office:
        office.analyst.submit(window("out"))
        assert judge.wait_until_asked(1)
        for number in range(MOST_WAITING + 2):
            office.analyst.submit(window(f"w{number}", start_s=1005.0 + number))
        assert reasons(office.settled(2)) == {"w0": Code.PIPELINE_OVERLOAD, "w1": Code.PIPELINE_OVERLOAD}
        judge.hold.set()
        office.settled(MOST_WAITING + 3)

    assert office.tally.windows(DOOR).not_analysed == {Code.PIPELINE_OVERLOAD: 2}
    assert office.tally.windows(DOOR).clear == MOST_WAITING + 1


@pytest.mark.expects_log("analyst . failed")
def test_a_judge_that_breaks_its_promise_is_reported_and_the_pool_survives() -> None:
    with working(ScriptedJudge([KeyError("a bug"), CLEAR]), pool=1) as office:
        office.analyst.submit(window("w1"))
        office.settled(1)
        assert office.sink.wait_for(lambda s: ("analyst 1", Code.WORKER_CRASHED) in s.open_faults())
        office.analyst.submit(window("w2"))
        settled = office.settled(2)

    assert reasons(settled) == {"w1": Code.WORKER_CRASHED, "w2": None}


def test_another_judge_takes_over_between_two_windows() -> None:
    first, second = ScriptedJudge([failed()]), ScriptedJudge([CLEAR])
    with working(first) as office:
        office.analyst.submit(window("w1"))
        office.settled(1)
        office.analyst.use(second)
        office.analyst.submit(window("w2"))
        office.settled(2)

    assert [w.id for w in first.asked] == ["w1"]
    assert [w.id for w in second.asked] == ["w2"]


def test_at_the_end_what_waits_and_what_is_out_is_settled_once() -> None:
    judge = ScriptedJudge([suspected()])
    judge.hold.clear()
    office = Office(judge, pool=1)
    office.analyst.start()
    office.analyst.submit(window("out"))
    assert judge.wait_until_asked(1)
    office.analyst.submit(window("waits 1", start_s=1005.0))
    office.analyst.submit(window("waits 2", start_s=1010.0))

    assert not office.analyst.stop(timeout_s=0.05), "the judge has not answered yet"
    stopped = {"out": Code.PIPELINE_STOPPED, "waits 1": Code.PIPELINE_STOPPED, "waits 2": Code.PIPELINE_STOPPED}
    assert reasons(office.settled(3)) == stopped

    judge.hold.set()  # the answer comes too late
    assert office.analyst.stop(timeout_s=30.0)
    assert len(office.settled(3)) == 3
    assert office.tally.windows(DOOR).not_analysed == {Code.PIPELINE_STOPPED: 3}
    assert office.analyst.backlog == 0


def test_a_window_that_falls_due_after_the_end_is_settled_too() -> None:
    office = Office(ScriptedJudge(), pool=1)
    office.analyst.start()
    assert office.analyst.stop(timeout_s=30.0)

    office.analyst.submit(window("w1"))

    assert reasons(office.settled(1)) == {"w1": Code.PIPELINE_STOPPED}


@pytest.mark.parametrize(("at_s", "nearest_s"), [(NOON_S - 9, 1000.0), (NOON_S + 3.2, 1003.0), (NOON_S + 99, 1009.5)])
def test_the_nearest_picture(at_s: float, nearest_s: float) -> None:
    assert nearest_picture(pictures(1000.0, 1010.0), at_s).at.mono_s == nearest_s


def test_submitting_never_waits_for_a_judge() -> None:
    judge = ScriptedJudge()
    judge.hold.clear()
    names = [f"w{number}" for number in range(20)]
    with working(judge, pool=1) as office:
        for number, name in enumerate(names):
            office.analyst.submit(window(name, start_s=1000.0 + number))  # would hang: the judge answers nothing yet
        judge.hold.set()
        assert sorted(reasons(office.settled(20))) == sorted(names)
