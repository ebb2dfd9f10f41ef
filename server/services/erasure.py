"""Erases what a client has: incidents, a camera with all that came of it, the client itself. Rows and bytes.

Each works in small steps that may be repeated: killed in between, it is called once more and does the rest. Bytes of
files whose removal failed are removed by the daily job; only a client's end waits for them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from server.db.books.files import Chosen
from server.db.database import Database
from server.db.tenant import Tenant
from server.logs import journal
from server.services.files import Erased, Files
from server.services.finished_work import FinishedWork
from server.services.recent_windows import place_of
from vigint_core.domain.fault import Code, VigintError
from vigint_core.ports import Clock

_TRIES: Final = 5  # a request that was under way may write once more
_log = journal(__name__)


@dataclass(frozen=True, slots=True)
class Removed:
    """How many of what was erased. ``rows``: of a client, in all tables; 0 where they were not counted."""

    incidents: int = 0
    windows: int = 0
    files: int = 0
    bytes: int = 0
    rows: int = 0

    def __add__(self, other: "Removed") -> "Removed":
        return Removed(
            self.incidents + other.incidents,
            self.windows + other.windows,
            self.files + other.files,
            self.bytes + other.bytes,
            self.rows + other.rows,
        )

    def counts(self) -> Mapping[str, int]:
        """By name, for logs and reports."""
        return {
            "incidents": self.incidents,
            "windows": self.windows,
            "files": self.files,
            "bytes": self.bytes,
            "rows": self.rows,
        }


class Erasure:
    """Erases for good. Blocks; raises VigintError(SERVER_STORAGE) where it has to be called once more."""

    def __init__(self, database: Database, files: Files, clock: Clock) -> None:
        self._database = database
        self._files = files
        self._clock = clock
        self._work = FinishedWork(database)

    def incidents(self, tenant: Tenant, incident_ids: Sequence[str], *, locked: bool = False) -> Removed:
        """Erase incidents, those that are locked only where that is said; desks are told of each."""
        gone = tenant.keeping.erase_incidents(incident_ids, self._clock.wall(), locked=locked)
        erased = self._files.remove(gone.files)
        return Removed(incidents=gone.incidents, files=erased.files, bytes=erased.bytes)

    def camera(self, tenant: Tenant, camera_id: str) -> Removed:
        """Erase a camera: incidents, locked ones too, windows, clips, alerts. Its calls stay, without its name.

        A desk that still sends its windows brings it back: take it out of the desk's list first.
        """
        total = Removed()
        while incident_ids := tenant.keeping.incidents_of(camera_id):
            total += self.incidents(tenant, incident_ids, locked=True)
        total += _of_files(self._files.erase(tenant, Chosen(camera_id=camera_id)))
        self._files.erase_place(place_of(tenant.client_id, camera_id))
        while window_ids := tenant.keeping.erase_windows_of(camera_id):
            self._work.forget_windows(tenant.client_id, window_ids)
            total += Removed(windows=len(window_ids))
        tenant.keeping.forget_camera(camera_id)
        _log.info("camera erased", client_id=tenant.client_id, camera_id=camera_id, **total.counts())
        return total

    def client(self, client_id: str) -> Removed:
        """Erase a client with all it has: keys first, so that nothing more comes in, then bytes, then every row.

        Its calls go too: take what the bill needs before. Erasing one that is gone does nothing.
        """
        tenant = Tenant(self._database, client_id)
        tenant.keeping.lock_out()
        for tries_left in reversed(range(_TRIES)):
            self._work.forget_client(client_id)
            total = _of_files(self._files.erase(tenant, Chosen()))
            if tenant.keeping.has_files():
                raise VigintError(Code.SERVER_STORAGE, "storage: files of the client are left")
            self._files.erase_place(client_id)
            try:
                total += Removed(rows=tenant.keeping.erase_all())
            except VigintError:
                if not tries_left:
                    raise
            else:
                break
        _log.info("client erased", client_id=client_id, **total.counts())
        return total


def _of_files(erased: Erased) -> Removed:
    return Removed(files=erased.files, bytes=erased.bytes)
