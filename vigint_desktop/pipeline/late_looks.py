"""Second looks that come late: asked for when the server says that one is there, or by the clock."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final

from vigint_core.domain.fault import VigintError
from vigint_core.domain.ids import WindowId
from vigint_core.domain.incident import Decision
from vigint_core.policy.asking import EVERY_S, FIRST_S, LONGEST_S, next_s
from vigint_core.ports import Clock, EventSink
from vigint_core.wire import AnalysisResponse
from vigint_desktop.pipeline.listener import ANYTHING, Heard
from vigint_desktop.pipeline.messages import Message, Settled
from vigint_desktop.pipeline.remote import calls_of, outcome_of
from vigint_desktop.pipeline.server_link import Endpoint, ServerError, ServerLink
from vigint_desktop.pipeline.worker import Worker
from vigint_desktop.store.reader import LateReader

MOST_WAITING: Final = 200
"""Windows that are asked about; of more than the latest nobody waits for an answer any more."""
_MOST_HEARD: Final = 1000
_WAIT_S: Final = 0.25
_LEFT_ALONE_S: Final = 5.0
_SETTLED: Final = "analysis.settled"
_ANY: Final = frozenset({ANYTHING.kind, "incident.decided"})
"""Of these nobody says which window is meant."""
_IN_VAIN: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.OK})
"""What a server says of a window that it does not know, or as an older one; and an answer that can't be read."""
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Waiting:
    """A window whose second look is out.

    Attributes:
        since_mono_s: when the suspicion arose.
        due_mono_s: when it is asked for by the clock, None: no more.
        asked_mono_s: when it was asked for last, None: not yet.
        told: the server says that it is there.
        not_before_mono_s: the server failed to answer, and is left alone until then.
        over: nothing more will come of it, or the desk is told and has not written it down yet.
    """

    since_mono_s: float
    due_mono_s: float | None
    asked_mono_s: float | None = None
    told: bool = False
    not_before_mono_s: float = 0.0
    over: bool = False


class LateLooks:
    """Asks, and tells the desk. ``wake`` is for the desk: it has written something down; ``heard`` is for the listener.

    Args:
        hears: the server whose events come at present, or None.
    """

    def __init__(
        self,
        database: Path,
        link: ServerLink,
        hears: Callable[[], Endpoint | None],
        tell: Callable[[Message], None],
        sink: EventSink,
        clock: Clock,
    ) -> None:
        self.worker = Worker("late looks", self._step, sink, clock, on_stop=self._something_came)
        self._reader = LateReader(database)
        self._link = link
        self._hears = hears
        self._tell = tell
        self._clock = clock
        self._something = threading.Event()
        self._lock = threading.Lock()
        self._written = True  # what an earlier run left
        self._all_told = False
        self._settled: OrderedDict[WindowId, None] = OrderedDict()
        self._waiting: dict[WindowId, _Waiting] = {}

    def wake(self) -> None:
        """The desk has written something down."""
        with self._lock:
            self._written = True
        self._something_came()

    def heard(self, what: Heard) -> None:
        """The server has settled a window; after the decision about an incident, or when events were missed, any."""
        with self._lock:
            if what.kind in _ANY:
                self._all_told = True
            elif what.kind == _SETTLED:
                self._settled[WindowId(what.subject)] = None
                if len(self._settled) > _MOST_HEARD:
                    self._settled.popitem(last=False)
            else:
                return
        self._something_came()

    def close(self) -> None:
        """Close the books. Called after the worker has ended."""
        self._reader.close()

    def _something_came(self) -> None:
        self._something.set()

    def _step(self) -> None:
        self._something.wait(_WAIT_S)
        self._something.clear()
        with self._lock:
            written, self._written = self._written, False
        if written:
            try:
                self._look_into_the_books()
            except VigintError:  # what the desk has written is still to be read
                with self._lock:
                    self._written = True
                raise
        self._mark_told()
        endpoint = self._link.endpoint
        if endpoint is None or not endpoint.key:
            return
        for window_id, waiting in self._waiting.items():
            if self.worker.stopping.is_set():
                return
            if self._is_due(endpoint, waiting):
                self._ask(endpoint, window_id, waiting)

    def _look_into_the_books(self) -> None:
        """Which windows wait now; what is known of those that waited before stays."""
        now_s, now_mono_s = self._clock.wall(), self._clock.monotonic()
        # An incident may grow for as long again.
        undecided = self._reader.opened().undecided(now_s - 2 * LONGEST_S)
        open_windows = [
            (suspicion.window_id, suspicion.at_s)
            for incident in undecided
            for suspicion in incident.suspicions
            if suspicion.decision is Decision.PENDING and suspicion.at_s > now_s - LONGEST_S
        ]
        since_mono_s = {w: now_mono_s - max(0.0, now_s - at_s) for w, at_s in open_windows[-MOST_WAITING:]}
        self._waiting = {w: self._waiting.get(w) or _Waiting(at_s, at_s + FIRST_S) for w, at_s in since_mono_s.items()}

    def _mark_told(self) -> None:
        with self._lock:
            told = self._waiting.keys() if self._all_told else self._waiting.keys() & self._settled.keys()
            for window_id in told:
                self._waiting[window_id].told = True
                self._settled.pop(window_id, None)
            self._all_told = False

    def _is_due(self, endpoint: Endpoint, waiting: _Waiting) -> bool:
        now_s = self._clock.monotonic()
        if waiting.over or now_s < waiting.not_before_mono_s:
            return False
        if waiting.told:
            return True
        if waiting.due_mono_s is None:
            return False
        due_s = waiting.due_mono_s
        if waiting.asked_mono_s is not None and self._hears() == endpoint:
            due_s = max(
                due_s, waiting.asked_mono_s + EVERY_S
            )  # it will be told, and asked for once more in case it is not
        return now_s >= due_s

    def _ask(self, endpoint: Endpoint, window_id: WindowId, waiting: _Waiting) -> None:
        now_s = self._clock.monotonic()
        then_s = next_s(now_s - waiting.since_mono_s)
        waiting.due_mono_s = None if then_s is None else waiting.since_mono_s + then_s
        try:
            answer = self._link.analysis(endpoint, window_id)
            waiting.asked_mono_s, waiting.told = now_s, False
            if answer is not None and not answer.pending:
                waiting.over = True
                self._answered(window_id, answer)
        except ServerError as error:  # the monitor tells how the server is
            waiting.not_before_mono_s = now_s + _LEFT_ALONE_S
            waiting.over |= error.ours and error.status in _IN_VAIN
            _log.info("no second look at window %s yet: %s", window_id, error)

    def _answered(self, window_id: WindowId, answer: AnalysisResponse) -> None:
        """Tell the desk what came of the second look. Raises ServerError for an answer that is none."""
        if answer.second is not None:
            self._tell(Settled(window_id, outcome_of(answer.first), outcome_of(answer.second), calls_of(answer)))
