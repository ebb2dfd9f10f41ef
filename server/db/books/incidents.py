"""One client's incidents: written under the ids that its desks mint, decided by second looks, reviewed by people.

Every change counts the incident's version up and appends its event in the same transaction. Each begins by holding the
client's row (``EventBook.hold``): whether a second look is written before its incident or after it, one of the two
transactions sees both.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import Connection, Integer, Row, Select, bindparam, delete, select, tuple_
from sqlalchemy.orm import Session

from server.db.books.events import EventBook
from server.db.database import Database
from server.db.tables import AnalysisRow, EventKind, IncidentRow, IncidentWindowRow
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.incident import IncidentState
from vigint_core.domain.review import ReviewState
from vigint_core.domain.verdict import Severity
from vigint_core.wire import AnalysisResponse, IncidentBody, IncidentView, WireOutcome, WireReview

MOST_REVIEWS: Final = 50
"""That are kept of an incident."""
_BATCH: Final = 500  # windows in one statement


@dataclass(frozen=True, slots=True)
class Standing:
    """How an incident stands."""

    state: IncidentState
    severity: Severity


@dataclass(frozen=True, slots=True)
class Told:
    """Everything that the books know when an incident is to be decided.

    Attributes:
        body: what its desk says.
        kept: how it stood so far; None for a new one.
        grew: the desk tells of a window that it had not told of before.
        seconds: the second look at each of its windows, None where there is none (yet).
    """

    body: IncidentBody
    kept: Standing | None
    grew: bool
    seconds: Sequence[WireOutcome | None]


Fold = Callable[[Told], Standing]
_Listed = Row[float, str, str | None] | tuple[float, str, str | None]
"""When an incident was opened, its id, and how a list shows it."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a write made of an incident. ``before`` is None where it is new; ``changed`` is False for a mere repeat."""

    incident: IncidentView
    before: Standing | None
    changed: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which incidents to list: each field narrows it, an empty one does not.

    Attributes:
        most: at most so many.
        after: opened (Unix time) and id of the last one that was seen; the list goes on behind it.
        since_s, before_s: ``since_s <= opened < before_s``, Unix time.
    """

    most: int
    after: tuple[float, str] | None = None
    states: tuple[IncidentState, ...] = ()
    severities: tuple[Severity, ...] = ()
    reviews: tuple[ReviewState, ...] = ()
    camera_id: str = ""
    since_s: float | None = None
    before_s: float | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some of a list.

    Attributes:
        incidents: each as an ``IncidentView`` without its history, as JSON. It was proven and put into words when it
            was written, and is neither again: this is what every desk asks for all the time.
        last: opened (Unix time) and id of the last one, for ``Wanted.after``; None where none follows.
    """

    incidents: Sequence[str]
    last: tuple[float, str] | None


