"""Under random faults every second of a camera is counted once, and comes to what was claimed of it."""

import random
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.clock import NOON_S
from tests.fakes.pictures import DOOR
from vigint_core.domain.camera import Camera, CameraState, SourceKind
from vigint_core.domain.coverage import Cover, CoverRun, Watch
from vigint_core.domain.fault import Code, Fault
from vigint_core.domain.ids import WindowId
from vigint_core.domain.schedule import Hours, Mode, Plan
from vigint_core.domain.status import Activity, CameraStatus, WindowRecord, WindowResult
from vigint_core.domain.window import Span
from vigint_core.policy.coverage import totals
from vigint_desktop.pipeline.coverage_keeper import CoverageKeeper
from vigint_desktop.pipeline.messages import Looked
from vigint_desktop.store.ledger import Ledger

CAMERA = Camera(DOOR, "Door", SourceKind.RTSP, "rtsp://127.0.0.1/")
_RESULTS = (
    (WindowResult.CLEAR, None),
    (WindowResult.CLEAR, Code.BUDGET_FEWER_FRAMES),
    (WindowResult.VETOED, None),
    (WindowResult.SUSPECTED, None),
    (WindowResult.WAITING, None),
    (WindowResult.NOT_ANALYSED, Code.AI_NO_KEY),
    (WindowResult.NOT_ANALYSED, Code.PIPELINE_OVERLOAD),
    (WindowResult.NOT_ANALYSED, Code.BUDGET_SPENT),
)


