"""The end of a client's rows: of what is old, of a camera, of the client itself. Every step may be repeated.

Bytes of files are not removed here: their rows are given up in the same transaction as what they belong to, and whoever
removes the bytes deletes the rows after that (``services/files.py``). So what a killed process leaves is found again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, CursorResult, Table, and_, delete, exists, false, or_, select, tuple_, update
from sqlalchemy.orm import Session

from server.db.books.events import EventBook
from server.db.books.files import Chosen, FileBook, FileEntry
from server.db.database import Database
from server.db.pauses import Pauses
from server.db.tables import (
    AccountRow,
    AlertItemRow,
    AlertRow,
    AlertState,
    AnalysisRow,
    Base,
    CallRow,
    CameraSiteRow,
    ClientRow,
    EventKind,
    EventRow,
    FileKind,
    FileRow,
    FileState,
    HoldRow,
    IncidentRow,
    IncidentWindowRow,
    KeyLookRow,
    KeyRow,
    LinkRow,
    ServedRow,
    TicketRow,
)
from vigint_core.domain.incident import IncidentState
from vigint_core.policy.keeping import Due

BATCH: Final = 100
"""Rows of one kind that go in one transaction: nobody waits long for it."""
INCIDENTS: Final = 25
"""The same for incidents, while which the client's other changes wait."""
_OVER: Final = (AlertState.SENT, AlertState.FAILED, AlertState.DROPPED)
_OF_WINDOWS: Final = (FileKind.WINDOW, FileKind.CONTEXT)


@dataclass(frozen=True, slots=True)
class Gone:
    """Incidents that are erased, and their files, whose bytes are to be removed now."""

    incidents: int
    files: Sequence[FileEntry]