class IncidentBook:
    """The incidents of one client."""

    def __init__(self, database: Database, client_id: str) -> None:
        self._database = database
        self._client_id = client_id
        self._events = EventBook(database, client_id)

    def put(self, incident_id: str, body: IncidentBody, fold: Fold, now_s: float) -> Change:
        """Write what a desk says of its incident; ``fold`` decides how it stands."""
        sent = body.model_dump(mode="json")
        with self._database.writing() as session:
            self._events.hold(session)
            row = self._row(session, incident_id)
            known = set() if row is None else set(self._windows(session, incident_id))
            window_ids = dict.fromkeys(body.window_ids)
            before = None if row is None else _standing(row)
            told = Told(body, before, not known.issuperset(window_ids), self._seconds(session, window_ids))
            standing = fold(told)
            if row is not None and row.body == sent and before == standing:
                return Change(_view(row), before, changed=False)
            if row is None:
                row = IncidentRow(
                    client_id=self._client_id, id=incident_id, version=0, reviews=[], review_state=ReviewState.NEW,
                    locked=False,
                )  # fmt: skip
                session.add(row)
            row.camera_id, row.opened_s, row.body = body.camera_id, body.opened.timestamp(), sent
            self._stand(session, row, standing, EventKind.INCIDENT_PUT, now_s)
            session.flush()
            self._keep_windows(session, incident_id, known, window_ids)
            return Change(_view(row), before, changed=True)

    def decide(self, window_id: str, fold: Fold, now_s: float) -> Sequence[Change]:
        """What a second look at a window makes of the incidents that hold it: every one of them, changed or not."""
        with self._database.writing() as session:
            self._events.hold(session)
            return [self._decided(session, row, fold, now_s) for row in session.scalars(self._holding(window_id))]

    def review(
        self, incident_id: str, matches: Callable[[int], bool], review: Callable[[WireReview], WireReview], now_s: float
    ) -> IncidentView:
        """Replace what people say, if ``matches`` accepts the version in the books; what it was before stays readable.

        Raises VigintError: REQUEST_NOT_FOUND, REQUEST_VERSION_CONFLICT.
        """
        with self._database.writing() as session:
            self._events.hold(session)
            row = self._row(session, incident_id)
            if row is None:
                raise VigintError(Code.REQUEST_NOT_FOUND)
            if not matches(row.version):
                raise VigintError(Code.REQUEST_VERSION_CONFLICT)
            said = _review(row.reviews)
            wanted = review(said)
            if wanted == said:
                return _view(row)
            row.reviews = [*row.reviews, wanted.model_dump(mode="json")][-MOST_REVIEWS:]
            row.review_state, row.locked = wanted.state, wanted.locked
            self._stand(session, row, _standing(row), EventKind.INCIDENT_REVIEWED, now_s)
            return _view(row)

    def one(self, incident_id: str) -> IncidentView | None:
        """One incident with the reviews that are kept."""
        with self._database.reading() as session:
            row = self._row(session, incident_id)
            return None if row is None else _view(row)

    def page(self, wanted: Wanted, connection: Connection) -> Page:
        """Incidents, newest first, as ``connection`` (``Database.looking``) finds them."""
        given = {name: told for name, told in _given(wanted) if told or told == 0}
        rows = connection.execute(_page_asked(frozenset(given)), self._told(given, wanted)).all()
        found = rows[: wanted.most]
        older = self._older([incident_id for _, incident_id, shown in found if shown is None])
        incidents = [older[incident_id] if shown is None else shown for _, incident_id, shown in found]
        return Page(incidents, _last(rows, wanted.most))

    def page_at_hand(self, wanted: Wanted) -> Page | None:
        """The same, without waiting for anybody; None where the books are not at hand (``Database.at_hand``)."""
        given = {name: told for name, told in _given(wanted) if told or told == 0}
        if not _LISTS.isdisjoint(given):
            return None
        rows = self._database.at_hand(_page_asked(frozenset(given)), self._told(given, wanted))
        if rows is None:
            return None
        found = rows[: wanted.most]
        incidents = list(map(_SHOWN, found))
        return None if None in incidents else Page(incidents, _last(rows, wanted.most))

    def _told(self, given: Mapping[str, Any], wanted: Wanted) -> Mapping[str, Any]:
        """The parameters of a question for a page; one incident more tells whether another page follows."""
        return {**given, "client_id": self._client_id, "most": wanted.most + 1}

    def _older(self, ids: Sequence[str]) -> Mapping[str, str]:
        """How a list shows incidents that were written before that was kept."""
        if not ids:
            return {}
        mine = IncidentRow.client_id == self._client_id
        with self._database.reading() as session:
            found = session.scalars(select(IncidentRow).where(mine, IncidentRow.id.in_(ids)))
            return {row.id: _json(_document(row)) for row in found}

    def _row(self, session: Session, incident_id: str) -> IncidentRow | None:
        return session.get(IncidentRow, (self._client_id, incident_id))

    def _windows(self, session: Session, incident_id: str) -> Sequence[str]:
        window = IncidentWindowRow
        mine = (window.client_id == self._client_id, window.incident_id == incident_id)
        return session.scalars(select(window.window_id).where(*mine)).all()

    def _holding(self, window_id: str) -> Select[IncidentRow]:
        """The incidents of a window."""
        window = IncidentWindowRow
        held = select(window.incident_id).where(window.client_id == self._client_id, window.window_id == window_id)
        mine = IncidentRow.client_id == self._client_id
        return select(IncidentRow).where(mine, IncidentRow.id.in_(held)).order_by(IncidentRow.id)

    def _seconds(self, session: Session, window_ids: Iterable[str]) -> Sequence[WireOutcome | None]:
        """The second look at each window, as the analyses' answers hold it."""
        found: dict[str, WireOutcome | None] = {}
        row = AnalysisRow
        for some in _batches(list(window_ids)):
            found.update(dict.fromkeys(some))
            answered = (row.client_id == self._client_id, row.window_id.in_(some), row.answer.is_not(None))
            for window_id, answer in session.execute(select(row.window_id, row.answer).where(*answered)):
                if answer is not None:  # JSON's own null
                    found[window_id] = AnalysisResponse.model_validate(answer).second
        return list(found.values())

    def _decided(self, session: Session, row: IncidentRow, fold: Fold, now_s: float) -> Change:
        before = _standing(row)
        body = IncidentBody.model_validate(row.body)
        standing = fold(Told(body, before, grew=False, seconds=self._seconds(session, dict.fromkeys(body.window_ids))))
        if standing != before:
            self._stand(session, row, standing, EventKind.INCIDENT_DECIDED, now_s)
        return Change(_view(row), before, standing != before)

    def _stand(self, session: Session, row: IncidentRow, standing: Standing, kind: EventKind, now_s: float) -> None:
        row.state, row.severity, row.updated_s = standing.state, standing.severity, now_s
        row.version += 1
        row.shown = _json(_document(row))
        self._events.append(session, kind, row.id, now_s, row.version)

    def _keep_windows(
        self, session: Session, incident_id: str, known: set[str], window_ids: Mapping[str, object]
    ) -> None:
        window = IncidentWindowRow
        mine = (window.client_id == self._client_id, window.incident_id == incident_id)
        for some in _batches(sorted(known.difference(window_ids))):
            session.execute(delete(window).where(*mine, window.window_id.in_(some)))
        fresh = [each for each in window_ids if each not in known]
        if fresh:
            ids = {"client_id": self._client_id, "incident_id": incident_id}
            self._database.add_missing(session, window, [{**ids, "window_id": each} for each in fresh])


