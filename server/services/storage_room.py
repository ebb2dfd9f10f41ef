"""Whether there is room for new files. Verdicts and alerts need none of it: they go on when it is refused."""

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from server.db.books.files import stored_bytes
from server.db.database import Database
from server.storage.spool import disk_free_bytes
from server.storage.store import FileStore
from vigint_core.domain.fault import Code, VigintError
from vigint_core.ports import Clock

_COUNTED_FOR_S: Final = 30.0  # the sum over all files is made at most this often


@dataclass(frozen=True, slots=True)
class RoomLimits:
    """How far the storage may fill.

    Attributes:
        reserve_bytes: what stays free of a disk: for the database, the log, and what is under way.
        most_bytes: sum of all files of all clients, None without a cap.
    """

    reserve_bytes: int
    most_bytes: int | None = None


class StorageRoom:
    """Refuses new files before a disk is full, and over the owner's cap. Thread-safe."""

    def __init__(self, store: FileStore, database: Database, clock: Clock, disk: Path, limits: RoomLimits) -> None:
        """``disk``: a folder on the disk that files pass on their way in."""
        self._store = store
        self._database = database
        self._clock = clock
        self._disk = disk
        self._limits = limits
        self._lock = threading.Lock()
        self._stored = 0
        self._counted_mono_s = float("-inf")

    def claim(self, wanted_bytes: int) -> None:
        """Raises VigintError(STORAGE_FULL) where ``wanted_bytes`` more would leave too little room."""
        frees = [disk_free_bytes(self._disk), self._store.free_bytes()]
        free = min(each for each in frees if each is not None)
        if free - wanted_bytes < self._limits.reserve_bytes:
            raise VigintError(Code.STORAGE_FULL, f"{free} bytes are free, {self._limits.reserve_bytes} stay so")
        most = self._limits.most_bytes
        if most is not None and not self._fits(wanted_bytes, most):
            raise VigintError(Code.STORAGE_FULL, f"at most {most} bytes are stored")

    def stored(self) -> int:
        """Bytes of all files of all clients, counted anew every half a minute."""
        with self._lock:
            self._count()
            return self._stored

    def _count(self) -> None:
        if self._clock.monotonic() - self._counted_mono_s >= _COUNTED_FOR_S:
            self._stored = stored_bytes(self._database)
            self._counted_mono_s = self._clock.monotonic()

    def _fits(self, wanted_bytes: int, most_bytes: int) -> bool:
        """Whether the cap has room: counted now and then, what was let in since on top of it."""
        with self._lock:
            self._count()
            fits = self._stored + wanted_bytes <= most_bytes
            if fits:
                self._stored += wanted_bytes
            return fits