class Day:
    """A camera's life as the desk hears of it; times in seconds from noon."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.ledger = Ledger(file)
        self.keeper = CoverageKeeper(self.ledger.coverage)
        self._windows = 0
        self._told_s = 0.0

    def close(self) -> None:
        self.ledger.close()

    def arrange(self, at_s: float, camera: Camera = CAMERA) -> None:
        with self.ledger.transaction():
            self.keeper.arranged((camera,), NOON_S + at_s)

    def look(self, start_s: float, end_s: float, fresh_s: float | None = None) -> None:
        with self.ledger.transaction():
            fresh = start_s if fresh_s is None else fresh_s
            self.keeper.looked(Looked(DOOR, Span(NOON_S + start_s, NOON_S + end_s), NOON_S + fresh))

    def be(self, state: CameraState, at_s: float, code: Code | None = None) -> None:
        fault = Fault(code, DOOR, "", NOON_S + at_s) if code else None
        self.keeper.note(CameraStatus(DOOR, state, NOON_S + at_s, fault))
        self.pass_time(at_s)

    def pass_time(self, at_s: float) -> None:
        with self.ledger.transaction():
            self.keeper.write_presence(NOON_S + at_s)
        self.keeper.wrote_presence(NOON_S + at_s)

    def move(
        self, start_s: float, end_s: float, *, closed: bool = True, local_only: bool = False, why: Code | None = None
    ) -> None:
        activity = Activity(DOOR, Span(NOON_S + start_s, NOON_S + end_s), closed, local_only, why)
        with self.ledger.transaction():
            self.ledger.put_activity(activity)
            self.keeper.moved(activity)

    def judge(self, start_s: float, end_s: float, result: WindowResult, reason: Code | None = None) -> None:
        self._windows += 1
        span = Span(NOON_S + start_s, NOON_S + end_s)
        record = WindowRecord(WindowId(f"w{self._windows}"), DOOR, span, result, reason)
        with self.ledger.transaction():
            self.ledger.put_window(record)
            self.keeper.changed(DOOR, span)

    def reopen(self, at_s: float, camera: Camera = CAMERA) -> None:
        """As after a crash."""
        self.ledger.close()
        self.ledger = Ledger(self.file)
        self.keeper = CoverageKeeper(self.ledger.coverage)
        with self.ledger.transaction():
            unsettled = self.ledger.coverage.unsettled()
            self.ledger.close_the_books()
            self.keeper.settle(unsettled)
        self.arrange(at_s, camera)

    @property
    def runs(self) -> list[CoverRun]:
        """Counted from noon."""
        found = self.ledger.coverage.runs(DOOR, Span(0.0, NOON_S * 2))
        return [replace(run, start_s=run.start_s - int(NOON_S), end_s=run.end_s - int(NOON_S)) for run in found]


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    with closing(Day(tmp_path / "desk.sqlite3")) as made:
        yield made


def test_a_quiet_camera_is_quiet_up_to_what_was_told(day: Day) -> None:
    day.arrange(0)
    day.look(0, 5)
    day.look(0, 10.2, fresh_s=5)

    assert day.runs == [CoverRun(0, 10, Cover.QUIET)]


def test_movement_waits_for_its_window_and_then_is_what_that_came_to(day: Day) -> None:
    day.look(0, 30)
    day.move(10, 20, closed=False)
    assert CoverRun(10, 20, Cover.WAITING) in day.runs

    day.judge(7.2, 20, WindowResult.CLEAR)

    assert day.runs == [CoverRun(0, 7, Cover.QUIET), CoverRun(7, 20, Cover.CLEAR), CoverRun(20, 30, Cover.QUIET)]


def test_a_window_that_is_due_before_its_seconds_are_told_counts_when_they_are(day: Day) -> None:
    day.look(0, 5)
    day.judge(2.2, 12, WindowResult.NOT_ANALYSED, Code.AI_NO_KEY)
    assert day.runs[-1] == CoverRun(2, 5, Cover.NOT_LOOKED_AT, Code.AI_NO_KEY)

    day.look(0, 15, fresh_s=5)

    assert day.runs[1:] == [CoverRun(2, 12, Cover.NOT_LOOKED_AT, Code.AI_NO_KEY), CoverRun(12, 15, Cover.QUIET)]


def test_what_a_longer_stride_leaves_out_was_not_looked_at(day: Day) -> None:
    day.look(0, 40)
    day.judge(0, 10, WindowResult.CLEAR)
    day.judge(20, 30, WindowResult.CLEAR)
    day.move(0, 30)

    assert day.runs[1] == CoverRun(10, 19, Cover.NOT_LOOKED_AT, Code.PIPELINE_STRIDE)


def test_movement_that_the_plan_keeps_from_the_ai_is_local_only(day: Day) -> None:
    day.look(0, 30)
    day.move(10, 20, local_only=True)

    assert CoverRun(10, 20, Cover.LOCAL_ONLY) in day.runs


@pytest.mark.parametrize("why", [Code.BUDGET_HIGH_VALUE_ONLY, Code.BUDGET_LOCAL_ONLY])
def test_movement_that_the_budget_keeps_from_the_ai_says_so_also_after_a_crash(day: Day, why: Code) -> None:
    day.look(0, 30)
    day.move(10, 20, closed=False, local_only=True, why=why)
    assert CoverRun(10, 20, Cover.LOCAL_ONLY, why) in day.runs

    day.reopen(40)

    assert CoverRun(10, 20, Cover.LOCAL_ONLY, why) in day.runs


@pytest.mark.parametrize("why", [Code.BUDGET_FEWER_FRAMES, Code.BUDGET_LONGER_STRIDE])
def test_a_clear_second_says_what_the_budget_spared_its_look(day: Day, why: Code) -> None:
    day.look(0, 30)
    day.judge(10.4, 20, WindowResult.CLEAR, why)

    assert CoverRun(10, 20, Cover.CLEAR, why) in day.runs
    assert totals(day.runs, 0, 30).spared == {why: 10}


def test_a_window_that_money_was_missing_for_was_not_looked_at(day: Day) -> None:
    day.look(0, 30)
    day.move(10, 20)
    day.judge(10.4, 20, WindowResult.NOT_ANALYSED, Code.BUDGET_SPENT)

    assert CoverRun(10, 20, Cover.NOT_LOOKED_AT, Code.BUDGET_SPENT) in day.runs


def test_a_lost_camera_is_offline_and_says_why(day: Day) -> None:
    day.be(CameraState.CONNECTING, 0)
    day.be(CameraState.LIVE, 2)
    day.look(1.5, 10)
    day.be(CameraState.FAILED, 9.9, Code.CAMERA_LOST)
    day.be(CameraState.LIVE, 20)
    day.look(19, 25)

    assert day.runs == [
        CoverRun(0, 2, Cover.OFFLINE),
        CoverRun(2, 10, Cover.QUIET),
        CoverRun(10, 20, Cover.OFFLINE, Code.CAMERA_LOST),
        CoverRun(20, 25, Cover.QUIET),
    ]


def test_a_freeze_that_was_noticed_late_takes_back_what_was_called_quiet(day: Day) -> None:
    day.look(0, 60)
    day.be(CameraState.FROZEN, 30, Code.CAMERA_FROZEN)
    day.pass_time(60)

    assert day.runs == [CoverRun(0, 30, Cover.QUIET), CoverRun(30, 60, Cover.OFFLINE, Code.CAMERA_FROZEN)]


def test_while_the_program_did_not_run_nobody_looked(day: Day) -> None:
    day.look(0, 10)
    day.move(4, 10, closed=False)
    day.judge(0, 6, WindowResult.WAITING)

    day.reopen(100)
    day.look(99.6, 105)

    assert day.runs == [
        CoverRun(0, 100, Cover.NOT_LOOKED_AT, Code.PIPELINE_STOPPED),
        CoverRun(100, 105, Cover.QUIET),
    ]


def test_hours_at_which_a_camera_is_off_are_off_also_while_the_program_did_not_run(day: Day) -> None:
    day.look(0, 10)
    minute = round(NOON_S // 60) % (24 * 60)  # of some time zone: on for one minute a day
    day.reopen(3600, replace(CAMERA, hours=Hours(minute, (minute + 1) % (24 * 60))))

    seconds = totals(day.runs, 10, 3600).seconds
    assert seconds[Cover.OFF] >= 3590 - 60
    assert seconds[Cover.OFF] + seconds[Cover.NOT_LOOKED_AT] == 3590


def test_with_the_ai_off_nobody_should_have_looked_while_the_program_did_not_run(day: Day) -> None:
    day.look(0, 10)
    day.reopen(3600, replace(CAMERA, plan=Plan(Mode.AI_OFF)))

    assert day.runs == [CoverRun(0, 10, Cover.QUIET), CoverRun(10, 3600, Cover.OFF)]


def test_a_camera_that_was_taken_off_the_wall_was_off(day: Day) -> None:
    day.arrange(0)
    day.look(0, 10)
    with day.ledger.transaction():
        day.keeper.arranged((), NOON_S + 10)
    day.arrange(50)
    day.look(49, 55)

    assert day.runs[1] == CoverRun(10, 50, Cover.OFF)


def test_a_transaction_that_fails_is_done_again_to_the_same_end(day: Day) -> None:
    day.look(0, 10)
    with pytest.raises(RuntimeError, match="power"):
        _fail_over(day, Looked(DOOR, Span(NOON_S, NOON_S + 15), NOON_S + 10))
    day.keeper.forget()

    day.look(0, 15, fresh_s=10)

    assert day.runs == [CoverRun(0, 15, Cover.QUIET)]


def _fail_over(day: Day, message: Looked) -> None:
    with day.ledger.transaction():
        day.keeper.looked(message)
        raise RuntimeError("power")


@settings(max_examples=40)
@given(st.integers(0, 2**32))
def test_under_random_faults_the_sums_are_exact_to_the_second(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    chance = random.Random(seed)
    with closing(Day(tmp_path_factory.mktemp("day") / "desk.sqlite3")) as day:
        day.arrange(0)
        end_s = _live(day, chance)
        runs = day.runs
        assert [run.start_s for run in runs[1:]] == [run.end_s for run in runs[:-1]], "a hole, or a second twice"
        assert totals(runs, runs[0].start_s, runs[-1].end_s).seconds.total() == runs[-1].end_s - runs[0].start_s
        assert runs[-1].end_s == round(end_s)
        first, last = runs[0].start_s + int(NOON_S), runs[-1].end_s + int(NOON_S)
        with day.ledger.transaction():
            assert day.ledger.coverage.recount(DOOR, first, last) is None, "bit by bit gives what one count gives"
        assert day.runs == runs


def _live(day: Day, chance: random.Random) -> float:
    """Some minutes of a shop in which everything breaks; returns when the last second was told."""
    at_s = 0.0
    for _ in range(chance.randrange(1, 14)):
        length_s = chance.uniform(0.3, 40.0)
        match chance.choice(["quiet", "move", "lost", "crash", "saving", "off"]):
            case "quiet":
                day.look(at_s, at_s + length_s)
            case "move":
                _move(day, chance, at_s, length_s)
            case "lost":
                day.be(CameraState.FAILED, at_s, chance.choice([Code.CAMERA_LOST, Code.CAMERA_UNREACHABLE]))
                day.be(CameraState.LIVE, at_s + length_s)
            case "crash":
                day.reopen(at_s + length_s)
                day.look(at_s + length_s - 1, at_s + length_s)
            case "saving":
                day.look(at_s, at_s + length_s)
                day.judge(at_s, at_s + length_s / 2, WindowResult.NOT_ANALYSED, Code.PIPELINE_SAVING)
            case "off":
                with day.ledger.transaction():
                    off = replace(CAMERA, plan=Plan(Mode.AI_OFF))
                    day.keeper.arranged((off,), NOON_S + at_s)
                day.arrange(at_s + length_s)
                day.pass_time(at_s + length_s)
        at_s += length_s
    day.look(at_s, at_s + 1)
    return at_s + 1


def _move(day: Day, chance: random.Random, at_s: float, length_s: float) -> None:
    """Windows every few seconds, some judged late, some never, told in between the looks."""
    stride_s = chance.choice([5.0, 10.0, 15.0])
    told_s, done_s = at_s, 0.0
    waiting: list[tuple[float, float]] = []
    while done_s < length_s:
        done_s = min(done_s + stride_s, length_s)
        day.move(at_s, at_s + done_s, closed=done_s >= length_s)
        waiting.append((max(at_s, at_s + done_s - 10), at_s + done_s))
        if chance.random() < 0.7:
            day.look(at_s, at_s + done_s, fresh_s=told_s)
            told_s = at_s + done_s
        if chance.random() < 0.7:
            day.judge(*waiting.pop(chance.randrange(len(waiting))), *chance.choice(_RESULTS))
    day.look(at_s, at_s + length_s, fresh_s=told_s)
    for span in waiting:
        day.judge(*span, *chance.choice(_RESULTS))


def test_a_watch_that_reaches_back_never_begins_before_the_first_second(day: Day) -> None:
    day.look(10, 20)
    day.be(CameraState.FROZEN, 0, Code.CAMERA_FROZEN)
    day.pass_time(30)

    assert day.runs == [CoverRun(10, 30, Cover.OFFLINE, Code.CAMERA_FROZEN)]


def test_watches_are_told_by_camera(day: Day) -> None:
    with day.ledger.transaction():
        day.ledger.coverage.put_watch(Watch(CAMERA.id, Span(NOON_S, NOON_S + 5), Cover.QUIET))

    assert day.runs == []
