"""A client's files: what is whole, what is on its way, and what is to be removed from the storage.

No byte lies in the storage without a row here that leads to it: the row is written first and deleted last. So what a
killed process leaves behind is found again, by ``leftovers``.
"""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, delete, func, or_, select, true, update
from sqlalchemy.orm import Session

from server.db.books.events import EventBook
from server.db.database import Database
from server.db.tables import AnalysisRow, EventKind, FileKind, FileRow, FileState, IncidentRow

_UNCLEARED_S: Final = 8 * 86_400.0  # how far back whole files are asked whether parts still lie beside them
_UNDER_WAY: Final = (FileState.ARRIVING, FileState.WRITING)


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of an upload: its name in the storage, beside the whole file, and its size."""

    name: str
    bytes: int


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file as the books hold it (``FileRow``). ``subject_id`` is its incident's or window's, as ``kind`` says."""

    client_id: str
    id: str
    kind: FileKind
    subject_id: str
    camera_id: str
    path: str
    bytes: int
    media_type: str
    sha256: str
    created_s: float
    state: FileState
    received: int
    parts: tuple[Part, ...]

    @property
    def complete(self) -> bool:
        """Whether all of it is there, checked, and nobody replaced it."""
        return self.state is FileState.COMPLETE


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What a whole file was found to be."""

    bytes: int
    media_type: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Completed:
    """The file of a place now, whether it is another one than before, and what it replaced."""

    file: FileEntry
    changed: bool
    gone: Sequence[FileEntry]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which files of a client: those that fit all that is given. ``before_s`` compares with when they were begun."""

    file_id: str | None = None
    incident_id: str | None = None
    window_id: str | None = None
    camera_id: str | None = None
    before_s: float | None = None

    def condition(self) -> ColumnElement[bool]:
        """As the database is asked."""
        pairs = (
            (FileRow.id, self.file_id),
            (FileRow.incident_id, self.incident_id),
            (FileRow.window_id, self.window_id),
            (FileRow.camera_id, self.camera_id),
        )
        wanted = [column == value for column, value in pairs if value is not None]
        if self.before_s is not None:
            wanted.append(FileRow.created_s < self.before_s)
        return and_(true(), *wanted)


