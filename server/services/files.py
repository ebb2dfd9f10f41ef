"""Clips and stills: checked before anybody can see them, replaced in one step, read in ranges, erased without a rest.

Of each incident and window there is at most one whole file of a kind. A newer whole file takes the place of the one
before at one moment; the same content again changes nothing. Of a file, only chunks are held in memory, except for a
still, which is small, while it is decoded.
"""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from server.db.books.files import Chosen, Completed, FileBook, FileEntry, FileFacts, leftovers
from server.db.database import Database
from server.db.tables import FileKind, FileState
from server.db.tenant import Tenant
from server.logs import journal
from server.services.file_checks import FileChecks
from server.services.refusals import RefusedError
from server.services.storage_room import StorageRoom
from server.storage.spool import Spool
from server.storage.store import FileGoneError, FileStore
from vigint_core.domain.fault import Code, VigintError
from vigint_core.ports import Clock

STALE_S: Final = 86_400.0
"""An upload of which nothing came for so long is erased."""
_SWEPT_AT_ONCE: Final = 500
_log = journal(__name__)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A whole file, to be read.

    Attributes:
        size: bytes.
        media_type: ``video/mp4`` or ``image/jpeg``.
        sha256: of the content, in hexadecimal digits.
    """

    size: int
    media_type: str
    sha256: str
    store: FileStore
    path: str

    def read(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Bytes ``start`` to before ``end``, or to the end of the file, in chunks. Blocks.

        Raises VigintError(SERVER_STORAGE): at once where the file can't be read, later where it ends early.
        """
        return self.store.read_range(self.path, start, self.size if end is None else min(end, self.size))


@dataclass(frozen=True, slots=True)
class Erased:
    """What was removed: files, also unfinished ones, and their bytes by the books."""

    files: int = 0
    bytes: int = 0

    def __add__(self, other: "Erased") -> "Erased":
        return Erased(self.files + other.files, self.bytes + other.bytes)


