"""The reviewer: brings to the server what people at this desk say of incidents, until it has an answer to each.

It lies in the books until then, so it survives restarts and outages. What somebody else has said meanwhile is never
overwritten: the person is told, and decides.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from http import HTTPStatus
from itertools import islice
from pathlib import Path
from typing import Final

from vigint_core.domain.fault import Code
from vigint_core.domain.ids import IncidentId
from vigint_core.domain.review import Review, ReviewChange
from vigint_core.policy.reviewing import contested
from vigint_core.ports import Clock, EventSink
from vigint_desktop.pipeline.listener import ANYTHING, Heard
from vigint_desktop.pipeline.messages import Message, ReviewAnswered
from vigint_desktop.pipeline.reserve import Reserve, has_none
from vigint_desktop.pipeline.review_turns import MOST_DELAY_S, ReviewTurns
from vigint_desktop.pipeline.server_incidents import ServerIncidents, review_of
from vigint_desktop.pipeline.server_link import Endpoint, ServerError, ServerLink
from vigint_desktop.pipeline.worker import Worker
from vigint_desktop.store.reader import LateReader, Reader, WaitingReview

_BATCH: Final = 50
"""Reviews that are sent, or spoken of, in one round."""
_MOST_WAITING: Final = 10_000
"""Reviews among which is chosen, the oldest; people say less in years."""
_WAIT_S: Final = 0.25
_IDLE_S: Final = 1.0
"""Between two looks into the books; the desk wakes us for what is new."""
_MOST_TRIES: Final = 3
"""In a row, where somebody else changes the incident between reading and writing; then it has time."""
_FORGET_S: Final = 30.0
"""The desk writes an answer down long before; after that a review that still waits is sent again, which is harmless."""
_AWAY: Final = frozenset(
    {
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)
_REFUSED: Final = frozenset(
    {HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY}
)
_log = logging.getLogger(__name__)


class Reviewer:
    """Sends reviews one at a time: what was never tried first, the oldest of it.

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
        self._endpoint: Endpoint | None = None
        self._reserve = Reserve(clock, MOST_DELAY_S)
        self._turns = ReviewTurns(clock)
        self._waiting: dict[IncidentId, float] = {}  # and since when, oldest first
        self._answered: dict[IncidentId, tuple[ReviewChange, Review, float]] = {}  # what, as it was seen; until when
        self._sent: dict[IncidentId, ReviewChange] = {}  # the desk may not have written it down yet
        self._anew = False
        self._unwelcome: Code | None = None
        self._doubted: IncidentId | None = None  # failed, with no other one since: nobody knows whose fault it is
        self._told: dict[IncidentId, tuple[float, Code]] = {}

    def wake(self) -> None:
        """There may be something to send."""
        self._something.set()

    def heard(self, what: Heard) -> None:
        """Where the server is there again, nothing waits any longer."""
        if what == ANYTHING and self._unwelcome is None:
            self._reserve.end()
            self._anew = True
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
        self._waiting = dict(reader.waiting_reviews(_MOST_WAITING))
        self._remember_only_waiting()
        endpoint = self._link.endpoint
        if not self._waiting or endpoint is None or not endpoint.key:
            return
        if endpoint != self._endpoint:
            self._turn_to(endpoint)
        if not self._reserve.holds(endpoint):
            self._unwelcome = None
            self._send_some(endpoint, reader)
        if self._unwelcome is not None:
            self._tell_why_none(reader, self._unwelcome)

    def _remember_only_waiting(self) -> None:
        """Forget what the desk has written down meanwhile, and what came of tries before the server was there again."""
        if self._anew:
            self._anew = False
            self._turns.begin_anew()
        self._turns.keep_only(self._waiting)
        if self._doubted not in self._waiting:
            self._doubted = None
        for memory in (self._answered, self._sent, self._told):
            for gone in memory.keys() - self._waiting.keys():
                del memory[gone]

    def _turn_to(self, endpoint: Endpoint) -> None:
        """Another server, or another key, has other answers."""
        self._endpoint = endpoint
        self._reserve.end()
        self._has_answered()
        self._unwelcome = None
        self._turns.begin_anew()
        self._told.clear()

    def _send_some(self, endpoint: Endpoint, reader: Reader) -> None:
        for review in islice(self._due(reader), _BATCH):
            if self.worker.stopping.is_set() or not self._send(endpoint, reader, review):
                return

    def _due(self, reader: Reader) -> Iterator[WaitingReview]:
        """Each is read when its turn has come: somebody may have said more meanwhile."""
        for incident_id in self._turns.due(self._waiting):
            review = reader.waiting_review(incident_id)
            if review is not None and not self._is_answered(review):
                yield review

    def _is_answered(self, review: WaitingReview) -> bool:
        """Whether the desk has yet to write down the answer to just this."""
        *answered, until_s = self._answered.get(review.incident_id, (None, None, 0.0))
        return answered == [review.change, review.seen] and self._clock.monotonic() < until_s

    def _send(self, endpoint: Endpoint, reader: Reader, review: WaitingReview) -> bool:
        """Bring one review to the server; False where the server is to be left alone."""
        to_come = reader.is_outgoing(review.incident_id)  # asked first: it may go out any moment
        try:
            self._bring(ServerIncidents(self._link, endpoint), review)
        except ServerError as error:
            if not _is_final(error):
                return self._failed(endpoint, review, error)
            if error.status != HTTPStatus.NOT_FOUND:
                self._answer(review, None, error.code)
            elif to_come:
                self._turns.put_off(review.incident_id)
            else:
                self._answer(review, None, Code.REVIEW_NO_INCIDENT)
        self._has_answered()
        return True

    def _bring(self, incidents: ServerIncidents, waiting: WaitingReview) -> None:
        """Read the incident and lay the review over it. Raises ServerError."""
        for _ in range(_MOST_TRIES):
            view = incidents.one(waiting.incident_id)
            current = review_of(view.review)
            if contested(waiting.seen, current, waiting.change, self._tried(waiting)):
                self._answer(waiting, current, Code.REVIEW_CONTESTED)
                return
            self._note(waiting)
            try:
                view = incidents.review(waiting.incident_id, view.version, waiting.change)
            except ServerError as error:
                if error.status != HTTPStatus.PRECONDITION_FAILED:
                    raise
            else:
                self._answer(waiting, review_of(view.review))
                return
        self._turns.put_off(waiting.incident_id)

    def _tried(self, waiting: WaitingReview) -> tuple[ReviewChange, ...]:
        """What this desk has said of it to the server: what the books know, and what was sent last."""
        sent = self._sent.get(waiting.incident_id)
        return waiting.tried if sent is None else (*waiting.tried, sent)

    def _note(self, waiting: WaitingReview) -> None:
        """Have it written down before it goes out: whatever becomes of the answer, the desk knows its own word."""
        if waiting.change not in self._tried(waiting):
            self._sent[waiting.incident_id] = waiting.change
            self._tell(ReviewAnswered(waiting.incident_id, waiting.change, waits=True, begun=True))

    def _failed(self, endpoint: Endpoint, review: WaitingReview, error: ServerError) -> bool:
        """Let a review go on waiting; True where another one may fare better."""
        if _is_of_all(error):
            self._turns.tried(review.incident_id)
            self._leave_alone(endpoint, error)
            return False
        self._turns.put_off(review.incident_id)
        if error.code is Code.SERVER_NOT_VIGINT:
            self._tell_why(review, error.code)
        if self._doubted is None or self._doubted == review.incident_id:
            self._doubted = review.incident_id
            return True
        self._leave_alone(endpoint, error)  # two of them: it is the server
        return False

    def _has_answered(self) -> None:
        """The server does what it should: what failed before was not its fault."""
        self._reserve.answered()
        self._doubted = None

    def _leave_alone(self, endpoint: Endpoint, error: ServerError) -> None:
        """Ask nothing for a while: the server is away, has too much to do, or does not let this key review."""
        lasting = has_none(error)
        if lasting:
            self._unwelcome = error.code
        if self._reserve.failed(endpoint, error, lasting=lasting):
            _log.info("reviews wait: %s", error)

    def _tell_why_none(self, reader: Reader, code: Code) -> None:
        """Say of each review once why this server does not take it from this key."""
        untold = (name for name, asked_s in self._waiting.items() if self._told.get(name) != (asked_s, code))
        for incident_id in list(islice(untold, _BATCH)):
            review = reader.waiting_review(incident_id)
            if review is not None:
                self._tell_why(review, code)

    def _tell_why(self, review: WaitingReview, code: Code) -> None:
        why = (self._waiting[review.incident_id], code)
        if self._told.get(review.incident_id) != why:
            self._told[review.incident_id] = why
            self._tell(ReviewAnswered(review.incident_id, review.change, code=code, waits=True))

    def _answer(self, waiting: WaitingReview, review: Review | None, code: Code | None = None) -> None:
        until_s = self._clock.monotonic() + _FORGET_S
        self._answered[waiting.incident_id] = (waiting.change, waiting.seen, until_s)
        self._turns.forget(waiting.incident_id)
        self._tell(ReviewAnswered(waiting.incident_id, waiting.change, review, code))


def _is_final(error: ServerError) -> bool:
    """Whether the server itself has decided about this review: no repeat changes that."""
    no_incident = error.status == HTTPStatus.NOT_FOUND and error.code is Code.REQUEST_NOT_FOUND
    return error.ours and (no_incident or error.status in _REFUSED)


def _is_of_all(error: ServerError) -> bool:
    """Whether it would be the same for every review: nobody there, too much to do, or nothing for this key."""
    away = not error.status or error.status in _AWAY or error.retry_after_s is not None
    return away or (has_none(error) and error.status != HTTPStatus.OK)
