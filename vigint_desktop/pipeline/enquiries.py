"""Every question of the window that is answered later: checks, a search for cameras, what a found camera shows."""

import threading
from collections.abc import Callable
from functools import partial

from vigint_core.domain.camera import Camera
from vigint_core.domain.fault import Code
from vigint_core.domain.sign_in import SignIn
from vigint_core.domain.status import CheckResult, FoundCamera, FoundStreams
from vigint_core.ports import Clock, EventSink
from vigint_desktop.capture.check import check_camera
from vigint_desktop.discovery.found_streams import ASK_S, StreamSurvey
from vigint_desktop.discovery.search import Discovery
from vigint_desktop.discovery.tether import Tether
from vigint_desktop.pipeline.errands import Errand, Errands
from vigint_desktop.pipeline.worker import Worker

_TRYING = 2  # cameras tried at once: one that nobody waits for any more may still hang in a library
_ASKING = 3  # cameras asked at once: mostly waiting, and one picture each to decode


class Enquiries:
    """Takes questions on the GUI thread and publishes each answer. A search delays no check, nor does a slow camera.

    Args:
        discovery: searches for cameras.
        survey: asks those that were found.
    """

    def __init__(self, sink: EventSink, clock: Clock, discovery: Discovery, survey: StreamSurvey) -> None:
        self._sink = sink
        self._clock = clock
        self._discovery = discovery
        self._survey = survey
        self._checks = Errands("checks", 1, sink, clock)
        self._trials = Errands("trials", _TRYING, sink, clock)
        self._searches = Errands("discovery", 1, sink, clock)
        self._questions = Errands("streams", _ASKING, sink, clock)
        self._all = (self._checks, self._trials, self._searches, self._questions)
        self._search_id = ""

    @property
    def workers(self) -> tuple[Worker, ...]:
        """To be started, and stopped."""
        return tuple(worker for errands in self._all for worker in errands.workers)

    def check(self, check_id: str, run: Callable[[], CheckResult]) -> None:
        """Run a check that ends by itself within seconds."""
        self._checks.ask(Errand(check_id, run, lambda: None, partial(_unchecked, check_id)))

    def check_camera(self, check_id: str, camera: Camera, password: str) -> None:
        """Open a camera once and describe it."""
        interrupt = threading.Event()
        run = partial(check_camera, check_id, camera, password, self._clock, interrupt=interrupt)
        self._trials.ask(Errand(check_id, run, interrupt.set, partial(_unchecked, check_id)))

    def discover(self, search_id: str, seconds: float) -> None:
        """Search for cameras; ends the search before."""
        self._searches.stop(self._search_id)
        self._search_id = search_id
        interrupt = threading.Event()
        run = partial(self._discovery.search, search_id, seconds, self._sink.publish, interrupt)
        self._searches.ask(Errand(search_id, run, interrupt.set, partial(_unchecked, search_id)))

    def ask_streams(self, check_id: str, found: FoundCamera, sign_in: SignIn) -> None:
        """Ask a found camera for its streams and a picture."""
        tether = Tether(ASK_S)
        run = partial(self._survey.ask, check_id, found, sign_in, tether)
        refused = partial(FoundStreams, check_id, found.key, (), b"")
        self._questions.ask(Errand(check_id, run, tether.cut, refused))

    def stop(self, errand_id: str) -> None:
        """Nobody waits for this any more."""
        for errands in self._all:
            errands.stop(errand_id)


def _unchecked(check_id: str, code: Code) -> CheckResult:
    return CheckResult(check_id, ok=False, facts=(), code=code)