class Files:
    """Keeps files. Thread-safe; blocks. All that another process must know is in the books."""

    def __init__(
        self, store: FileStore, database: Database, clock: Clock, checks: FileChecks, room: StorageRoom
    ) -> None:
        self.checks = checks
        self._store = store
        self._database = database
        self._clock = clock
        self._room = room

    def find(self, tenant: Tenant, subject_id: str, kind: FileKind) -> FileEntry | None:
        """The whole file of an incident (``ALERT``, ``STILL``) or of a window (``WINDOW``, ``CONTEXT``)."""
        return tenant.files.find(subject_id, kind)

    def open(self, tenant: Tenant, file_id: str) -> StoredFile:
        """A whole file by its id. Raises RefusedError(REQUEST_NOT_FOUND) where the client has none."""
        return self._opened(tenant.files.get(file_id))

    def current(self, tenant: Tenant, subject_id: str, kind: FileKind) -> StoredFile:
        """The whole file of an incident or a window. Raises RefusedError(REQUEST_NOT_FOUND) where there is none."""
        return self._opened(tenant.files.find(subject_id, kind))

    def store(self, tenant: Tenant, kind: FileKind, subject_id: str, chunks: Iterable[bytes]) -> FileEntry:
        """Keep a whole file of an incident or a window, over the one before.

        Raises RefusedError(REQUEST_NOT_FOUND) where the client has no such incident or window, VigintError: CLIP_* for
        a file that is refused, STORAGE_FULL. Nothing of it stays then.
        """
        with self.receive(tenant, kind, subject_id) as spool:
            for chunk in chunks:
                spool.write(chunk)
            return self.keep(tenant, kind, subject_id, spool)

    def receive(self, tenant: Tenant, kind: FileKind, subject_id: str) -> Spool:
        """Room for a whole file on its way in, to be handed to ``keep`` and to be closed. Raises as ``store``."""
        self.expect(tenant, kind, subject_id)
        return self.checks.spool(kind)

    def expect(self, tenant: Tenant, kind: FileKind, subject_id: str) -> None:
        """Raises RefusedError(REQUEST_NOT_FOUND) where nothing can be kept, VigintError(STORAGE_FULL) without room."""
        if not tenant.files.has_subject(subject_id, kind):
            raise RefusedError(Code.REQUEST_NOT_FOUND)
        self._room.claim(0)

    def keep(self, tenant: Tenant, kind: FileKind, subject_id: str, spool: Spool) -> FileEntry:
        """Check what has arrived and make it the file of its place. Raises as ``store``."""
        facts = self.checks.check(kind, spool)
        self._room.claim(facts.bytes)
        entry = tenant.files.begin(self.new_entry(tenant, kind, subject_id, FileState.WRITING))
        if entry is None:
            raise RefusedError(Code.REQUEST_NOT_FOUND)
        try:
            completed = self.write(tenant, entry, facts, spool)
        except VigintError:
            self.abandon(tenant, entry)
            raise
        if completed is None:
            self.remove([entry])
            raise RefusedError(Code.REQUEST_NOT_FOUND)
        return completed.file

    def new_entry(self, tenant: Tenant, kind: FileKind, subject_id: str, state: FileState) -> FileEntry:
        """A file of which nothing is there yet; its path is made of ids that the server minted."""
        file_id = uuid.uuid4().hex
        return FileEntry(
            client_id=tenant.client_id,
            id=file_id,
            kind=kind,
            subject_id=subject_id,
            camera_id="",
            path=f"{tenant.client_id}/{file_id}/whole",
            bytes=0,
            media_type="",
            sha256="",
            created_s=self._clock.wall(),
            state=state,
            received=0,
            parts=(),
        )

    def write(self, tenant: Tenant, entry: FileEntry, facts: FileFacts, spool: Spool) -> Completed | None:
        """Bring checked bytes into the storage and make them visible; None where the place was erased meanwhile."""
        self._give_up_lost(tenant, entry, facts)
        self._store.put_stream(entry.path, spool.chunks())
        completed = tenant.files.complete(entry.id, facts, self._clock.wall())
        if completed is not None:
            self.remove(completed.gone)
        return completed

    def _give_up_lost(self, tenant: Tenant, entry: FileEntry, facts: FileFacts) -> None:
        """The same content again heals a file whose bytes were lost: that one must not be taken for a whole one."""
        before = tenant.files.find(entry.subject_id, entry.kind)
        if before is not None and before.sha256 == facts.sha256:
            try:
                self._store.size(before.path)
            except FileGoneError:
                self.erase(tenant, Chosen(file_id=before.id))

    def abandon(self, tenant: Tenant, entry: FileEntry) -> None:
        """Nothing stays of a file that did not become whole."""
        try:
            self.remove(tenant.files.abandon(entry.id))
        except VigintError as error:
            _log.error("unfinished file not erased", file=entry.id, code=error.code, detail=error.detail)

    def erase(self, tenant: Tenant, chosen: Chosen) -> Erased:
        """Erase files of a client, also unfinished ones: all that fit ``chosen``, row and bytes."""
        return self.remove(tenant.files.give_up(chosen))

    def erase_place(self, place: str) -> None:
        """Erase a client's place in the storage, or one within it, with whatever no row leads to.

        Raises VigintError(SERVER_STORAGE).
        """
        self._store.delete_all(place)

    def remove(self, gone: Sequence[FileEntry]) -> Erased:
        """Remove bytes and rows of files that the books gave up. What fails is logged, and done by the daily job."""
        done = [entry for entry in gone if self._removed(entry)]
        return Erased(len(done), sum(max(entry.bytes, entry.received) for entry in done))

    def erase_stale(self, now_s: float) -> Erased:
        """For the daily job: erase what dead processes and absent clients left behind, of all clients.

        These are uploads of which nothing came for a day, and bytes of files that were replaced or erased.
        """
        total = Erased()
        while found := leftovers(self._database, now_s, STALE_S, _SWEPT_AT_ONCE):
            swept = [self._sweep(entry) for entry in found]
            done = [each for each in swept if each is not None]
            total = sum(done, total)
            if len(done) < len(swept):
                break  # what fails now would be found again at once; tomorrow is another day
        return total

    def clear_parts(self, entry: FileEntry) -> bool:
        """Remove the parts that a whole file was joined from; where that fails, the daily job does it."""
        try:
            self._store.delete_all(_folder(entry), keep=entry.path)
            FileBook(self._database, entry.client_id).clear_parts(entry.id)
        except VigintError as error:
            _log.error("parts of a file not removed", file=entry.id, code=error.code, detail=error.detail)
            return False
        return True

    def _opened(self, entry: FileEntry | None) -> StoredFile:
        if entry is None:
            raise RefusedError(Code.REQUEST_NOT_FOUND)
        return StoredFile(entry.bytes, entry.media_type, entry.sha256, self._store, entry.path)

    def _sweep(self, entry: FileEntry) -> Erased | None:
        """Clean up behind one file; None where that failed."""
        if entry.complete:
            return Erased() if self.clear_parts(entry) else None
        gone = [entry]
        if entry.state is not FileState.GONE:
            gone = list(FileBook(self._database, entry.client_id).abandon(entry.id))
        erased = self.remove(gone)
        return erased if erased.files == len(gone) else None

    def _removed(self, entry: FileEntry) -> bool:
        try:
            self._store.delete_all(_folder(entry))
            FileBook(self._database, entry.client_id).forget(entry.id)
        except VigintError as error:
            _log.error("bytes of a file not removed", file=entry.id, code=error.code, detail=error.detail)
            return False
        return True


def _folder(entry: FileEntry) -> str:
    """Where everything of a file lies."""
    return entry.path.rpartition("/")[0]