def _given(wanted: Wanted) -> Iterator[tuple[str, Any]]:
    """What narrows a list, by the name of its parameter."""
    yield "states", wanted.states
    yield "severities", wanted.severities
    yield "reviews", wanted.reviews
    yield "camera_id", wanted.camera_id
    yield "since_s", wanted.since_s
    yield "before_s", wanted.before_s
    if wanted.after is not None:
        yield "after_s", wanted.after[0]
        yield "after_id", wanted.after[1]


_SHOWN: Final[Callable[[_Listed], Any]] = itemgetter(2)
_LISTS: Final = frozenset(("states", "severities", "reviews"))
"""Parameters that are lists."""


def _last(rows: Sequence[_Listed], most: int) -> tuple[float, str] | None:
    """``Page.last`` of rows of which the first ``most`` are the page."""
    return (rows[most - 1][0], rows[most - 1][1]) if len(rows) > most else None


@cache
def _page_asked(given: frozenset[str]) -> Select[float, str, str | None]:
    """The question for a page that is narrowed by these parameters; made once for each set of them."""
    row = IncidentRow
    narrowed = {
        "states": row.state.in_(bindparam("states", expanding=True)),
        "severities": row.severity.in_(bindparam("severities", expanding=True)),
        "reviews": row.review_state.in_(bindparam("reviews", expanding=True)),
        "camera_id": row.camera_id == bindparam("camera_id"),
        "since_s": row.opened_s >= bindparam("since_s"),
        "before_s": row.opened_s < bindparam("before_s"),
        "after_s": tuple_(row.opened_s, row.id)
        < tuple_(bindparam("after_s", type_=row.opened_s.type), bindparam("after_id", type_=row.id.type)),
    }
    asked = select(row.opened_s, row.id, row.shown)
    asked = asked.where(
        row.client_id == bindparam("client_id"), *(narrowed[name] for name in sorted(given & set(narrowed)))
    )
    return asked.order_by(row.opened_s.desc(), row.id.desc()).limit(bindparam("most", type_=Integer))


def _batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH))


def _standing(row: IncidentRow) -> Standing:
    return Standing(IncidentState(row.state), Severity(row.severity))


def _review(reviews: Sequence[Mapping[str, Any]]) -> WireReview:
    """The review that counts."""
    return WireReview.model_validate(reviews[-1]) if reviews else WireReview()


def reviewed_at(now_s: float) -> datetime:
    """A time of the books as the wire tells it."""
    return datetime.fromtimestamp(now_s, UTC)


_UNREVIEWED: Final = WireReview().model_dump(mode="json")


def _document(row: IncidentRow) -> dict[str, Any]:
    """An incident as an ``IncidentView`` without its history."""
    review = row.reviews[-1] if row.reviews else _UNREVIEWED
    told = {"id": row.id, "state": row.state, "severity": row.severity, "version": row.version, "review": review}
    return {**row.body, **told}


def _json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _view(row: IncidentRow) -> IncidentView:
    return IncidentView.model_validate({**_document(row), "reviews": row.reviews})
