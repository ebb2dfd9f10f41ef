import sys
import threading
from collections.abc import Iterator

import pytest

from tests.fakes.clock import NOON_S, FakeClock
from tests.fakes.sink import RecordingSink
from vigint_core.domain.fault import Code, Fault, VigintError
from vigint_desktop.crash import CrashHandler


@pytest.fixture
def sink() -> RecordingSink:
    return RecordingSink()


@pytest.fixture
def handler(sink: RecordingSink, monkeypatch: pytest.MonkeyPatch) -> Iterator[CrashHandler]:
    # pytest watches both hooks itself; here they are ours, with nobody before.
    monkeypatch.setattr(sys, "excepthook", sys.__excepthook__)
    monkeypatch.setattr(threading, "excepthook", threading.__excepthook__)
    made = CrashHandler(sink, FakeClock())
    made.install()
    yield made
    made.remove()


def crash(error: BaseException) -> None:
    """What the interpreter does with an exception that nobody caught."""
    sys.excepthook(type(error), error, error.__traceback__)


def in_thread(error: BaseException) -> None:
    def fail() -> None:
        raise error

    thread = threading.Thread(target=fail, name="till worker")
    thread.start()
    thread.join()


@pytest.mark.expects_log("nobody caught this, in window")
def test_what_nobody_caught_is_logged_counted_and_told(handler: CrashHandler, sink: RecordingSink) -> None:
    crash(KeyError("a secret"))

    assert handler.count == 1
    assert sink.events == [Fault(Code.WORKER_CRASHED, "window", "KeyError", NOON_S)]


@pytest.mark.expects_log("nobody caught this, in window")
def test_an_error_of_ours_keeps_its_code(handler: CrashHandler, sink: RecordingSink) -> None:
    crash(VigintError(Code.STORE_FAILED, "the books are locked"))

    assert handler.count == 1
    assert sink.events == [Fault(Code.STORE_FAILED, "window", "the books are locked", NOON_S)]


@pytest.mark.expects_log("nobody caught this, in till worker")
def test_a_thread_s_end_is_told_with_the_thread_s_name(handler: CrashHandler, sink: RecordingSink) -> None:
    in_thread(ZeroDivisionError())

    assert sink.events == [Fault(Code.WORKER_CRASHED, "till worker", "ZeroDivisionError", NOON_S)]


def test_a_thread_that_leaves_is_no_crash(handler: CrashHandler, sink: RecordingSink) -> None:
    in_thread(SystemExit())

    assert (handler.count, sink.events) == (0, [])


def test_an_interrupt_is_no_crash(sink: RecordingSink, monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: left.append(kind))
    handler = CrashHandler(sink, FakeClock())
    handler.install()
    crash(KeyboardInterrupt())
    handler.remove()

    assert left == [KeyboardInterrupt]
    assert (handler.count, sink.events) == (0, [])


def test_the_hooks_are_given_back(sink: RecordingSink) -> None:
    before = (sys.excepthook, threading.excepthook)
    handler = CrashHandler(sink, FakeClock())

    handler.install()
    assert sys.excepthook != before[0]
    handler.remove()

    assert (sys.excepthook, threading.excepthook) == before
