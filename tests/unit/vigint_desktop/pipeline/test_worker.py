import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.fakes.clock import NOON_S, FakeClock
from tests.fakes.sink import RecordingSink
from vigint_core.domain.fault import Code, Fault, VigintError
from vigint_core.domain.status import FaultCleared
from vigint_core.policy.retry import BackOff
from vigint_desktop.pipeline.worker import GOOD_S, Worker


class Steps:
    """A worker's step that a test directs: raises what is in ``wrong`` and tells after each call."""

    def __init__(self) -> None:
        self.wrong: Exception | None = None
        self.calls = 0
        self.changed = threading.Condition()
        self.worker: Worker | None = None

    def __call__(self) -> None:
        with self.changed:
            self.calls += 1
            self.changed.notify_all()
            wrong = self.wrong
        if wrong is not None:
            raise wrong
        if self.worker is not None:
            self.worker.stopping.wait(0.01)

    def go_on(self, wrong: Exception | None) -> None:
        """From now on raise this, and wait until a step has."""
        with self.changed:
            self.wrong = wrong
            seen = self.calls
            assert self.changed.wait_for(lambda: self.calls >= seen + 2, 30)


@pytest.fixture
def sink() -> RecordingSink:
    return RecordingSink()


@contextmanager
def running(steps: Steps, sink: RecordingSink, clock: FakeClock | None = None) -> Iterator[Worker]:
    worker = Worker("desk", steps, sink, clock or FakeClock())
    worker._back_off = BackOff(first_s=0.001, most_s=0.005)
    steps.worker = worker
    worker.start()
    try:
        yield worker
    finally:
        assert worker.stop(timeout_s=30.0)


def test_a_worker_that_was_never_started_stops_at_once(sink: RecordingSink) -> None:
    assert Worker("idle", lambda: None, sink, FakeClock()).stop()


def test_a_failure_is_a_fault_and_some_good_seconds_clear_it(sink: RecordingSink) -> None:
    steps, clock = Steps(), FakeClock()
    with running(steps, sink, clock):
        steps.go_on(VigintError(Code.DISK_FULL, "no room"))
        steps.go_on(None)
        assert sink.open_faults() == {("desk", Code.DISK_FULL)}
        clock.advance(GOOD_S)
        assert sink.wait_for(lambda s: not s.open_faults())

    assert sink.of(Fault)[0] == Fault(Code.DISK_FULL, "desk", "no room", NOON_S)
    assert sink.of(FaultCleared) == [FaultCleared("desk", Code.DISK_FULL)]


def test_a_repeat_tells_when_it_began(sink: RecordingSink) -> None:
    steps, clock = Steps(), FakeClock()
    with running(steps, sink, clock):
        steps.go_on(VigintError(Code.DISK_FULL))
        clock.advance(60)
        steps.go_on(VigintError(Code.DISK_FULL))

    assert {fault.at_s for fault in sink.of(Fault)} == {NOON_S}


def test_another_fault_takes_the_place_of_the_first(sink: RecordingSink) -> None:
    steps = Steps()
    with running(steps, sink):
        steps.go_on(VigintError(Code.DISK_FULL))
        steps.go_on(VigintError(Code.STORE_FAILED))
        assert sink.open_faults() == {("desk", Code.STORE_FAILED)}


@pytest.mark.expects_log("desk failed")
def test_a_bug_is_a_fault_of_its_own_and_the_thread_goes_on(sink: RecordingSink) -> None:
    steps = Steps()
    with running(steps, sink):
        steps.go_on(KeyError("a bug with a secret in it"))
        assert sink.open_faults() == {("desk", Code.WORKER_CRASHED)}
        steps.go_on(None)

    assert sink.of(Fault)[0].detail == "desk: KeyError"


def test_nothing_stays_open_when_a_worker_has_ended(sink: RecordingSink) -> None:
    steps = Steps()
    with running(steps, sink):
        steps.go_on(VigintError(Code.SERVER_DIED))

    assert sink.open_faults() == set()


def test_a_long_step_can_tell_that_it_is_well_again(sink: RecordingSink) -> None:
    release, entered = threading.Event(), threading.Event()
    lives = iter([VigintError(Code.SERVER_DIED)])

    def step() -> None:
        for wrong in lives:
            raise wrong
        worker.recovered()
        entered.set()
        release.wait(30)

    worker = Worker("server", step, sink, FakeClock(), on_stop=release.set)
    worker._back_off = BackOff(first_s=0.001)
    worker.start()
    try:
        assert entered.wait(30)
        assert sink.of(FaultCleared) == [FaultCleared("server", Code.SERVER_DIED)]
    finally:
        assert worker.stop(timeout_s=30.0)


def test_stop_ends_a_pause_between_tries(sink: RecordingSink) -> None:
    steps = Steps()
    steps.wrong = VigintError(Code.SERVER_UNREACHABLE)
    worker = Worker("outbox", steps, sink, FakeClock())
    worker._back_off = BackOff(first_s=60, most_s=60)
    worker.start()
    assert sink.wait_for(lambda s: bool(s.of(Fault)))

    assert worker.stop(timeout_s=30.0)


def test_stop_says_when_a_step_hangs(sink: RecordingSink) -> None:
    release, entered = threading.Event(), threading.Event()

    def hang() -> None:
        entered.set()
        release.wait(30)

    worker = Worker("stuck", hang, sink, FakeClock())
    worker.start()
    assert entered.wait(30)

    assert not worker.stop(timeout_s=0.01)
    release.set()
    assert worker.stop(timeout_s=30.0)
