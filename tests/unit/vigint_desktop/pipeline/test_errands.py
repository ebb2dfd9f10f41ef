"""Errands: run elsewhere, answered whatever happens, stopped when nobody waits any more."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.sink import RecordingSink
from vigint_core.domain.fault import Code
from vigint_core.domain.status import CheckResult
from vigint_desktop.pipeline.errands import MOST_WAITING, Errand, Errands

GOOD = partial(CheckResult, ok=True, facts=())


def refused(errand_id: str, code: Code) -> CheckResult:
    return CheckResult(errand_id, ok=False, facts=(), code=code)


def errand(errand_id: str, run: Callable[[], CheckResult], stop: Callable[[], None] = lambda: None) -> Errand:
    return Errand(errand_id, run, stop, partial(refused, errand_id))


@contextmanager
def running(errands: Errands) -> Iterator[None]:
    for worker in errands.workers:
        worker.start()
    try:
        yield
    finally:
        assert {worker.stop(timeout_s=30.0) for worker in errands.workers} == {True}


def answers(sink: RecordingSink) -> list[tuple[str, Code | None]]:
    return [(found.check_id, found.code) for found in sink.of(CheckResult)]


def test_errands_of_one_thread_run_one_after_the_other_and_elsewhere() -> None:
    sink, names = RecordingSink(), []
    errands = Errands("checks", 1, sink, FakeClock())

    def run(number: str) -> CheckResult:
        names.append(threading.current_thread().name)
        return GOOD(number)

    with running(errands):
        for number in "012":
            errands.ask(errand(number, partial(run, number)))
        assert sink.wait_for(lambda s: answers(s) == [("0", None), ("1", None), ("2", None)])
    assert set(names) == {"checks"}


def test_errands_of_two_threads_do_not_wait_for_each_other() -> None:
    sink, met = RecordingSink(), threading.Barrier(2)
    errands = Errands("streams", 2, sink, FakeClock())

    def meet(number: str) -> CheckResult:
        met.wait(30.0)
        return GOOD(number)

    with running(errands):
        for number in "01":
            errands.ask(errand(number, partial(meet, number)))
        assert sink.wait_for(lambda s: sorted(answers(s)) == [("0", None), ("1", None)])


def test_too_many_errands_are_refused_aloud() -> None:
    sink = RecordingSink()
    errands = Errands("checks", 1, sink, FakeClock())
    for number in range(MOST_WAITING + 1):
        errands.ask(errand(str(number), partial(GOOD, "x")))
    assert sink.events == [refused(str(MOST_WAITING), Code.PIPELINE_OVERLOAD)]


@pytest.mark.expects_log("checks failed")
def test_an_errand_that_breaks_is_answered_too() -> None:
    sink = RecordingSink()
    errands = Errands("checks", 1, sink, FakeClock())

    def broken() -> CheckResult:
        raise RuntimeError("a bug")

    with running(errands):
        errands.ask(errand("c1", broken))
        assert sink.wait_for(lambda s: answers(s) == [("c1", Code.WORKER_CRASHED)])


def test_an_errand_is_stopped_by_its_id_while_it_runs_and_while_it_waits() -> None:
    sink = RecordingSink()
    errands = Errands("checks", 1, sink, FakeClock())
    ends = {number: threading.Event() for number in "01"}

    def until_stopped(number: str) -> CheckResult:
        assert ends[number].wait(30.0)
        return refused(number, Code.PIPELINE_STOPPED)

    with running(errands):
        for number in "01":
            errands.ask(errand(number, partial(until_stopped, number), ends[number].set))
        errands.stop("1")
        errands.stop("0")
        errands.stop("never asked")
        assert sink.wait_for(lambda s: [number for number, _ in answers(s)] == ["0", "1"])
    errands.stop("0")  # over long ago


def test_the_end_of_the_program_stops_what_still_runs() -> None:
    sink, begun, end = RecordingSink(), threading.Event(), threading.Event()
    errands = Errands("discovery", 1, sink, FakeClock())

    def long_search() -> CheckResult:
        begun.set()
        assert end.wait(30.0)
        return GOOD("s1")

    with running(errands):
        errands.ask(errand("s1", long_search, end.set))
        assert begun.wait(30.0)
    assert answers(sink) == [("s1", None)]
