"""The reviewer: brings to the server what people at this desk say of incidents, until it has an answer to each.

It lies in the books until then, so it survives restarts and outages. What somebody else has said meanwhile is never
overwritten: the person is told, and decides.
"""

import logging
import random
import threading
from collections.abc import Callable, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Final

from vigint_core.domain.fault import Code
from vigint_core.domain.ids import IncidentId
from vigint_core.domain.review import Review
from vigint_core.policy.retry import BackOff
from vigint_core.policy.reviewing import contested
from vigint_core.ports import Clock, EventSink
from vigint_desktop.pipeline.listener import ANYTHING, Heard
from vigint_desktop.pipeline.messages import Message, ReviewAnswered
from vigint_desktop.pipeline.reserve import Reserve
from vigint_desktop.pipeline.server_incidents import ServerIncidents, review_of
from vigint_desktop.pipeline.server_link import Endpoint, ServerError, ServerLink
from vigint_desktop.pipeline.worker import Worker
from vigint_desktop.store.reader import LateReader, Reader, WaitingReview

_BATCH: Final = 50
"""Reviews that are looked at in one round, the oldest."""
_WAIT_S: Final = 0.25
_IDLE_S: Final = 1.0
"""Between two looks into the books; the desk wakes us for what is new."""
_MOST_TRIES: Final = 3
"""In a row, where somebody else changes the incident between reading and writing; then it has time."""
_MOST_DELAY_S: Final = 60.0
_FORGET_S: Final = 30.0
"""The desk writes an answer down long before; after that a review that still waits is sent again, which is harmless."""
_MOST_OUTBOX: Final = 1000
_MAY_NOT: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.METHOD_NOT_ALLOWED})
_REFUSED: Final = frozenset(
    {HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY}
)
_log = logging.getLogger(__name__)