class FileBook:
    """The files of one client."""

    def __init__(self, database: Database, client_id: str) -> None:
        self._database = database
        self._client_id = client_id
        self._events = EventBook(database, client_id)

    def find(self, subject_id: str, kind: FileKind, state: FileState = FileState.COMPLETE) -> FileEntry | None:
        """The file of an incident or a window, as ``kind`` says; the whole one unless another state is asked for."""
        with self._database.reading() as session:
            return _entry(session.scalar(self._at(subject_id, kind, state)))

    def get(self, file_id: str) -> FileEntry | None:
        """A whole file by its id."""
        wanted = self._mine().where(FileRow.id == file_id, FileRow.state == FileState.COMPLETE)
        with self._database.reading() as session:
            return _entry(session.scalar(wanted))

    def of_incident(self, incident_id: str) -> Sequence[FileEntry] | None:
        """The whole files of an incident, by kind; None where the client has no such incident."""
        wanted = self._mine().where(FileRow.incident_id == incident_id, FileRow.state == FileState.COMPLETE)
        with self._database.reading() as session:
            if self._camera(session, incident_id, FileKind.ALERT) is None:
                return None
            return _entries(session.scalars(wanted.order_by(FileRow.kind)).all())

    def has_subject(self, subject_id: str, kind: FileKind) -> bool:
        """Whether the client has the incident or window that a file of this kind would belong to."""
        with self._database.reading() as session:
            return self._camera(session, subject_id, kind) is not None

    def begin(self, new: FileEntry) -> FileEntry | None:
        """Write down a file of which nothing has arrived; None where the client has no such incident or window.

        Of an upload in parts there is one at a time: where one is under way, that one is returned.
        """
        with self._database.writing() as session:
            camera_id = self._camera(session, new.subject_id, new.kind, lock=True)
            if camera_id is None:
                return None
            if new.state is FileState.ARRIVING:
                under_way = _entry(session.scalar(self._at(new.subject_id, new.kind, new.state)))
                if under_way is not None:
                    return under_way
            row = FileRow(
                client_id=self._client_id,
                id=new.id,
                kind=new.kind,
                incident_id=new.subject_id if new.kind.of_incident else None,
                window_id=None if new.kind.of_incident else new.subject_id,
                camera_id=camera_id,
                path=new.path,
                bytes=0,
                media_type="",
                sha256="",
                created_s=new.created_s,
                touched_s=new.created_s,
                state=new.state,
                received=0,
                parts=[],
            )
            session.add(row)
            return _of(row)

    def add_part(self, file_id: str, offset: int, part: Part, now_s: float) -> bool:
        """Write down that a part lies in the storage; False where the upload goes on elsewhere, or is no more."""
        with self._database.writing() as session:
            row = session.get(FileRow, (self._client_id, file_id), with_for_update=True)
            if row is None or row.state != FileState.ARRIVING or row.received != offset:
                return False
            row.parts = [*row.parts, [part.name, part.bytes]]
            row.received = offset + part.bytes
            row.touched_s = now_s
            return True

    def complete(self, file_id: str, facts: FileFacts, now_s: float) -> Completed | None:
        """Make a file the one of its place, in one step with the end of the one before and of other uploads to it.

        The same content as before changes nothing: the file before stays, this one goes. None where this one was erased
        while it was written, or its incident or window was.
        """
        with self._database.writing() as session:
            row = session.get(FileRow, (self._client_id, file_id))
            if row is not None and FileKind(row.kind).of_incident:
                self._events.hold(session)
            if row is None or self._camera(session, _subject(row), FileKind(row.kind), lock=True) is None:
                return None
            session.refresh(row, with_for_update=True)
            if row.state not in _UNDER_WAY:
                return None
            before = session.scalar(self._at(_subject(row), FileKind(row.kind), FileState.COMPLETE))
            row.touched_s = now_s
            if before is not None and (before.sha256, before.media_type) == (facts.sha256, facts.media_type):
                row.state = FileState.GONE
                return Completed(_of(before), changed=False, gone=(_of(row),))
            gone = [each for each in (before, self._arriving(session, row)) if each is not None]
            for each in gone:
                each.state = FileState.GONE
            row.bytes, row.media_type, row.sha256 = facts.bytes, facts.media_type, facts.sha256
            row.received, row.state = facts.bytes, FileState.COMPLETE
            if FileKind(row.kind).of_incident:
                self._events.append(session, EventKind.INCIDENT_FILE, _subject(row), now_s)
            return Completed(_of(row), changed=True, gone=_entries(gone))

    def abandon(self, file_id: str) -> Sequence[FileEntry]:
        """Give a file up that is not whole; one that became whole meanwhile stays, and nothing is returned."""
        wanted = self._mine().where(FileRow.id == file_id, FileRow.state.in_(_UNDER_WAY)).with_for_update()
        with self._database.writing() as session:
            rows = session.scalars(wanted).all()
            for row in rows:
                row.state = FileState.GONE
            return _entries(rows)

    def clear_parts(self, file_id: str) -> None:
        """No part lies beside a whole file any more."""
        with self._database.writing() as session:
            session.execute(update(FileRow).where(*self._this(file_id)).values(parts=[]))

    def give_up(self, chosen: Chosen, session: Session | None = None) -> Sequence[FileEntry]:
        """From now on nobody finds these files; their bytes are to be removed, and then ``forget`` is to be called.

        ``session``: a transaction that this belongs to, so that an incident and its files go in one step.
        """
        wanted = self._mine().where(chosen.condition()).with_for_update()
        with self._database.writing() if session is None else nullcontext(session) as writing:
            rows = writing.scalars(wanted).all()
            for row in rows:
                row.state = FileState.GONE
            return _entries(rows)

    def forget(self, file_id: str) -> None:
        """Delete the row of a file that is gone, after its bytes."""
        with self._database.writing() as session:
            session.execute(delete(FileRow).where(*self._this(file_id), FileRow.state == FileState.GONE))

    def _mine(self) -> Select[FileRow]:
        return select(FileRow).where(FileRow.client_id == self._client_id)

    def _this(self, file_id: str) -> tuple[ColumnElement[bool], ...]:
        return FileRow.client_id == self._client_id, FileRow.id == file_id

    def _at(self, subject_id: str, kind: FileKind, state: FileState) -> Select[FileRow]:
        owner = FileRow.incident_id if kind.of_incident else FileRow.window_id
        return self._mine().where(owner == subject_id, FileRow.kind == kind, FileRow.state == state)

    def _arriving(self, session: Session, but: FileRow) -> FileRow | None:
        """The upload in parts that is under way to the place of a file, where it is not that file itself."""
        wanted = self._at(_subject(but), FileKind(but.kind), FileState.ARRIVING)
        return session.scalar(wanted.where(FileRow.id != but.id))

    def _camera(self, session: Session, subject_id: str, kind: FileKind, *, lock: bool = False) -> str | None:
        """The camera of an incident or a window; None where the client has no such. ``lock``: it stays till the end."""
        wanted = (
            select(IncidentRow.camera_id).where(IncidentRow.client_id == self._client_id, IncidentRow.id == subject_id)
            if kind.of_incident
            else select(AnalysisRow.camera_id).where(
                AnalysisRow.client_id == self._client_id, AnalysisRow.window_id == subject_id
            )
        )
        return session.scalar(wanted.with_for_update() if lock else wanted)


