"""Durable work as its owner sees it: with a real DBOS, on both databases."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from server.db.database import Database
from server.services.admin.bodies import JobNamed, JobState, JobsWanted, JobView
from server.services.admin.jobs import Jobs
from server.services.clients import StateError, UnknownError
from server.workflows.engine import Steps
from server.workflows.runtime import Durable, Plan, Workflow
from tests.fakes.clock import FakeClock
from tests.fakes.waiting import wait_until
from vigint_core.domain.fault import Code, VigintError

EVERY: list[JobState] = ["waiting", "running", "done", "failed", "cancelled"]


@contextmanager
def working(database: Database, workflow: Workflow) -> Iterator[Durable]:
    work = Durable(database, Plan({"tell": workflow}), FakeClock())
    try:
        work.keep()
        yield work
    finally:
        work.stop()


def one(jobs: Jobs, job_id: str = "alert:c1:a1") -> JobView:
    return next(job for job in jobs.all(JobsWanted(states=EVERY)).jobs if job.id == job_id)


def test_where_no_work_was_ever_done_there_is_none(books: Database) -> None:
    jobs = Jobs(books)
    assert jobs.all(JobsWanted()).jobs == []
    for action in (jobs.retry, jobs.cancel):
        with pytest.raises(UnknownError, match="There is no job x"):
            action(JobNamed(job_id="x"))


@pytest.mark.expects_log("Exception encountered in background workflow")
def test_a_failed_one_goes_on_at_the_step_that_failed(books: Database) -> None:
    done: list[str] = []
    broken = True

    def first() -> None:
        done.append("first")

    def second() -> None:
        done.append("second")
        if broken:
            raise VigintError(Code.INTERNAL, "no way; key vg_ab12cd34_" + "s" * 43)

    def tell(steps: Steps) -> Any:
        steps.do("first", first)
        steps.do("second", second)
        return "told"

    jobs = Jobs(books)
    with working(books, tell) as work:
        work.start("tell", "alert:c1:a1", ())
        with pytest.raises(VigintError):
            work.result("alert:c1:a1", 20)
        failed = one(jobs)
        assert (failed.name, failed.state) == ("tell", "failed")
        assert "no way" in failed.error
        assert "s" * 43 not in failed.error
        assert failed.updated_s >= failed.created_s > 1e9
        assert [job.id for job in jobs.all(JobsWanted()).jobs] == ["alert:c1:a1"]

        broken = False
        assert jobs.retry(JobNamed(job_id="alert:c1:a1")).state in {"waiting", "running", "done"}
        assert work.result("alert:c1:a1", 20) == "told"
        assert done == ["first", "second", "second"]
        assert jobs.all(JobsWanted()).jobs == []
        assert one(jobs).state == "done"
        for action in (jobs.retry, jobs.cancel):
            with pytest.raises(StateError, match="is done"):
                action(JobNamed(job_id="alert:c1:a1"))


@pytest.mark.expects_log("no longer owned|Exception encountered in background workflow")
def test_a_cancelled_one_does_no_further_step_and_can_go_on_later(books: Database) -> None:
    begun, go_on, done = threading.Event(), threading.Event(), list[str]()

    def first() -> None:
        begun.set()
        assert go_on.wait(20)

    def tell(steps: Steps) -> Any:
        steps.do("first", first)
        steps.do("second", lambda: done.append("second"))
        return "told"

    jobs = Jobs(books)
    with working(books, tell) as work:
        work.start("tell", "alert:c1:a1", ())
        assert begun.wait(20)
        assert one(jobs).state == "running"
        assert jobs.cancel(JobNamed(job_id="alert:c1:a1")).state == "cancelled"
        go_on.set()
        with pytest.raises(VigintError):
            work.result("alert:c1:a1", 20)
        assert done == []
        jobs.retry(JobNamed(job_id="alert:c1:a1"))
        assert wait_until(lambda: one(jobs).state == "done")
        assert done == ["second"]