class Reviewer:
    """Sends reviews, the oldest first, one at a time.

    ``wake`` is for the desk: it has written one down; ``heard`` is for the listener.
    """

    def __init__(
        self, database: Path, link: ServerLink, tell: Callable[[Message], None], sink: EventSink, clock: Clock
    ) -> None:
        self.worker = Worker("reviewer", self._step, sink, clock, on_stop=self.wake)
        self._reader = LateReader(database)
        self._link = link
        self._tell = tell
        self._clock = clock
        self._something = threading.Event()
        self._idle_until_mono_s = 0.0
        self._back_off = BackOff(first_s=1.0, most_s=_MOST_DELAY_S)
        self._endpoint: Endpoint | None = None
        self._reserve = Reserve(clock, _MOST_DELAY_S)
        self._later: dict[IncidentId, tuple[int, float]] = {}
        self._answered: dict[IncidentId, tuple[WaitingReview, float]] = {}
        self._unwelcome: Code | None = None
        self._told: dict[IncidentId, WaitingReview] = {}

    def wake(self) -> None:
        """There may be something to send."""
        self._something.set()

    def heard(self, what: Heard) -> None:
        """Where the server is there again, nothing waits any longer."""
        if what == ANYTHING and self._unwelcome is None:
            self._reserve.end()
            self.wake()

    def close(self) -> None:
        """Close the books. Called after the worker has ended."""
        self._reader.close()

    def _step(self) -> None:
        woken = self._something.wait(_WAIT_S)
        self._something.clear()
        now_s = self._clock.monotonic()
        if not woken and now_s < self._idle_until_mono_s:
            return
        self._idle_until_mono_s = now_s + _IDLE_S
        reader = self._reader.opened()
        waiting = reader.waiting_reviews(_BATCH)
        self._remember_only(waiting)
        endpoint = self._link.endpoint
        if not waiting or endpoint is None or not endpoint.key:
            return
        if endpoint != self._endpoint:
            self._turn_to(endpoint)
        if self._reserve.holds(endpoint):
            self._tell_why(waiting)
            return
        self._unwelcome = None
        for review in waiting:
            if self.worker.stopping.is_set():
                return
            if self._is_due(review) and not self._send(endpoint, reader, review):
                self._tell_why(waiting)
                return

    def _remember_only(self, waiting: Sequence[WaitingReview]) -> None:
        """Forget what the desk has written down meanwhile."""
        ids = {each.incident_id for each in waiting}
        self._later = {name: when for name, when in self._later.items() if name in ids}
        self._answered = {name: what for name, what in self._answered.items() if name in ids}
        self._told = {name: what for name, what in self._told.items() if name in ids}

    def _turn_to(self, endpoint: Endpoint) -> None:
        """Another server, or another key, has other answers."""
        self._endpoint = endpoint
        self._reserve.end()
        self._reserve.answered()
        self._unwelcome = None
        self._later.clear()
        self._told.clear()

    def _is_due(self, review: WaitingReview) -> bool:
        now_s = self._clock.monotonic()
        answered, until_s = self._answered.get(review.incident_id, (None, 0.0))
        if answered == review and now_s < until_s:
            return False
        return now_s >= self._later.get(review.incident_id, (0, 0.0))[1]

    def _send(self, endpoint: Endpoint, reader: Reader, review: WaitingReview) -> bool:
        """Bring one review to the server; False where the server can't be asked about any now."""
        try:
            self._bring(ServerIncidents(self._link, endpoint), review)
        except ServerError as error:
            return self._failed(endpoint, reader, review, error)
        self._reserve.answered()
        return True

    def _bring(self, incidents: ServerIncidents, waiting: WaitingReview) -> None:
        """Read the incident and lay the review over it. Raises ServerError."""
        for _ in range(_MOST_TRIES):
            view = incidents.one(waiting.incident_id)
            current = review_of(view.review)
            if contested(waiting.seen, current, waiting.change):
                self._answer(waiting, current, Code.REVIEW_CONTESTED)
                return
            try:
                view = incidents.review(waiting.incident_id, view.version, waiting.change)
            except ServerError as error:
                if error.status != HTTPStatus.PRECONDITION_FAILED:
                    raise
            else:
                self._answer(waiting, review_of(view.review))
                return
        self._put_off(waiting.incident_id)

    def _failed(self, endpoint: Endpoint, reader: Reader, review: WaitingReview, error: ServerError) -> bool:
        """Decide what becomes of a review that the server has not taken; False where no other one fares better."""
        if error.status == HTTPStatus.NOT_FOUND:
            self._without_incident(reader, review)
        elif error.status in _REFUSED:
            self._answer(review, None, error.code)
        else:
            self._leave_alone(endpoint, error)
            return False
        return True

    def _without_incident(self, reader: Reader, review: WaitingReview) -> None:
        """There is no such incident: this desk has still to bring it there, or it was erased."""
        incident_id = review.incident_id
        if reader.own([incident_id]):
            to_come = any(entry.incident.id == incident_id for entry in reader.outbox(_MOST_OUTBOX))
            if to_come or incident_id not in self._later:  # it may have gone out between the question and this look
                self._put_off(incident_id)
                return
        self._answer(review, None, Code.REVIEW_NO_INCIDENT)

    def _leave_alone(self, endpoint: Endpoint, error: ServerError) -> None:
        """Ask nothing for a while: the server is away, has too much to do, or does not let this key review."""
        unwelcome = error.status in _MAY_NOT or error.code in {Code.SERVER_NOT_VIGINT, Code.AUTH_INVALID_KEY}
        if unwelcome:
            self._unwelcome = error.code
        if self._reserve.failed(endpoint, error, lasting=unwelcome):
            _log.info("reviews wait: %s", error)

    def _tell_why(self, waiting: Sequence[WaitingReview]) -> None:
        """Say of each review once why this server does not take it from this key."""
        if self._unwelcome is None:
            return
        for review in waiting:
            if self._told.get(review.incident_id) != review:
                self._told[review.incident_id] = review
                self._tell(ReviewAnswered(review.incident_id, review.change, code=self._unwelcome, waits=True))

    def _put_off(self, incident_id: IncidentId) -> None:
        failures = self._later.get(incident_id, (0, 0.0))[0] + 1
        delay_s = self._back_off.delay_s(failures, random.random())  # noqa: S311 - jitter
        self._later[incident_id] = (failures, self._clock.monotonic() + delay_s)

    def _answer(self, waiting: WaitingReview, review: Review | None, code: Code | None = None) -> None:
        self._answered[waiting.incident_id] = (waiting, self._clock.monotonic() + _FORGET_S)
        self._later.pop(waiting.incident_id, None)
        self._tell(ReviewAnswered(waiting.incident_id, waiting.change, review, code))
