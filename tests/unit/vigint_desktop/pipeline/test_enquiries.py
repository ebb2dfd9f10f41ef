"""Questions of the window: each is answered, none waits for another kind, and each can be stopped."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.sink import RecordingSink
from tests.fakes.sources import DOOR
from vigint_core.domain.fault import Code
from vigint_core.domain.sign_in import SignIn
from vigint_core.domain.status import CheckResult, FoundCamera, FoundStreams
from vigint_desktop.capture.demo import demo_cameras
from vigint_desktop.discovery.found_streams import StreamSurvey
from vigint_desktop.discovery.search import Discovery
from vigint_desktop.discovery.tether import Tether
from vigint_desktop.pipeline.enquiries import Enquiries
from vigint_desktop.pipeline.errands import MOST_WAITING

FOUND = FoundCamera("s1", "urn:uuid:till", "http://127.0.0.1/onvif", "127.0.0.1", "Till", "IPC-42")
SIGN_IN = SignIn("guard", "hunter2")


class EndlessDiscovery(Discovery):
    """Finds one camera at once, and then searches until it is stopped."""

    def __init__(self) -> None:
        super().__init__(FakeClock())
        self.seconds: list[float] = []

    def search(
        self, search_id: str, seconds: float, tell: Callable[[FoundCamera], None], interrupt: threading.Event
    ) -> CheckResult:
        self.seconds.append(seconds)
        tell(FOUND)
        assert interrupt.wait(30.0)
        return CheckResult(search_id, ok=True, facts=())


class EndlessSurvey(StreamSurvey):
    """Asks until it is cut."""

    def __init__(self) -> None:
        super().__init__(FakeClock())

    def ask(self, check_id: str, found: FoundCamera, sign_in: SignIn, tether: Tether) -> FoundStreams:
        assert tether.cut_off.wait(30.0)
        return FoundStreams(check_id, found.key, (), b"", Code.PIPELINE_STOPPED)


class Desk:
    """Enquiries and what they told."""

    def __init__(self) -> None:
        self.sink, self.discovery = RecordingSink(), EndlessDiscovery()
        self.enquiries = Enquiries(self.sink, FakeClock(), self.discovery, EndlessSurvey())

    @contextmanager
    def open(self) -> Iterator[Enquiries]:
        for worker in self.enquiries.workers:
            worker.start()
        try:
            yield self.enquiries
        finally:
            assert {worker.stop(timeout_s=30.0) for worker in self.enquiries.workers} == {True}

    def has_told(self, kind: type[CheckResult] | type[FoundStreams], *ids: str) -> bool:
        return self.sink.wait_for(lambda sink: set(ids) <= {told.check_id for told in sink.of(kind)})


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_search_tells_of_cameras_while_it_runs_and_of_its_end(desk: Desk) -> None:
    with desk.open() as enquiries:
        enquiries.discover("s1", 4.0)
        assert desk.sink.wait_for(lambda sink: sink.of(FoundCamera) == [FOUND])
        enquiries.stop("s1")
        assert desk.has_told(CheckResult, "s1")
    assert desk.discovery.seconds == [4.0]


def test_a_new_search_ends_the_one_before(desk: Desk) -> None:
    with desk.open() as enquiries:
        enquiries.discover("s1", 30.0)
        enquiries.discover("s2", 30.0)
        assert desk.has_told(CheckResult, "s1")
        enquiries.stop("s2")
        assert desk.has_told(CheckResult, "s2")


def test_a_search_and_slow_cameras_delay_no_check(desk: Desk) -> None:
    with desk.open() as enquiries:
        enquiries.discover("s1", 30.0)
        for number in range(8):
            enquiries.ask_streams(f"q{number}", FOUND, SIGN_IN)
        enquiries.check("c1", lambda: CheckResult("c1", ok=True, facts=()))
        enquiries.check_camera("c2", demo_cameras()[0], "")
        assert desk.has_told(CheckResult, "c1", "c2")
    assert {told.ok for told in desk.sink.of(CheckResult)} == {True}


def test_a_question_is_stopped_by_its_id(desk: Desk) -> None:
    with desk.open() as enquiries:
        enquiries.ask_streams("q1", FOUND, SIGN_IN)
        enquiries.stop("q1")
        assert desk.has_told(FoundStreams, "q1")


def test_a_camera_s_check_that_was_stopped_before_it_began(desk: Desk) -> None:
    desk.enquiries.check_camera("c1", demo_cameras()[0], "")
    desk.enquiries.stop("c1")
    with desk.open():
        assert desk.has_told(CheckResult, "c1")
    assert desk.sink.of(CheckResult)[0].code is Code.PIPELINE_STOPPED


def test_the_end_of_the_program_ends_everything(desk: Desk) -> None:
    with desk.open() as enquiries:
        enquiries.discover("s1", 30.0)
        enquiries.ask_streams("q1", FOUND, SIGN_IN)
        assert desk.sink.wait_for(lambda sink: bool(sink.of(FoundCamera)))


def test_too_many_questions_are_refused_each_in_its_own_way(desk: Desk) -> None:
    for number in range(MOST_WAITING + 1):
        desk.enquiries.ask_streams(f"q{number}", FOUND, SIGN_IN)
        desk.enquiries.check_camera(f"c{number}", DOOR, "")
    refused = [(told.check_id, told.code) for told in desk.sink.of(FoundStreams)]
    assert refused == [(f"q{MOST_WAITING}", Code.PIPELINE_OVERLOAD)]
    assert [told.check_id for told in desk.sink.of(CheckResult)] == [f"c{MOST_WAITING}"]
