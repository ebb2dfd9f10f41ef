"""One proof for each part of the server: done here and now, or what is known of when it last worked."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from sqlalchemy import CursorResult, text

from server.db.books.waiting import waiting_work
from server.db.database import Database
from server.db.schema import HEAD
from server.services.ai_health import AiHealth
from server.services.durable import DurableWork
from server.services.storage_room import StorageRoom
from server.storage.spool import disk_free_bytes
from server.storage.store import FileStore
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.status import Health

_LOCK_WAIT_MS: Final = 3000
_LONGEST_WAIT_S: Final = 120.0  # a second look takes less, and a delivery that is due is tried at once


@dataclass(frozen=True, slots=True)
class Finding:
    """What a proof found.

    Attributes:
        code: what is to be told, or None.
        label: short fact: a kind of database, a model; may be empty.
        detail: redacted technical text, may be empty.
        asked_s: Unix time at which the part was last asked, with whatever result, or None for never.
        worked_s: Unix time at which it last worked, or None for never.
        until_s: Unix time at which what is wrong is expected to pass, or None.
        figures: named numbers: bytes, seconds, counts.
    """

    health: Health
    code: Code | None = None
    label: str = ""
    detail: str = ""
    asked_s: float | None = None
    worked_s: float | None = None
    until_s: float | None = None
    figures: dict[str, float] = field(default_factory=dict)


Proof = Callable[[float], Finding]
"""Proves one part at a Unix time; raises VigintError where the part can't be used."""


def database_proof(database: Database) -> Proof:
    """A write that is committed and changes nothing, and the revision of the tables."""

    def prove(now_s: float) -> Finding:
        with database.writing() as session:
            if database.kind == "postgresql":
                session.execute(text(f"SET LOCAL lock_timeout = {_LOCK_WAIT_MS}"))
            written = session.execute(text("UPDATE alembic_version SET version_num = version_num"))
            found = session.execute(text("SELECT version_num FROM alembic_version")).scalar()
            if found != HEAD or (isinstance(written, CursorResult) and written.rowcount != 1):
                raise VigintError(Code.SERVER_STORAGE, "the tables are not up to date")
        return _works(now_s, database.kind)

    return prove


def ai_proof(ai: AiHealth) -> Proof:
    """The last answer of a model; a proof of its own would cost money each time."""

    def prove(_now_s: float) -> Finding:
        state = ai.state
        return Finding(
            state.health,
            state.code,
            state.model,
            state.detail,
            asked_s=state.at_s,
            worked_s=ai.worked_s,
            until_s=state.until_s,
        )

    return prove


def disk_proof(room: StorageRoom, store: FileStore, folder: Path, reserve_bytes: int) -> Proof:
    """Whether new files are taken. ``folder`` holds the server's own files; the store may lie on another disk."""

    def prove(now_s: float) -> Finding:
        frees = [disk_free_bytes(folder), store.free_bytes()]
        figures = {
            "free_bytes": float(min(free for free in frees if free is not None)),
            "least_free_bytes": float(reserve_bytes),
            "stored_bytes": float(room.stored()),
        }
        try:
            room.claim(0)
        except VigintError as error:
            if error.code is not Code.STORAGE_FULL:
                raise
            return Finding(Health.DEGRADED, error.code, detail=error.detail, asked_s=now_s, figures=figures)
        return replace(_works(now_s), figures=figures)

    return prove


def queue_proof(database: Database, work: DurableWork) -> Proof:
    """Whether durable work is done, and how long the oldest of it has waited."""

    def prove(now_s: float) -> Finding:
        waiting = waiting_work(database, now_s)
        code = work.fault or (Code.SERVER_BUSY if waiting.oldest_s > _LONGEST_WAIT_S else work.trouble)
        stopped = work.fault is Code.SERVER_WORK_STOPPED
        return Finding(
            Health.DOWN if stopped else Health.DEGRADED if code else Health.OK,
            code,
            asked_s=now_s,
            worked_s=None if code else now_s,
            figures={"waiting": float(waiting.count), "oldest_s": waiting.oldest_s},
        )

    return prove


def storage_proof(store: FileStore) -> Proof:
    """A file written, read and removed where clips and stills go."""

    def prove(now_s: float) -> Finding:
        try:
            store.free_bytes()  # fails where the folder is gone, which a write would make anew on another disk
            store.prove()
        except VigintError as error:
            if store.folder is not None:
                raise
            raise VigintError(Code.SERVER_FILES, error.detail) from error  # no disk of this machine is to blame
        return _works(now_s, store.kind)

    return prove


def _works(now_s: float, label: str = "") -> Finding:
    return Finding(Health.OK, label=label, asked_s=now_s, worked_s=now_s)