class KeepingBook:
    """Erases rows of one client."""

    def __init__(self, database: Database, client_id: str) -> None:
        self._database = database
        self._client_id = client_id
        self._events = EventBook(database, client_id)
        self._files = FileBook(database, client_id)

    def own(self) -> Mapping[str, float]:
        """What the client says itself of how long is kept (``ClientRow.keep``)."""
        with self._database.reading() as session:
            return session.scalar(select(ClientRow.keep).where(ClientRow.id == self._client_id)) or {}

    def set_own(self, own: Mapping[str, float]) -> None:
        """Replace what the client says of how long is kept."""
        with self._database.writing() as session:
            session.execute(update(ClientRow).where(ClientRow.id == self._client_id).values(keep=dict(own)))

    def due_incidents(self, dues: Sequence[Due]) -> Sequence[str]:
        """The oldest incidents that any of these covers, a batch of them."""
        row = IncidentRow
        since = [
            or_(row.opened_s < each.before_s, and_(row.opened_s > each.ahead_s, row.updated_s < each.before_s))
            for each in dues
        ]
        covered = [
            and_(row.severity == each.severity, _vetoed(vetoed=each.vetoed), old)
            for each, old in zip(dues, since, strict=True)
        ]
        wanted = select(row.id).where(row.client_id == self._client_id, row.locked == false(), or_(*covered))
        return self._ids(wanted.order_by(row.opened_s).limit(INCIDENTS))

    def incidents_of(self, camera_id: str) -> Sequence[str]:
        """Incidents of a camera, locked or not, a batch of them."""
        row = IncidentRow
        wanted = select(row.id).where(row.client_id == self._client_id, row.camera_id == camera_id)
        return self._ids(wanted.limit(INCIDENTS))

    def erase_incidents(self, incident_ids: Sequence[str], now_s: float, *, locked: bool) -> Gone:
        """Erase incidents with links, reviews and what was told of them; ``locked``: also those that are.

        Desks are told of each. Alerts that told of nothing else go too, unless they are under way.
        """
        row = IncidentRow
        wanted = select(row.id).where(row.client_id == self._client_id, row.id.in_(incident_ids))
        if not locked:
            wanted = wanted.where(row.locked == false())
        with self._database.writing() as session:
            self._events.hold(session)
            ids = session.scalars(wanted.order_by(row.id).with_for_update()).all()
            files = [file for each in ids for file in self._files.give_up(Chosen(incident_id=each), session)]
            for table, column in (
                (LinkRow, LinkRow.incident_id),
                (IncidentWindowRow, IncidentWindowRow.incident_id),
            ):
                session.execute(delete(table).where(table.client_id == self._client_id, column.in_(ids)))
            self._forget_alerts(session, AlertItemRow.incident_id.in_(ids))
            session.execute(delete(row).where(row.client_id == self._client_id, row.id.in_(ids)))
            for each in ids:
                self._events.append(session, EventKind.INCIDENT_ERASED, each, now_s)
            return Gone(len(ids), files)

    def erase_old_windows(self, before_s: float) -> int:
        """Erase answers about windows that ended before that, belong to no incident, and are not worked on: a batch."""
        row, held = AnalysisRow, IncidentWindowRow
        belongs = exists().where(held.client_id == self._client_id, held.window_id == row.window_id)
        wanted = select(row.window_id).where(row.client_id == self._client_id, row.start_s < before_s)
        wanted = wanted.where(row.end_s < before_s, row.stage == "", row.claimed_until_s < before_s, ~belongs)
        return len(self._erase_windows(self._ids(wanted.order_by(row.start_s).limit(BATCH))))

    def erase_windows_of(self, camera_id: str) -> Sequence[str]:
        """Erase answers about windows of a camera, a batch of them, and return their ids."""
        row = AnalysisRow
        wanted = select(row.window_id).where(row.client_id == self._client_id, row.camera_id == camera_id)
        ids = self._erase_windows(self._ids(wanted.limit(BATCH)))
        with self._database.writing() as session:
            for table, column in ((KeyLookRow, KeyLookRow.window_id), (EventRow, EventRow.subject_id)):
                session.execute(delete(table).where(table.client_id == self._client_id, column.in_(ids)))
        return ids

    def clips_of_windows(self, before_s: float) -> Sequence[str]:
        """Ids of files of windows that were begun before that and not given up, a batch of them."""
        row = FileRow
        wanted = select(row.id).where(row.client_id == self._client_id, row.created_s < before_s)
        wanted = wanted.where(row.kind.in_(_OF_WINDOWS), row.state != FileState.GONE)
        return self._ids(wanted.order_by(row.created_s).limit(BATCH))

    def erase_old_alerts(self, before_s: float) -> int:
        """Forget deliveries that ended before that, a batch of them."""
        row = AlertRow
        wanted = select(row.id).where(row.client_id == self._client_id, row.state.in_(_OVER))
        ids = self._ids(wanted.where(row.finished_s < before_s).limit(BATCH))
        with self._database.writing() as session:
            self._delete_alerts(session, ids)
        return len(ids)

    def erase_old_links(self, before_s: float) -> int:
        """Forget links that ended before that."""
        ended = (LinkRow.client_id == self._client_id, LinkRow.expires_s < before_s)
        with self._database.writing() as session:
            gone = session.execute(delete(LinkRow).where(*ended))
            return gone.rowcount if isinstance(gone, CursorResult) else 0

    def forget_camera(self, camera_id: str) -> None:
        """After its incidents and windows: nothing names the camera any more.

        Calls stay for the bill, and say no longer which camera and window they were for; so do the client's accounts.
        """
        with self._database.writing() as session:
            self._events.hold(session)
            named = (CallRow.client_id == self._client_id, CallRow.camera_id == camera_id)
            session.execute(update(CallRow).where(*named).values(camera_id=None, window_id=None))
            for table in (AccountRow, HoldRow, CameraSiteRow):
                session.execute(delete(table).where(table.client_id == self._client_id, table.camera_id == camera_id))
            about = select(AlertRow.id).where(AlertRow.client_id == self._client_id, AlertRow.about == camera_id)
            self._delete_alerts(session, session.scalars(about).all())
            items = (AlertItemRow.client_id == self._client_id, AlertItemRow.camera_id == camera_id)
            session.execute(delete(AlertItemRow).where(*items))

    def lock_out(self) -> None:
        """Before a client is erased: none of its keys is good any more."""
        with self._database.writing() as session:
            session.execute(delete(KeyRow).where(KeyRow.client_id == self._client_id))

    def has_files(self) -> bool:
        """Whether any row still leads to bytes in the storage."""
        with self._database.reading() as session:
            return session.scalar(select(FileRow.id).where(FileRow.client_id == self._client_id).limit(1)) is not None

    def erase_all(self) -> int:
        """Erase every row of the client, in whichever table, and at last its own; returns how many there were.

        On SQLite it pauses now and then, so that the servers beside it go on writing.
        """
        total = 0
        pauses = Pauses()
        for table in reversed(Base.metadata.sorted_tables):
            if "client_id" in table.c:
                while some := self._erase_some(table):
                    total += some
                    if self._database.kind == "sqlite":
                        pauses.take()
        with self._database.writing() as session:
            for waiting in (TicketRow, ServedRow):
                session.execute(delete(waiting).where(waiting.party == self._client_id))
            session.execute(delete(ClientRow).where(ClientRow.id == self._client_id))
        return total + 1

    def _erase_some(self, table: Table) -> int:
        mine = table.c.client_id == self._client_id
        key = list(table.primary_key)
        with self._database.writing() as session:
            rows: Sequence[Any] = session.execute(select(*key).where(mine).limit(BATCH)).all()
            if rows:
                session.execute(delete(table).where(mine, tuple_(*key).in_([tuple(row) for row in rows])))
            return len(rows)

    def _erase_windows(self, window_ids: Sequence[str]) -> Sequence[str]:
        its = (AnalysisRow.client_id == self._client_id, AnalysisRow.window_id.in_(window_ids))
        with self._database.writing() as session:
            session.execute(delete(AnalysisRow).where(*its))
        return window_ids

    def _forget_alerts(self, session: Session, items: ColumnElement[bool]) -> None:
        """Delete items of deliveries, and the deliveries that are over and have none left."""
        mine = AlertItemRow.client_id == self._client_id
        touched = session.scalars(select(AlertItemRow.alert_id).where(mine, items)).all()
        session.execute(delete(AlertItemRow).where(mine, items))
        left = exists().where(mine, AlertItemRow.alert_id == AlertRow.id)
        empty = select(AlertRow.id).where(AlertRow.client_id == self._client_id, AlertRow.id.in_(touched), ~left)
        self._delete_alerts(session, session.scalars(empty.where(AlertRow.state.in_(_OVER))).all())

    def _delete_alerts(self, session: Session, alert_ids: Sequence[str]) -> None:
        for table, column in ((AlertItemRow, AlertItemRow.alert_id), (AlertRow, AlertRow.id)):
            session.execute(delete(table).where(table.client_id == self._client_id, column.in_(alert_ids)))

    def _ids(self, wanted: Any) -> Sequence[str]:
        with self._database.reading() as session:
            found: Sequence[str] = session.scalars(wanted).all()
            return found


def _vetoed(*, vetoed: bool) -> ColumnElement[bool]:
    is_vetoed: ColumnElement[bool] = IncidentRow.state == IncidentState.VETOED
    return is_vetoed if vetoed else IncidentRow.state != IncidentState.VETOED
