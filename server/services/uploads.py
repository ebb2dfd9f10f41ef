"""Uploads in parts: begun here, gone on with there, joined when all of it has arrived.

The parts lie in the storage and their order in the books, so that the next one may come to any process on any machine.
An upload has no address of its own: it goes to the place of its file, and of each place there is one upload at a time.
"""

import secrets
from dataclasses import dataclass
from typing import Final

from server.db.books.files import FileEntry, FileFacts, Part
from server.db.tables import FileKind, FileState
from server.db.tenant import Tenant
from server.services.files import Files
from server.services.refusals import RefusedError
from server.services.storage_room import StorageRoom
from server.storage.spool import Spool
from server.storage.store import FileStore
from vigint_core.domain.fault import Code, VigintError
from vigint_core.ports import Clock

PIECE: Final = 1024 * 1024
"""Bytes that are kept as one part, at most: what a client has to send again when this process is killed."""
_MOST_PARTS: Final = 256
_DISK: Final = frozenset({Code.SERVER_STORAGE, Code.STORAGE_FULL})


@dataclass(frozen=True, slots=True)
class UploadState:
    """How far a place is: bytes that need not be sent again, and whether that is a whole file."""

    offset: int
    complete: bool


class OffsetError(RefusedError):
    """A part does not begin where the upload goes on; ``state`` says where that is."""

    def __init__(self, state: UploadState) -> None:
        super().__init__(Code.REQUEST_CONFLICT, "another offset")
        self.state = state


class Uploads:
    """Takes uploads in parts. Thread-safe; blocks."""

    def __init__(self, files: Files, store: FileStore, clock: Clock, room: StorageRoom) -> None:
        self._files = files
        self._store = store
        self._room = room
        self._clock = clock

    def state(self, tenant: Tenant, kind: FileKind, subject_id: str) -> UploadState | None:
        """How far the upload to a place is, or else the whole file that lies there; None where there is neither."""
        arriving = tenant.files.find(subject_id, kind, FileState.ARRIVING)
        if arriving is not None:
            return UploadState(arriving.received, complete=False)
        whole = tenant.files.find(subject_id, kind)
        return None if whole is None else UploadState(whole.bytes, complete=True)

    def resume(self, tenant: Tenant, kind: FileKind, subject_id: str, offset: int) -> FileEntry:
        """The upload that goes on at ``offset``; at 0 a new one is begun.

        Raises RefusedError(REQUEST_NOT_FOUND) where the client has no such incident or window, OffsetError, and
        VigintError(STORAGE_FULL).
        """
        self._files.expect(tenant, kind, subject_id)
        entry = tenant.files.find(subject_id, kind, FileState.ARRIVING)
        if entry is None and offset == 0:
            entry = tenant.files.begin(self._files.new_entry(tenant, kind, subject_id, FileState.ARRIVING))
        if entry is None or entry.received != offset:
            raise self._elsewhere(tenant, kind, subject_id)
        if len(entry.parts) >= _MOST_PARTS:
            self._files.abandon(tenant, entry)
            raise RefusedError(Code.REQUEST_INVALID, particulars=(f"upload: more than {_MOST_PARTS} parts",))
        return entry

    def append(self, tenant: Tenant, entry: FileEntry, offset: int, piece: bytes) -> int:
        """Keep the next bytes of an upload and return where it goes on. Raises as ``resume``, and CLIP_TOO_LARGE."""
        most = self._files.checks.most_bytes(entry.kind)
        if offset + len(piece) > most:
            self._files.abandon(tenant, entry)
            raise VigintError(Code.CLIP_TOO_LARGE, f"more than {most} bytes")
        self._room.claim(len(piece))
        part = Part(secrets.token_hex(8), len(piece))
        self._store.put_stream(_path(entry, part), [piece])
        if not tenant.files.add_part(entry.id, offset, part, self._clock.wall()):
            self._store.delete(_path(entry, part))
            raise self._elsewhere(tenant, entry.kind, entry.subject_id)
        return offset + len(piece)

    def finish(self, tenant: Tenant, kind: FileKind, subject_id: str) -> FileEntry:
        """Join what has arrived, check it and make it the file of its place.

        Another process may finish the same upload at the same time. Raises VigintError: CLIP_* for a file that is
        refused, of which nothing stays; SERVER_STORAGE leaves what has arrived, and the end may be asked for again.
        """
        entry = tenant.files.find(subject_id, kind, FileState.ARRIVING)
        completed = None
        if entry is not None:
            with self._files.checks.spool(kind) as spool:
                facts = self._joined(tenant, entry, spool)
                completed = self._files.write(tenant, entry, facts, spool)
        if completed is None:
            return self._finished_by_another(tenant, kind, subject_id)
        if completed.changed:
            self._files.clear_parts(completed.file)
        return completed.file

    def _joined(self, tenant: Tenant, entry: FileEntry, spool: Spool) -> FileFacts:
        for part in entry.parts:
            for chunk in self._store.read_range(_path(entry, part), 0, part.bytes):
                spool.write(chunk)
        try:
            return self._files.checks.check(entry.kind, spool)
        except VigintError as error:
            if error.code not in _DISK:
                self._files.abandon(tenant, entry)
            raise

    def _finished_by_another(self, tenant: Tenant, kind: FileKind, subject_id: str) -> FileEntry:
        whole = tenant.files.find(subject_id, kind)
        if whole is None:
            raise RefusedError(Code.REQUEST_NOT_FOUND)
        return whole

    def _elsewhere(self, tenant: Tenant, kind: FileKind, subject_id: str) -> RefusedError:
        if not tenant.files.has_subject(subject_id, kind):
            return RefusedError(Code.REQUEST_NOT_FOUND)
        return OffsetError(self.state(tenant, kind, subject_id) or UploadState(0, complete=False))


def _path(entry: FileEntry, part: Part) -> str:
    """Where a part lies: beside the whole file."""
    return f"{entry.path.rpartition('/')[0]}/{part.name}"
