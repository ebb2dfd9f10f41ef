"""A day's work that failed is a fault, and is begun again: bounded, and by whichever process."""

from typing import Any

import pytest

from server.services.durable import DurableWork
from server.services.retention import WORKFLOW
from server.workflows.retention import AGAIN_S, DELAY_S, MOST_ATTEMPTS, RetentionSweep, attempt_id
from vigint_core.domain.fault import Code, VigintError

DAY = "2026-11-29"
FAILED = VigintError(Code.WORKER_CRASHED, "workflow retention: KeyError")
says_so = pytest.mark.expects_log("what is not kept was not erased")


class Days:
    """The part of ``Retention`` that a sweep asks."""

    def __init__(self) -> None:
        self.today = DAY
        self.done: set[str] = set()

    def day(self) -> str:
        return self.today

    def is_done(self, day: str) -> bool:
        return day in self.done


class Line:
    """Durable work that ends as a test says: by its id, None for well."""

    fault = None

    def __init__(self) -> None:
        self.begun: dict[str, float] = {}
        self.ended: dict[str, VigintError | None] = {}

    def start(self, name: str, workflow_id: str, args: tuple[object, ...]) -> None:
        raise AssertionError("the daily job stands in the line")

    def enqueue(self, name: str, workflow_id: str, args: tuple[object, ...], delay_s: float) -> None:
        assert name == WORKFLOW
        self.begun.setdefault(workflow_id, delay_s)

    def result(self, workflow_id: str, timeout_s: float) -> Any:
        if workflow_id not in self.ended:
            raise TimeoutError(workflow_id)
        error = self.ended[workflow_id]
        if error is not None:
            raise error


class Process:
    """One of those that do durable work."""

    def __init__(self, days: Days, line: Line) -> None:
        self.work = DurableWork()
        self.work.open(line)
        self._sweep = RetentionSweep(days, self.work)  # type: ignore[arg-type]  # the part that it asks

    def rounds(self, many: int = 3) -> None:
        for _ in range(many):
            self._sweep.sweep()


@pytest.fixture
def days() -> Days:
    return Days()


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def process(days: Days, line: Line) -> Process:
    return Process(days, line)


@says_so
def test_one_that_failed_is_a_fault_and_begins_again_in_an_hour(process: Process, line: Line, days: Days) -> None:
    process.rounds()
    assert line.begun == {f"{WORKFLOW}:{DAY}": DELAY_S}
    assert process.work.trouble is None
    line.ended[f"{WORKFLOW}:{DAY}"] = FAILED
    process.rounds()
    assert line.begun == {f"{WORKFLOW}:{DAY}": DELAY_S, attempt_id(DAY, 2): AGAIN_S}
    assert process.work.trouble is Code.SERVER_ERASING_FAILED
    days.done.add(DAY)
    process.rounds()
    assert process.work.trouble is None


@says_so
def test_another_process_agrees_on_which_attempt_it_is(process: Process, line: Line, days: Days) -> None:
    process.rounds()
    line.ended[f"{WORKFLOW}:{DAY}"] = FAILED
    other = Process(days, line)
    process.rounds()
    other.rounds()
    assert len(line.begun) == 2
    assert other.work.trouble is Code.SERVER_ERASING_FAILED, "whichever is asked says so"


@says_so
def test_a_day_has_so_many_attempts_and_the_next_has_its_own(process: Process, line: Line, days: Days) -> None:
    for attempt in range(1, MOST_ATTEMPTS + 3):
        line.ended[attempt_id(DAY, attempt)] = FAILED
    process.rounds(20)
    assert len(line.begun) == MOST_ATTEMPTS
    assert process.work.trouble is Code.SERVER_ERASING_FAILED
    days.today = "2026-11-30"
    process.rounds()
    assert line.begun[f"{WORKFLOW}:2026-11-30"] == DELAY_S
    assert process.work.trouble is Code.SERVER_ERASING_FAILED, "nothing was erased yet"
    line.ended[f"{WORKFLOW}:2026-11-30"] = None
    process.rounds()
    assert process.work.trouble is None


def test_while_durable_work_is_away_it_is_no_failure(process: Process, line: Line) -> None:
    process.rounds()
    line.ended[f"{WORKFLOW}:{DAY}"] = VigintError(Code.SERVER_WORK_STOPPED, "durable work: OperationalError")
    with pytest.raises(VigintError):
        process.rounds()
    assert (process.work.trouble, len(line.begun)) == (None, 1)
