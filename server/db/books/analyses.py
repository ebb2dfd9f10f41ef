"""One client's windows: claimed by whoever looks, answered once, and handed to durable work where a look is still out.

A claim is a request's, or durable work's. A request's runs out, because requests die with their process; durable work's
does not, because it goes on in another one. Whoever settles a window does it with the mark of its claim, in one
transaction with the ledger: done twice it is done once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select, tuple_, update
from sqlalchemy.orm import Session

from server.db.books.calls import WindowEntry, add_calls
from server.db.books.events import EventBook
from server.db.database import Database
from server.db.tables import AnalysisRow, EventKind
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.verdict import Call
from vigint_core.wire import AnalysisRequest, AnalysisResponse, WireCall


class Stage(StrEnum):
    """Which look durable work is about."""

    NONE = ""
    FIRST = "first"
    SECOND = "second"


@dataclass(frozen=True, slots=True)
class Claimed:
    """The request may look, alone, until its lease ends. ``earlier`` is the answer of a look that failed in part."""

    mark: str
    earlier: AnalysisResponse | None


@dataclass(frozen=True, slots=True)
class Answered:
    """The window has its final answer."""

    answer: AnalysisResponse


@dataclass(frozen=True, slots=True)
class UnderWay:
    """Durable work is done for the window. ``answer`` is what is known so far, None before the first look."""

    answer: AnalysisResponse | None


@dataclass(frozen=True, slots=True)
class InHand:
    """Another request is looking; its claim is void ``for_s`` seconds from now at the latest."""

    for_s: float


@dataclass(frozen=True, slots=True)
class Differs:
    """The books hold another window under this id."""


@dataclass(frozen=True, slots=True)
class Work:
    """Durable work for a window.

    Attributes:
        attempt: counts from 1; part of the name of the workflow, so that a new attempt is a new one.
        begun_s: Unix time.
        answer: what is known so far, None before the first look.
    """

    client_id: str
    entry: WindowEntry
    request: AnalysisRequest
    stage: Stage
    attempt: int
    begun_s: float
    answer: AnalysisResponse | None

    @property
    def mark(self) -> str:
        """The mark of its claim."""
        return mark_of(self.attempt)


ClaimResult = Claimed | Answered | UnderWay | InHand | Differs


class AnalysisBook:
    """The windows of one client."""

    def __init__(self, database: Database, client_id: str) -> None:
        self._database = database
        self._client_id = client_id
        self._events = EventBook(database, client_id)

    def claim(self, entry: WindowEntry, mark: str, now_s: float, lease_s: float) -> ClaimResult:
        """Ask to look at a window: at most one request at a time gets ``Claimed``, in however many processes."""
        with self._database.writing() as session:
            row = self._locked(session, entry.window_id)
            if row is None:
                self._database.add_missing(session, AnalysisRow, [self._new_row(entry)])
                row = self._locked(session, entry.window_id)
            if row is None:
                raise VigintError(Code.SERVER_STORAGE, "a window that was written is not there")
            refusal = _refusal(row, entry, now_s)
            if refusal is not None:
                return refusal
            row.claim, row.claimed_until_s = mark, now_s + lease_s
            return Claimed(mark, _answer(row))

    def release(self, window_id: str, mark: str) -> None:
        """Give a claim back without an answer; the window may be asked again at once."""
        with self._database.writing() as session:
            session.execute(
                update(AnalysisRow)
                .where(AnalysisRow.client_id == self._client_id)
                .where(AnalysisRow.window_id == window_id, AnalysisRow.claim == mark)
                .values(claim="", claimed_until_s=0.0)
            )

    def settle(self, entry: WindowEntry, mark: str, answer: AnalysisResponse, final: bool, now_s: float) -> None:
        """Write an answer and its calls. The calls are written in any case, the answer only while the claim is ours.

        For requests: each asks once, so each has calls of its own.
        """
        with self._database.writing() as session:
            row = self._held(session, entry.window_id, mark)
            if row is not None:
                _close(row, answer, final)
            self._book(session, entry, answer.calls, now_s)

    def stage(
        self, entry: WindowEntry, mark: str, request: AnalysisRequest, answer: AnalysisResponse | None, now_s: float
    ) -> Work | None:
        """Hand a claimed window over to durable work, with the answer of a first look that was made now, and its calls.

        ``answer`` None: what the books hold is kept, and the work is about the look that it lacks. Returns None where
        the claim is another's by now; the calls are written all the same.
        """
        with self._database.writing() as session:
            row = self._held(session, entry.window_id, mark)
            if answer is not None:
                self._book(session, entry, answer.calls, now_s)
            if row is None:
                return None
            if answer is not None:
                row.answer = answer.model_dump(mode="json")
            known = _answer(row)
            suspected = known is not None and known.first.outcome == "suspected"
            row.stage = Stage.SECOND if suspected else Stage.FIRST
            row.request, row.final = request.model_dump(mode="json"), False
            _begin(row, now_s)
            return _work(row)

    def settle_first(self, work: Work, answer: AnalysisResponse, done: bool, final: bool, now_s: float) -> None:
        """Write the first look of durable work, with its calls; unless ``done``, the second one comes next.

        Does nothing where it was done before, or another attempt has the window.
        """
        with self._database.writing() as session:
            self._events.hold(session)
            row = self._held(session, work.entry.window_id, work.mark)
            if row is None or row.stage != Stage.FIRST:
                return
            if done:
                self._end(session, row, answer, final, now_s)
            else:
                row.answer, row.stage = answer.model_dump(mode="json"), Stage.SECOND
            self._book(session, work.entry, answer.calls, now_s)

    def settle_second(
        self, work: Work, answer: AnalysisResponse, calls: Sequence[WireCall], final: bool, now_s: float
    ) -> None:
        """Write the second look of durable work, with its calls, and end the work.

        Does nothing where it was done before, or another attempt has the window.
        """
        with self._database.writing() as session:
            self._events.hold(session)
            row = self._held(session, work.entry.window_id, work.mark)
            if row is None:
                return
            self._end(session, row, answer, final, now_s)
            self._book(session, work.entry, calls, now_s)

    def begin_again(self, work: Work, now_s: float) -> Work | None:
        """A new attempt, for work whose workflow failed; None where somebody else has seen to it."""
        with self._database.writing() as session:
            row = self._held(session, work.entry.window_id, work.mark)
            if row is None:
                return None
            _begin(row, now_s)
            return _work(row)

    def work(self, window_id: str) -> Work | None:
        """The durable work that is done for a window, or None."""
        with self._database.reading() as session:
            row = session.get(AnalysisRow, (self._client_id, window_id))
            return None if row is None or row.request is None or not row.stage else _work(row)

    def look_up(self, window_id: str, now_s: float) -> Answered | UnderWay | None:
        """What is known about a window: None where it is not, or where nobody looks and nobody could say anything.

        ``Answered`` also holds an answer that is not final, while nobody asks again.
        """
        with self._database.reading() as session:
            row = session.get(AnalysisRow, (self._client_id, window_id))
            if row is None:
                return None
            answer = _answer(row)
            if row.stage or (row.claim and row.claimed_until_s > now_s):
                return UnderWay(answer)
            return None if answer is None else Answered(answer)

    def _end(self, session: Session, row: AnalysisRow, answer: AnalysisResponse, final: bool, now_s: float) -> None:
        """Durable work has its answer: whoever asked and went away is told that it is there."""
        _close(row, answer, final)
        self._events.append(session, EventKind.ANALYSIS_SETTLED, row.window_id, now_s)

    def _held(self, session: Session, window_id: str, mark: str) -> AnalysisRow | None:
        """The row of a window, for this transaction alone, if the claim is that of ``mark``."""
        row = self._locked(session, window_id)
        return row if row is not None and row.claim == mark else None

    def _locked(self, session: Session, window_id: str) -> AnalysisRow | None:
        return session.get(AnalysisRow, (self._client_id, window_id), with_for_update=True)

    def _book(self, session: Session, entry: WindowEntry, calls: Sequence[WireCall], now_s: float) -> None:
        add_calls(session, self._client_id, entry, (Call(**call.model_dump()) for call in calls), now_s)

    def _new_row(self, entry: WindowEntry) -> Mapping[str, object]:
        return {
            "client_id": self._client_id,
            "window_id": entry.window_id,
            "fingerprint": entry.fingerprint,
            "camera_id": entry.camera_id,
            "camera_name": entry.camera_name,
            "start_s": entry.start_s,
            "end_s": entry.end_s,
            "claim": "",
            "claimed_until_s": 0.0,
            "final": False,
        }


def mark_of(attempt: int) -> str:
    """The mark of durable work's claim; a request's is a random one of 32 digits."""
    return f"work-{attempt}"


def unsettled_work(database: Database, before_s: float, most: int, after: Work | None = None) -> Sequence[Work]:
    """Durable work that was begun before a time and has not ended, oldest first; ``after``: only what is behind this.

    Of all clients: whoever finds that its process died before the workflow began, begins it.
    """
    order = (AnalysisRow.staged_s, AnalysisRow.client_id, AnalysisRow.window_id)
    wanted = select(AnalysisRow).where(AnalysisRow.staged_s < before_s).order_by(*order).limit(most)
    if after is not None:
        wanted = wanted.where(tuple_(*order) > (after.begun_s, after.client_id, after.entry.window_id))
    with database.reading() as session:
        return [_work(row) for row in session.scalars(wanted)]


def _refusal(row: AnalysisRow, entry: WindowEntry, now_s: float) -> Answered | UnderWay | InHand | Differs | None:
    """Why the window must not be looked at now, or None."""
    if row.fingerprint != entry.fingerprint:
        return Differs()
    answer = _answer(row)
    if row.final and answer is not None:
        return Answered(answer)
    if row.stage:
        return UnderWay(answer)
    if row.claim and row.claimed_until_s > now_s:
        return InHand(row.claimed_until_s - now_s)
    return None


def _begin(row: AnalysisRow, now_s: float) -> None:
    row.attempt += 1
    row.claim, row.claimed_until_s, row.staged_s = mark_of(row.attempt), 0.0, now_s


def _close(row: AnalysisRow, answer: AnalysisResponse, final: bool) -> None:
    row.claim, row.claimed_until_s, row.answer, row.final = "", 0.0, answer.model_dump(mode="json"), final
    row.stage, row.staged_s, row.request = Stage.NONE, None, None


def _work(row: AnalysisRow) -> Work:
    entry = WindowEntry(row.window_id, row.fingerprint, row.camera_id, row.camera_name, row.start_s, row.end_s)
    request = AnalysisRequest.model_validate(row.request)
    return Work(row.client_id, entry, request, Stage(row.stage), row.attempt, row.staged_s or 0.0, _answer(row))


def _answer(row: AnalysisRow) -> AnalysisResponse | None:
    return None if row.answer is None else AnalysisResponse.model_validate(row.answer)
