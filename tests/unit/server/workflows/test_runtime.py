"""Leases, take-over and the one engine of a process: with a clock in the test's hand, and a real DBOS."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from server.db.database import Database
from server.db.leases import LeaseBook
from server.db.schema import migrate
from server.db.tables import LeaseRow
from server.services.durable import DurableWork
from server.workflows import runtime
from server.workflows.engine import Engine, Steps
from server.workflows.runtime import LEASE_S, RENEW_S, STUCK_S, Durable, Plan
from tests.fakes.clock import FakeClock
from tests.fakes.waiting import wait_until
from vigint_core.domain.fault import Code, VigintError

LOST = r"others took this process for dead"
TAKEN = r"work of the dead is taken over"


def add(steps: Steps, one: int, other: int) -> Any:
    return steps.do("add", lambda: one + other)


@contextmanager
def durable(database: Database, clock: FakeClock, plan: Plan | None = None) -> Iterator[Durable]:
    work = Durable(database, plan or Plan({"add": add}), clock)
    try:
        yield work
    finally:
        work.stop()


def tick(work: Durable) -> None:
    """Both chores, one after the other, as a test wishes."""
    work.keep()
    work.look()


def leases(database: Database) -> dict[str, float]:
    with database.reading() as session:
        return {row.executor_id: row.until_s for row in session.query(LeaseRow)}


def test_a_workflow_runs_once_under_its_id(database: Database, clock: FakeClock) -> None:
    with durable(database, clock) as work:
        tick(work)
        work.start("add", "one", (1, 2))
        assert work.result("one", 20) == 3
        work.start("add", "one", (5, 5))
        assert work.result("one", 20) == 3


def test_one_from_the_line_runs_too(database: Database, clock: FakeClock) -> None:
    with durable(database, clock) as work:
        tick(work)
        work.enqueue("add", "soon", (1, 2), 0.0)
        work.enqueue("add", "later", (3, 4), 0.5)
        assert (work.result("later", 20), work.result("soon", 20)) == (7, 3)


def test_before_it_is_launched_nothing_begins(database: Database, clock: FakeClock) -> None:
    with durable(database, clock) as work:
        assert work.fault is Code.SERVER_STARTING
        with pytest.raises(VigintError) as raised:
            work.start("add", "one", (1, 2))
    assert raised.value.code is Code.SERVER_STARTING


def test_one_server_after_the_other_does_its_own_work(tmp_path: Path, clock: FakeClock) -> None:
    """DBOS is one for a process: each launch gets a clean one, with the workflows of its own server."""
    for number in range(3):
        database = Database(f"sqlite:///{tmp_path / str(number)}.sqlite3")
        migrate(database)

        def told(steps: Steps, number: int = number) -> Any:
            return steps.do("tell", lambda: number)

        with durable(database, clock, Plan({"tell": told})) as work:
            tick(work)
            work.start("tell", "same id", ())
            assert work.result("same id", 20) == number
        database.close()


def test_two_servers_of_a_process_share_the_engine(database: Database, clock: FakeClock) -> None:
    with durable(database, clock) as first, durable(database, clock) as second:
        tick(first)
        tick(second)
        first.stop()
        second.start("add", "one", (1, 2))
        assert second.result("one", 20) == 3


def test_a_second_database_in_a_process_is_a_fault(tmp_path: Path, database: Database, clock: FakeClock) -> None:
    other = Database(f"sqlite:///{tmp_path / 'other.sqlite3'}")
    migrate(other)
    with durable(database, clock) as first, durable(other, clock) as second:
        tick(first)
        with pytest.raises(VigintError) as raised:
            tick(second)
        assert raised.value.code is Code.SERVER_WORK_STOPPED
        first.stop()
        tick(second)
        assert second.fault is None
    other.close()


def test_each_tick_renews_the_lease(database: Database, clock: FakeClock) -> None:
    with durable(database, clock) as work:
        tick(work)
        assert list(leases(database).values()) == [clock.wall() + LEASE_S]
        clock.advance(RENEW_S)
        tick(work)
        assert list(leases(database).values()) == [clock.wall() + LEASE_S]
    assert list(leases(database).values()) == [0.0]


def test_a_stopped_one_begins_nothing_again(database: Database, clock: FakeClock) -> None:
    with durable(database, clock) as work:
        tick(work)
        work.stop()
        tick(work)
        assert work.fault is Code.SERVER_STARTING


class SlowLaunch(FakeClock):
    """Time passes while DBOS is launched: each look at the clock costs half a lease."""

    def wall(self) -> float:
        """Unix time, later each time."""
        self.advance(LEASE_S / 2)
        return super().wall()


def test_a_slow_launch_costs_nobody_its_lease(database: Database) -> None:
    with durable(database, SlowLaunch()) as work:
        tick(work)
        before = set(leases(database))
        tick(work)
        assert set(leases(database)) == before


@pytest.mark.expects_log(LOST)
def test_who_was_taken_for_dead_begins_anew(database: Database, clock: FakeClock) -> None:
    with durable(database, clock) as work:
        tick(work)
        before = set(leases(database))
        assert LeaseBook(database).take_over(clock.wall() + LEASE_S + 1) == list(before)
        tick(work)
        assert set(leases(database)).isdisjoint(before)
        work.start("add", "one", (1, 2))
        assert work.result("one", 20) == 3


def left_behind(database: Database, workflow_id: str) -> str:
    """A workflow that was begun by a process that is gone now; returns the id that it had."""
    reached = threading.Event()

    def hang(steps: Steps, _one: int, _other: int) -> Any:
        reached.set()
        return steps.do_when("never", lambda: False)

    engine = Engine(database.url_for_work, {"add": hang})
    engine.launch()
    engine.start("add", workflow_id, (1, 2))
    assert reached.wait(20)
    engine.stop(20)
    return engine.executor_id


@pytest.mark.expects_log(TAKEN)
def test_the_living_take_over_when_a_lease_runs_out(database: Database, clock: FakeClock) -> None:
    dead = left_behind(database, "left")
    LeaseBook(database).open(dead, clock.wall() + LEASE_S)
    with durable(database, clock) as work:
        tick(work)
        with pytest.raises(TimeoutError):
            work.result("left", 0.0)
        clock.advance(LEASE_S + 1)
        tick(work)
        assert work.result("left", 20) == 3
        assert dead not in leases(database)


@pytest.mark.expects_log(TAKEN)
def test_a_clean_stop_leaves_its_work_at_once(database: Database, clock: FakeClock) -> None:
    book = LeaseBook(database)
    dead = left_behind(database, "left")
    book.open(dead, clock.wall() + LEASE_S)
    book.release(dead)
    with durable(database, clock) as work:
        tick(work)
        assert work.result("left", 20) == 3


@pytest.mark.expects_log(TAKEN)
def test_work_whose_owner_has_no_lease_is_found(database: Database, clock: FakeClock) -> None:
    """As after a restored backup, or when a process dies between taking a lease over and doing something about it."""
    left_behind(database, "left")
    with durable(database, clock) as work:
        tick(work)
        assert work.result("left", 20) == 3


def test_sweeps_are_done_at_the_launch_and_every_ten_seconds(database: Database, clock: FakeClock) -> None:
    swept: list[float] = []
    with durable(database, clock, Plan({"add": add}, (lambda: swept.append(clock.wall()),))) as work:
        for _ in range(5):
            tick(work)
            clock.advance(RENEW_S)
    begun_s = swept[0]
    assert [at_s - begun_s for at_s in swept] == [0.0, 10.0, 20.0]


@contextmanager
def held_sweep(database: Database, clock: FakeClock) -> Iterator[Durable]:
    """Somebody looks after the work, and has very much of it, until the end of the block."""
    begun, over = threading.Event(), threading.Event()

    def sweep() -> None:
        begun.set()
        assert over.wait(20)

    with durable(database, clock, Plan({"add": add}, (sweep,))) as work:
        work.keep()
        looker = threading.Thread(target=work.look)
        looker.start()
        try:
            assert begun.wait(20)
            yield work
        finally:
            over.set()
            looker.join()


def test_a_sweep_that_takes_long_costs_nobody_its_lease(database: Database, clock: FakeClock) -> None:
    with held_sweep(database, clock) as work:
        owners = set(leases(database))
        for _ in range(int(2 * LEASE_S / RENEW_S)):
            clock.advance(RENEW_S)
            work.keep()
            assert LeaseBook(database).take_over(clock.wall(), but="another") == []
        work.start("add", "one", (1, 2))
        assert work.result("one", 20) == 3
        assert set(leases(database)) == owners


def test_who_hangs_gives_its_work_up_and_begins_anew_when_it_hangs_no_more(
    database: Database, clock: FakeClock
) -> None:
    with held_sweep(database, clock) as work:
        (owner,) = leases(database)
        clock.advance(STUCK_S + 1)
        for _ in range(2):
            with pytest.raises(VigintError) as raised:
                work.keep()
            assert raised.value.code is Code.SERVER_WORK_STOPPED
        assert leases(database) == {owner: 0.0}, "another one takes it at once"
        assert work.fault is Code.SERVER_STARTING
    work = Durable(database, Plan({"add": add}), clock)
    work.keep()
    assert len(leases(database)) == 2
    work.stop()


@contextmanager
def running(work: Durable) -> Iterator[None]:
    """As a server runs it: on an event loop."""
    loop, begin = asyncio.new_event_loop(), asyncio.Event()
    begin.set()
    task = loop.create_task(work.run(begin))
    thread = threading.Thread(target=lambda: loop.run_until_complete(asyncio.wait([task])))
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join()
        loop.close()
        work.stop()


def test_both_chores_go_on_in_their_own_time(
    database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It renews again and again while a sweep holds its thread."""
    monkeypatch.setattr(runtime, "RENEW_S", 0.01)
    over, renewed, renew = threading.Event(), threading.Semaphore(0), LeaseBook.renew

    def counted(book: LeaseBook, executor_id: str, until_s: float) -> bool:
        renewed.release()
        return renew(book, executor_id, until_s)

    def sweep() -> None:
        assert over.wait(20)

    monkeypatch.setattr(LeaseBook, "renew", counted)
    work = Durable(database, Plan({"add": add}, (sweep,)), clock)
    with running(work):
        for _ in range(20):
            assert renewed.acquire(timeout=20)
        assert work.fault is Code.SERVER_STARTING, "not everything was looked at yet"
        over.set()
        assert wait_until(lambda: work.fault is None)