def leftovers(database: Database, now_s: float, stale_s: float, most: int) -> Sequence[FileEntry]:
    """Up to ``most`` files that somebody left unfinished.

    They are uploads untouched for ``stale_s``, files that are gone but whose bytes may not be, and whole files beside
    which parts may lie. Of all clients: the daily job cleans up behind processes that died, whoever they worked for.
    """
    wanted = or_(
        FileRow.state == FileState.GONE,
        and_(FileRow.state.in_(_UNDER_WAY), FileRow.touched_s < now_s - stale_s),
        and_(
            FileRow.state == FileState.COMPLETE,
            FileRow.touched_s > now_s - _UNCLEARED_S,
            cast(FileRow.parts, String) != "[]",
        ),
    )
    with database.reading() as session:
        return _entries(session.scalars(select(FileRow).where(wanted).order_by(FileRow.touched_s).limit(most)).all())


def stored_bytes(database: Database) -> int:
    """What lies in the storage by the books: of all clients, because the storage is shared, and so is its cap."""
    size = case((FileRow.state == FileState.COMPLETE, FileRow.bytes), else_=FileRow.received)
    with database.reading() as session:
        return int(session.scalar(select(func.coalesce(func.sum(size), 0))) or 0)


def _subject(row: FileRow) -> str:
    return row.incident_id or row.window_id or ""


def _entry(row: FileRow | None) -> FileEntry | None:
    return None if row is None else _of(row)


def _entries(rows: Sequence[FileRow]) -> Sequence[FileEntry]:
    return [_of(row) for row in rows]


def _of(row: FileRow) -> FileEntry:
    return FileEntry(
        client_id=row.client_id,
        id=row.id,
        kind=FileKind(row.kind),
        subject_id=_subject(row),
        camera_id=row.camera_id,
        path=row.path,
        bytes=row.bytes,
        media_type=row.media_type,
        sha256=row.sha256,
        created_s=row.created_s,
        state=FileState(row.state),
        received=row.received,
        parts=tuple(Part(name, size) for name, size in row.parts),
    )
