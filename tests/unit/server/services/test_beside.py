"""Jobs that are waited for only so long: in time, late, too many, and failing with nobody there."""

import threading
from collections.abc import Iterator

import pytest

from server.services.beside import Errands, begin
from tests.fakes.waiting import wait_until
from vigint_core.domain.fault import Code, VigintError


@pytest.fixture
def go_on() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def names() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("beside")]


def test_a_job_has_a_thread_that_ends_with_it(go_on: threading.Event) -> None:
    jobs = [begin(lambda: go_on.wait(20)) for _ in range(50)]
    assert len(names()) == 50
    go_on.set()
    assert all(job.result(20) for job in jobs)
    assert wait_until(lambda: not names())


def test_what_is_done_in_time_is_returned_or_raised() -> None:
    errands = Errands(1, wait_s=20)
    assert errands.do(lambda: 7) == 7
    with pytest.raises(KeyError):
        errands.do(lambda: {}["nothing"])
    with pytest.raises(TimeoutError, match="its own"):
        errands.do(times_out)
    assert errands.do(lambda: 8) == 8  # a place is given back whatever came of it


def times_out() -> None:
    raise TimeoutError("its own")


def test_what_takes_long_goes_on_alone_and_only_so_many(go_on: threading.Event) -> None:
    errands, done = Errands(1, wait_s=0.05), threading.Event()

    def slow() -> None:
        assert go_on.wait(20)
        done.set()

    with pytest.raises(TimeoutError):
        errands.do(slow)
    with pytest.raises(VigintError) as caught:
        errands.do(slow)
    assert caught.value.code is Code.SERVER_BUSY
    go_on.set()
    assert done.wait(20)


@pytest.mark.expects_log("job failed")
def test_a_late_job_that_fails_is_logged(go_on: threading.Event, caplog: pytest.LogCaptureFixture) -> None:
    def fails() -> None:
        assert go_on.wait(20)
        raise KeyError("late")

    with pytest.raises(TimeoutError):
        Errands(1, wait_s=0.05).do(fails)
    go_on.set()
    assert wait_until(lambda: any("job failed" in each.getMessage() for each in caplog.records))
