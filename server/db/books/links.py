"""A client's links: who may see one of its incidents without a key, and how often somebody did."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from server.db.books.events import EventBook
from server.db.database import Database
from server.db.tables import ClientRow, EventKind, IncidentRow, LinkRight, LinkRow
from vigint_core.domain.fault import Code, VigintError

BY_ALERT: Final = "alert"
"""Who made a link that stands in an alert."""
MOST_OVER: Final = 200
"""Links of one incident that are good no more and still known; the oldest of those that are over go first."""


@dataclass(frozen=True, slots=True)
class LinkEntry:
    """A link as the books hold it (``LinkRow``). Times are Unix seconds."""

    id: str
    incident_id: str
    rights: LinkRight
    created_s: float
    expires_s: float
    made_by: str
    revoked_s: float | None = None
    fetched: int = 0
    opened: int = 0
    last_opened_s: float | None = None


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose link it is. ``time_zone`` is an IANA name."""

    client_id: str
    name: str
    time_zone: str
    language: str


class LinkBook:
    """The links of one client."""

    def __init__(self, database: Database, client_id: str) -> None:
        self._database = database
        self._client_id = client_id
        self._events = EventBook(database, client_id)

    def add(self, entry: LinkEntry, most_live: int | None = None) -> bool:
        """Write a new link down; False where the client has no such incident.

        Raises VigintError(LINK_TOO_MANY) where the incident has ``most_live`` good links already beside those that
        stand in alerts.
        """
        wanted = (
            select(IncidentRow.id)
            .where(IncidentRow.client_id == self._client_id, IncidentRow.id == entry.incident_id)
            .with_for_update(read=True, key_share=True)
        )
        live = and_(LinkRow.revoked_s.is_(None), LinkRow.expires_s > entry.created_s)
        with self._database.writing() as session:
            self._events.hold(session)
            if session.scalar(wanted) is None:
                return False
            self._forget_old(session, entry, live)
            if most_live is not None and self._count(session, entry.incident_id, live) >= most_live:
                raise VigintError(Code.LINK_TOO_MANY)
            session.add(
                LinkRow(
                    client_id=self._client_id,
                    id=entry.id,
                    incident_id=entry.incident_id,
                    rights=entry.rights,
                    created_s=entry.created_s,
                    expires_s=entry.expires_s,
                    revoked_s=None,
                    last_opened_s=None,
                    made_by=entry.made_by,
                )
            )
            return True

    def _count(self, session: Session, incident_id: str, live: ColumnElement[bool]) -> int:
        """Good links of an incident that stand in no alert."""
        mine = (LinkRow.client_id == self._client_id, LinkRow.incident_id == incident_id)
        return session.scalar(select(func.count()).where(*mine, live, LinkRow.made_by != BY_ALERT)) or 0

    def _forget_old(self, session: Session, entry: LinkEntry, live: ColumnElement[bool]) -> None:
        """Keep ``MOST_OVER`` links that are good no more: rather revoked ones, whose page would say something else."""
        mine = (LinkRow.client_id == self._client_id, LinkRow.incident_id == entry.incident_id)
        ended = LinkRow.expires_s <= entry.created_s
        oldest = select(LinkRow.id).where(*mine, ~live).order_by(ended, LinkRow.created_s.desc(), LinkRow.id)
        over = session.scalars(oldest.offset(MOST_OVER)).all()
        if over:
            session.execute(delete(LinkRow).where(LinkRow.client_id == self._client_id, LinkRow.id.in_(over)))

    def of_incident(self, incident_id: str) -> Sequence[LinkEntry] | None:
        """Every link to an incident, the newest first; None where the client has no such incident."""
        wanted = (
            select(LinkRow)
            .where(LinkRow.client_id == self._client_id, LinkRow.incident_id == incident_id)
            .order_by(LinkRow.created_s.desc(), LinkRow.id)
        )
        with self._database.reading() as session:
            if session.get(IncidentRow, (self._client_id, incident_id)) is None:
                return None
            return [_entry(row) for row in session.scalars(wanted)]

    def revoke(self, incident_id: str, link_id: str, now_s: float) -> bool:
        """End a link of an incident; a second time changes nothing. False where there is none."""
        with self._database.writing() as session:
            row = session.get(LinkRow, (self._client_id, link_id), with_for_update=True)
            if row is None or row.incident_id != incident_id:
                return False
            row.revoked_s = row.revoked_s or now_s
            return True

    def note_fetch(self, link_id: str) -> None:
        """Count that the page was asked for."""
        with self._database.writing() as session:
            session.execute(
                update(LinkRow)
                .where(LinkRow.client_id == self._client_id, LinkRow.id == link_id)
                .values(fetched=LinkRow.fetched + 1)
            )

    def note_opening(self, link_id: str, now_s: float, apart_s: float) -> bool:
        """Count that somebody looked, and tell the desks, unless somebody did less than ``apart_s`` ago.

        Whether it was counted.
        """
        due = self._due(link_id, now_s, apart_s)
        with self._database.reading() as session:  # who asks again and again keeps no other change waiting
            if session.scalar(select(LinkRow.id).where(*due)) is None:
                return False
        counted = (
            update(LinkRow)
            .where(*due)
            .values(opened=LinkRow.opened + 1, last_opened_s=now_s)
            .returning(LinkRow.incident_id)
            .execution_options(synchronize_session=False)
        )
        with self._database.writing() as session:
            self._events.hold(session)
            incident_id = session.scalar(counted)
            if incident_id is None:
                return False
            self._events.append(session, EventKind.LINK_OPENED, incident_id, now_s)
            return True

    def _due(self, link_id: str, now_s: float, apart_s: float) -> tuple[ColumnElement[bool], ...]:
        long_ago = or_(LinkRow.last_opened_s.is_(None), LinkRow.last_opened_s <= now_s - apart_s)
        return LinkRow.client_id == self._client_id, LinkRow.id == link_id, long_ago


def found_by_id(database: Database, link_id: str) -> tuple[Owner, LinkEntry] | None:
    """A link, also one that has ended, and whose it is; None for nobody's.

    Across clients, because who opens a link has nothing but its id.
    """
    wanted = select(LinkRow, ClientRow).join(ClientRow, ClientRow.id == LinkRow.client_id).where(LinkRow.id == link_id)
    with database.reading() as session:
        found = session.execute(wanted).one_or_none()
        if found is None:
            return None
        link, client = found
        return Owner(client.id, client.name, client.time_zone, client.language), _entry(link)


def _entry(row: LinkRow) -> LinkEntry:
    return LinkEntry(
        id=row.id,
        incident_id=row.incident_id,
        rights=LinkRight(row.rights),
        created_s=row.created_s,
        expires_s=row.expires_s,
        made_by=row.made_by,
        revoked_s=row.revoked_s,
        fetched=row.fetched,
        opened=row.opened,
        last_opened_s=row.last_opened_s,
    )