@pytest.mark.expects_log("durable work stands still")
def test_a_renewal_that_failed_is_tried_again_soon(
    database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime, "RETRY_S", 0.01)
    work, failed = Durable(database, Plan({"add": add}), clock), []

    def refuse(_book: LeaseBook, _executor_id: str, _until_s: float) -> bool:
        failed.append(1)
        raise VigintError(Code.SERVER_STORAGE, "database: another writer takes too long")

    work.keep()
    monkeypatch.setattr(LeaseBook, "renew", refuse)
    with running(work):
        assert wait_until(lambda: len(failed) > 2, RENEW_S)
        assert work.fault is Code.SERVER_WORK_STOPPED


@pytest.mark.expects_log("step waits for what is away")
@pytest.mark.parametrize("code", [Code.SERVER_STORAGE, Code.SERVER_FILES])
def test_a_step_outlives_a_database_or_storage_that_is_away(database: Database, clock: FakeClock, code: Code) -> None:
    tried: list[int] = []

    def store(steps: Steps) -> Any:
        def write() -> int:
            tried.append(1)
            if len(tried) == 1:
                raise VigintError(code, "away")
            return len(tried)

        return steps.do("write", write)

    with durable(database, clock, Plan({"store": store})) as work:
        tick(work)
        work.start("store", "one", ())
        assert work.result("one", 20) == 2


@pytest.mark.expects_log("Exception encountered in background workflow")
def test_a_workflow_that_fails_says_so(database: Database, clock: FakeClock) -> None:
    def fail(steps: Steps) -> Any:
        return steps.do("fail", lambda: int("no number"))

    with durable(database, clock, Plan({"fail": fail})) as work:
        tick(work)
        work.start("fail", "one", ())
        with pytest.raises(VigintError) as raised:
            work.result("one", 20)
    assert raised.value.code is Code.WORKER_CRASHED


def test_services_find_the_door_closed_until_it_is_opened(database: Database, clock: FakeClock) -> None:
    door = DurableWork()
    assert door.fault is Code.SERVER_STARTING
    with pytest.raises(VigintError):
        door.start("add", "one", 1, 2)
    with durable(database, clock) as work:
        door.open(work)
        tick(work)
        assert door.fault is None
        door.start("add", "one", 1, 2)
        door.enqueue("add", "two", 3, 4)
        assert (door.result("one", 20), door.result("two", 20)) == (3, 7)
