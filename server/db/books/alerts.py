"""What one client's recipients were told of its incidents, and what is put down to be told.

What is decided about one client is decided by one at a time, in however many processes: each decision begins by holding
the client's row (``EventBook.hold``).
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import ColumnElement, delete, func, or_, select, tuple_
from sqlalchemy.orm import Session

from server.db.books.events import EventBook
from server.db.books.recipients import RecipientBook
from server.db.database import Database
from server.db.tables import AlertItemRow, AlertRow, AlertState, ClientRow, EventKind, IncidentRow
from vigint_core.domain.alert import Channel, Fact, News, Recipient, Told, Waiting
from vigint_core.domain.incident import IncidentState
from vigint_core.domain.verdict import Severity
from vigint_core.wire import IncidentBody

_TOLD: Final = (AlertState.SENDING, AlertState.SENT)
_OPEN: Final = (AlertState.WAITING, AlertState.SENDING)


@dataclass(frozen=True, slots=True)
class ClientFacts:
    """What alerts need to know of a client."""

    name: str
    time_zone: str
    language: str


@dataclass(frozen=True, slots=True)
class Alert:
    """A delivery as the books hold it (``AlertRow``). Times are Unix seconds."""

    id: str
    recipient_id: str
    channel: Channel
    about: str
    due_s: float
    created_s: float
    state: AlertState = AlertState.WAITING
    round: int = 0
    composed_s: float | None = None
    finished_s: float | None = None
    message_id: str = ""
    follows: str = ""
    tries: int = 0
    failing_s: float | None = None
    code: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """An open delivery of any client, and the round of the workflow that attends to it."""

    client_id: str
    alert_id: str
    round: int
    due_s: float


@dataclass(frozen=True, slots=True)
class Standing:
    """How deliveries fare. Times are Unix seconds, None for never.

    Attributes:
        sent_s: of the last one that was taken.
        failing: the open one that has failed for longest.
        given_up: the one that was given up last.
        waiting: how many are open.
        due_s: of the oldest that is open.
    """

    sent_s: float | None
    failing: Alert | None
    given_up: Alert | None
    waiting: int
    due_s: float | None


_FIELDS: Final = tuple(Alert.__dataclass_fields__)
"""Every one has a column of the same name."""


class AlertDesk:
    """The alerts of one client within one transaction that holds the client: what is read stays true until its end."""

    def __init__(self, session: Session, client_id: str, recipients: RecipientBook, events: EventBook) -> None:
        self._session = session
        self._client_id = client_id
        self._recipients = recipients
        self._events = events

    def client(self) -> ClientFacts:
        """Whose alerts they are."""
        wanted = select(ClientRow.name, ClientRow.time_zone, ClientRow.language).where(ClientRow.id == self._client_id)
        return ClientFacts(*self._session.execute(wanted).one())

    def recipients(self) -> Sequence[Recipient]:
        """The client's own recipients."""
        return self._recipients.read(self._session)

    def facts(self, incident_ids: Sequence[str]) -> Mapping[str, Fact]:
        """How incidents stand now, by id; those that are erased are left out."""
        wanted = select(IncidentRow.id, IncidentRow.camera_id, IncidentRow.state, IncidentRow.severity).where(
            IncidentRow.client_id == self._client_id, IncidentRow.id.in_(incident_ids)
        )
        return {
            row.id: Fact(row.id, row.camera_id, IncidentState(row.state), Severity(row.severity))
            for row in self._session.execute(wanted)
        }

    def told(self, recipient_id: str, incident_ids: Sequence[str], since_s: float) -> Sequence[Told]:
        """What a recipient was told of these incidents ever, and of any after ``since_s``; oldest first."""
        ever_or_since = or_(AlertItemRow.incident_id.in_(incident_ids), AlertRow.composed_s > since_s)
        return self._items(recipient_id, AlertRow.state.in_(_TOLD), ever_or_since)

    def given_up(self, recipient_id: str, since_s: float) -> Sequence[Told]:
        """What a recipient was to be told after ``since_s`` and never will be; oldest first."""
        return self._items(recipient_id, AlertRow.state == AlertState.FAILED, AlertRow.composed_s > since_s)

    def _items(self, recipient_id: str, *which: ColumnElement[bool]) -> Sequence[Told]:
        wanted = (
            select(AlertItemRow, AlertRow.composed_s)
            .join(AlertRow, (AlertRow.client_id == AlertItemRow.client_id) & (AlertRow.id == AlertItemRow.alert_id))
            .where(AlertItemRow.client_id == self._client_id, AlertRow.recipient_id == recipient_id, *which)
            .order_by(AlertRow.composed_s, AlertItemRow.incident_id)
        )
        return [_told(item, composed_s or 0.0) for item, composed_s in self._session.execute(wanted)]

    def waiting(self, recipient_id: str) -> Sequence[Waiting]:
        """What is put down for a recipient and not put into words."""
        wanted = (
            select(AlertRow.id, AlertRow.about, AlertRow.due_s, AlertItemRow.incident_id, AlertItemRow.severity)
            .join(AlertItemRow, (AlertRow.client_id == AlertItemRow.client_id) & (AlertRow.id == AlertItemRow.alert_id))
            .where(AlertRow.client_id == self._client_id, AlertRow.recipient_id == recipient_id)
            .where(AlertRow.state == AlertState.WAITING)
        )
        found: dict[str, Waiting] = {}
        for alert_id, about, due_s, incident_id, severity in self._session.execute(wanted):
            earlier = found.get(alert_id, Waiting(alert_id, about, due_s, frozenset()))
            failed = {(incident_id, Severity(severity))} if severity else set()
            found[alert_id] = replace(
                earlier, incident_ids=earlier.incident_ids | {incident_id}, failed=earlier.failed | failed
            )
        return list(found.values())

    def get(self, alert_id: str) -> Alert | None:
        """One delivery."""
        row = self._session.get(AlertRow, (self._client_id, alert_id))
        return None if row is None else _alert(row)

    def put(self, alert: Alert) -> None:
        """Write a delivery over what was there; one that ended in SENT or FAILED is an event."""
        self._session.merge(AlertRow(client_id=self._client_id, **{name: getattr(alert, name) for name in _FIELDS}))
        self._session.flush()
        kind = {AlertState.SENT: EventKind.ALERT_SENT, AlertState.FAILED: EventKind.ALERT_FAILED}.get(alert.state)
        if kind is not None and alert.finished_s is not None:
            self._events.append(self._session, kind, alert.id, alert.finished_s)

    def add_item(self, alert_id: str, fact: Fact, news: News | None) -> None:
        """Have a delivery tell of an incident; with ``news`` None it is not put into words yet."""
        told = ("", "", "") if news is None else (news, fact.state, fact.severity)
        self._session.merge(
            AlertItemRow(
                client_id=self._client_id,
                alert_id=alert_id,
                incident_id=fact.incident_id,
                camera_id=fact.camera_id,
                news=told[0],
                state=told[1],
                severity=told[2],
            )
        )
        self._session.flush()

    def remove_item(self, alert_id: str, incident_id: str) -> None:
        """Have a delivery tell no more of an incident."""
        item = AlertItemRow
        mine = (item.client_id == self._client_id, item.alert_id == alert_id, item.incident_id == incident_id)
        self._session.execute(delete(AlertItemRow).where(*mine))

    def item_ids(self, alert_id: str) -> Sequence[str]:
        """The incidents of a delivery."""
        mine = (AlertItemRow.client_id == self._client_id, AlertItemRow.alert_id == alert_id)
        return self._session.scalars(
            select(AlertItemRow.incident_id).where(*mine).order_by(AlertItemRow.incident_id)
        ).all()

    def told_in(self, alert_id: str) -> Sequence[Told]:
        """What a delivery that is put into words tells."""
        mine = (AlertItemRow.client_id == self._client_id, AlertItemRow.alert_id == alert_id)
        rows = self._session.scalars(select(AlertItemRow).where(*mine).order_by(AlertItemRow.incident_id))
        return [_told(row, 0.0) for row in rows]

    def bodies(self, incident_ids: Sequence[str]) -> Mapping[str, IncidentBody]:
        """What the desks say of incidents, by id; those that are erased are left out."""
        wanted = select(IncidentRow.id, IncidentRow.body).where(
            IncidentRow.client_id == self._client_id, IncidentRow.id.in_(incident_ids)
        )
        return {row.id: IncidentBody.model_validate(row.body) for row in self._session.execute(wanted)}

    def message_ids(self, alert_ids: Sequence[str]) -> Mapping[str, str]:
        """What deliveries are called, by id."""
        wanted = select(AlertRow.id, AlertRow.message_id).where(
            AlertRow.client_id == self._client_id, AlertRow.id.in_(alert_ids)
        )
        return {row.id: row.message_id for row in self._session.execute(wanted)}


