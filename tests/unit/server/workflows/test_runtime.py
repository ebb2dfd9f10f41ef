"""Leases, take-over and the one engine of a process: with a clock in the test's hand, and a real DBOS."""

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
from server.workflows.engine import Engine, Steps
from server.workflows.runtime import LEASE_S, RENEW_S, Durable, Plan
from tests.fakes.clock import FakeClock
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


def leases(database: Database) -> dict[str, float]:
    with database.reading() as session:
        return {row.executor_id: row.until_s for row in session.query(LeaseRow)}


def test_a_workflow_runs_once_under_its_id(database: Database, clock: FakeClock) -> None:
    with durable(database, clock) as work:
        work.tick()
        work.start("add", "one", (1, 2))
        assert work.result("one", 20) == 3
        work.start("add", "one", (5, 5))
        assert work.result("one", 20) == 3


def test_one_from_the_line_runs_too(database: Database, clock: FakeClock) -> None:
    with durable(database, clock) as work:
        work.tick()
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
            work.tick()
            work.start("tell", "same id", ())
            assert work.result("same id", 20) == number
        database.close()


def test_two_servers_of_a_process_share_the_engine(database: Database, clock: FakeClock) -> None:
    with durable(database, clock) as first, durable(database, clock) as second:
        first.tick()
        second.tick()
        first.stop()
        second.start("add", "one", (1, 2))
        assert second.result("one", 20) == 3


def test_a_second_database_in_a_process_is_a_fault(tmp_path: Path, database: Database, clock: FakeClock) -> None:
    other = Database(f"sqlite:///{tmp_path / 'other.sqlite3'}")
    migrate(other)
    with durable(database, clock) as first, durable(other, clock) as second:
        first.tick()
        with pytest.raises(VigintError) as raised:
            second.tick()
        assert raised.value.code is Code.SERVER_WORK_STOPPED
        first.stop()
        second.tick()
        assert second.fault is None
    other.close()


def test_each_tick_renews_the_lease(database: Database, clock: FakeClock) -> None:
    with durable(database, clock) as work:
        work.tick()
        assert list(leases(database).values()) == [clock.wall() + LEASE_S]
        clock.advance(RENEW_S)
        work.tick()
        assert list(leases(database).values()) == [clock.wall() + LEASE_S]
    assert list(leases(database).values()) == [0.0]


def test_a_stopped_one_begins_nothing_again(database: Database, clock: FakeClock) -> None:
    with durable(database, clock) as work:
        work.tick()
        work.stop()
        work.tick()
        assert work.fault is Code.SERVER_STARTING


class SlowLaunch(FakeClock):
    """Time passes while DBOS is launched: each look at the clock costs half a lease."""

    def wall(self) -> float:
        """Unix time, later each time."""
        self.advance(LEASE_S / 2)
        return super().wall()


def test_a_slow_launch_costs_nobody_its_lease(database: Database) -> None:
    with durable(database, SlowLaunch()) as work:
        work.tick()
        before = set(leases(database))
        work.tick()
        assert set(leases(database)) == before


@pytest.mark.expects_log(LOST)
def test_who_was_taken_for_dead_begins_anew(database: Database, clock: FakeClock) -> None:
    with durable(database, clock) as work:
        work.tick()
        before = set(leases(database))
        assert LeaseBook(database).take_over(clock.wall() + LEASE_S + 1) == list(before)
        work.tick()
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
        work.tick()
        with pytest.raises(TimeoutError):
            work.result("left", 0.0)
        clock.advance(LEASE_S + 1)
        work.tick()
        assert work.result("left", 20) == 3
        assert dead not in leases(database)


@pytest.mark.expects_log(TAKEN)
def test_a_clean_stop_leaves_its_work_at_once(database: Database, clock: FakeClock) -> None:
    book = LeaseBook(database)
    dead = left_behind(database, "left")
    book.open(dead, clock.wall() + LEASE_S)
    book.release(dead)
    with durable(database, clock) as work:
        work.tick()
        assert work.result("left", 20) == 3


@pytest.mark.expects_log(TAKEN)
def test_work_whose_owner_has_no_lease_is_found(database: Database, clock: FakeClock) -> None:
    """As after a restored backup, or when a process dies between taking a lease over and doing something about it."""
    left_behind(database, "left")
    with durable(database, clock) as work:
        work.tick()
        assert work.result("left", 20) == 3


def test_sweeps_are_done_at_the_launch_and_every_ten_seconds(database: Database, clock: FakeClock) -> None:
    swept: list[float] = []
    with durable(database, clock, Plan({"add": add}, (lambda: swept.append(clock.wall()),))) as work:
        for _ in range(5):
            work.tick()
            clock.advance(RENEW_S)
    begun_s = swept[0]
    assert [at_s - begun_s for at_s in swept] == [0.0, 10.0, 20.0]


@pytest.mark.expects_log("step waits for the database")
def test_a_step_outlives_a_database_that_is_away(database: Database, clock: FakeClock) -> None:
    tried: list[int] = []

    def store(steps: Steps) -> Any:
        def write() -> int:
            tried.append(1)
            if len(tried) == 1:
                raise VigintError(Code.SERVER_STORAGE, "away")
            return len(tried)

        return steps.do("write", write)

    with durable(database, clock, Plan({"store": store})) as work:
        work.tick()
        work.start("store", "one", ())
        assert work.result("one", 20) == 2


@pytest.mark.expects_log("Exception encountered in background workflow")
def test_a_workflow_that_fails_says_so(database: Database, clock: FakeClock) -> None:
    def fail(steps: Steps) -> Any:
        return steps.do("fail", lambda: int("no number"))

    with durable(database, clock, Plan({"fail": fail})) as work:
        work.tick()
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
        work.tick()
        assert door.fault is None
        door.start("add", "one", 1, 2)
        door.enqueue("add", "two", 3, 4)
        assert (door.result("one", 20), door.result("two", 20)) == (3, 7)
