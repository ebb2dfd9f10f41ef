"""Whether the server can work, part by part. Each part is proven here and now, or says when it was proven."""

import shutil
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from server.db.database import Database
from server.db.schema import HEAD
from server.services.ai_health import AiHealth
from vigint_core import __version__, texts
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.status import Health
from vigint_core.ports import Clock
from vigint_core.wire import PartView, Readiness

_LEAST_FREE_BYTES: Final = 200 * 1024 * 1024  # below this the disk counts as nearly full
_GOOD_FOR_S: Final = 1.0  # anybody may ask /readyz; the disk is written at most this often
_MOST_DETAIL: Final = 2000
_NEEDED: Final = ("database", "storage")


class ReadinessCheck:
    """Answers ``/readyz``. Thread-safe; a proof is used for one second."""

    def __init__(self, database: Database, data_dir: Path, ai: AiHealth, clock: Clock) -> None:
        self._database = database
        self._data_dir = data_dir
        self._ai = ai
        self._clock = clock
        self._lock = threading.Lock()
        self._proven: tuple[PartView, ...] = ()
        self._proven_mono_s = float("-inf")

    def view(self) -> Readiness:
        """Every part; ready while the server can take work.

        Without AI it can: it says of each window why it was not analysed.
        """
        with self._lock:
            if self._clock.monotonic() - self._proven_mono_s >= _GOOD_FOR_S:
                self._proven = (
                    self._prove("database", self._ask_database),
                    self._prove("storage", self._write_storage),
                )
                self._proven_mono_s = self._clock.monotonic()
            proven = self._proven
        ready = all(part.health is not Health.DOWN for part in proven if part.part in _NEEDED)
        return Readiness(service="vigint", version=__version__, ready=ready, parts=[*proven, self._ai_part()])

    def _prove(self, part: str, proof: Callable[[], Code | None]) -> PartView:
        """``proof`` returns what is not as it should be, or raises VigintError where the part can't be used."""
        try:
            code, health = proof(), Health.DEGRADED
        except VigintError as error:
            code, health = error.code, Health.DOWN
        label = self._database.kind if part == "database" else ""
        return _part(part, Health.OK if code is None else health, code, label, self._clock.wall())

    def _ask_database(self) -> Code | None:
        if self._database.check() != HEAD:
            raise VigintError(Code.SERVER_STORAGE, "the tables are not up to date")
        return None

    def _write_storage(self) -> Code | None:
        """Write, read and remove a file of this process's own."""
        file = self._data_dir / f".proof-{id(self):x}"
        try:
            file.write_bytes(b"vigint")
            whole = file.read_bytes() == b"vigint"
            file.unlink()
            free = shutil.disk_usage(self._data_dir).free
        except OSError as error:
            raise VigintError(Code.SERVER_STORAGE, f"data folder: {error.strerror}") from error
        if not whole:
            raise VigintError(Code.SERVER_STORAGE, "data folder: what was written did not come back")
        return Code.DISK_FULL if free < _LEAST_FREE_BYTES else None

    def _ai_part(self) -> PartView:
        state = self._ai.state
        part = _part("ai", state.health, state.code, state.model, state.at_s)
        until = None if state.until_s is None else datetime.fromtimestamp(state.until_s, UTC)
        return part.model_copy(update={"until": until, "detail": state.detail[:_MOST_DETAIL]})


def _part(name: str, health: Health, code: Code | None, label: str, at_s: float | None) -> PartView:
    return PartView(
        part=name,
        health=health,
        code=code,
        cause=texts.cause("en", code) if code else "",
        remedy=texts.remedy("en", code) if code else "",
        label=label,
        proven_at=None if at_s is None else datetime.fromtimestamp(at_s, UTC),
    )