class AlertBook:
    """The alerts of one client."""

    def __init__(self, database: Database, client_id: str) -> None:
        self._database = database
        self._client_id = client_id
        self._events = EventBook(database, client_id)

    @contextmanager
    def deciding(self) -> Iterator[AlertDesk]:
        """A transaction in which nobody else decides about this client."""
        with self._database.writing() as session:
            self._events.hold(session)
            yield AlertDesk(session, self._client_id, RecipientBook(self._database, self._client_id), self._events)

    def standing(self, recipient_id: str) -> Standing:
        """How the deliveries to one recipient fare."""
        with self._database.reading() as session:
            mine = (AlertRow.client_id == self._client_id, AlertRow.recipient_id == recipient_id)
            return _standing(session, *mine)


def channel_standing(database: Database, channel: Channel) -> Standing:
    """How the deliveries over a channel fare. Of all clients, because they share the mail server."""
    with database.reading() as session:
        return _standing(session, AlertRow.channel == channel)


def open_alerts(database: Database, before_s: float, most: int, after: Due | None = None) -> Sequence[Due]:
    """Deliveries that were due before a Unix time and are not at their end, the longest due first; ``most`` of them.

    ``after``: only those that stand behind this one. Of all clients, because every process looks after everybody's.
    """
    order = (AlertRow.due_s, AlertRow.client_id, AlertRow.id)
    wanted = (
        select(AlertRow.client_id, AlertRow.id, AlertRow.round, AlertRow.due_s)
        .where(AlertRow.state.in_(_OPEN), AlertRow.due_s < before_s)
        .order_by(*order)
        .limit(most)
    )
    if after is not None:
        wanted = wanted.where(tuple_(*order) > (after.due_s, after.client_id, after.alert_id))
    with database.reading() as session:
        return [Due(*row) for row in session.execute(wanted)]


def failing_alerts(
    database: Database, channel: Channel, after_s: float, tried_before_s: float, most: int
) -> Sequence[Due]:
    """Deliveries over a channel that could not be sent and are tried again after a Unix time; ``most`` of them.

    Of all clients, those that fail for longest first. What was tried after ``tried_before_s`` is left out.
    """
    wanted = (
        select(AlertRow.client_id, AlertRow.id, AlertRow.round, AlertRow.due_s)
        .where(AlertRow.state == AlertState.WAITING, AlertRow.channel == channel)
        .where(AlertRow.failing_s.is_not(None), AlertRow.due_s > after_s, AlertRow.composed_s <= tried_before_s)
        .order_by(AlertRow.failing_s)
        .limit(most)
    )
    with database.reading() as session:
        return [Due(*row) for row in session.execute(wanted)]


def _standing(session: Session, *which: ColumnElement[bool]) -> Standing:
    sent = select(func.max(AlertRow.finished_s)).where(*which, AlertRow.state == AlertState.SENT)
    opened = select(func.count(), func.min(AlertRow.due_s)).where(*which, AlertRow.state.in_(_OPEN))
    failing = select(AlertRow).where(*which, AlertRow.state.in_(_OPEN), AlertRow.failing_s.is_not(None))
    given_up = select(AlertRow).where(*which, AlertRow.state == AlertState.FAILED)
    oldest = session.scalars(failing.order_by(AlertRow.failing_s).limit(1)).one_or_none()
    last = session.scalars(given_up.order_by(AlertRow.finished_s.desc()).limit(1)).one_or_none()
    waiting, due_s = session.execute(opened).one()
    return Standing(
        sent_s=session.scalar(sent),
        failing=None if oldest is None else _alert(oldest),
        given_up=None if last is None else _alert(last),
        waiting=waiting,
        due_s=due_s,
    )


def _told(row: AlertItemRow, at_s: float) -> Told:
    fact = Fact(row.incident_id, row.camera_id, IncidentState(row.state), Severity(row.severity))
    return Told(fact, News(row.news), at_s, row.alert_id)


def _alert(row: AlertRow) -> Alert:
    kept = {name: getattr(row, name) for name in _FIELDS}
    return Alert(**kept | {"channel": Channel(row.channel), "state": AlertState(row.state)})
