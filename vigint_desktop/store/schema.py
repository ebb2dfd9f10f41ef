"""Tables of the desk's SQLite file and how an older file becomes a newer one.

``PRAGMA user_version`` counts the migrations that were applied; each runs once, in one transaction. Times are Unix
seconds. An incident lies whole as JSON in ``body``; its columns are only what queries ask for.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from vigint_core.domain.fault import Code, VigintError

_MIGRATIONS: Final[tuple[str, ...]] = (
    """
    CREATE TABLE incidents (
        id TEXT PRIMARY KEY,
        camera_id TEXT NOT NULL,
        state TEXT NOT NULL,
        opened_s REAL NOT NULL,
        end_s REAL NOT NULL,
        revision INTEGER NOT NULL,
        body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX incidents_by_time ON incidents (opened_s);
    CREATE TABLE windows (
        id TEXT PRIMARY KEY,
        camera_id TEXT NOT NULL,
        start_s REAL NOT NULL,
        end_s REAL NOT NULL,
        result TEXT NOT NULL,
        reason TEXT,
        type TEXT,
        summary TEXT NOT NULL,
        model TEXT NOT NULL
    ) STRICT;
    CREATE INDEX windows_by_time ON windows (end_s);
    CREATE TABLE activities (
        camera_id TEXT NOT NULL,
        start_s REAL NOT NULL,
        end_s REAL NOT NULL,
        closed INTEGER NOT NULL,
        PRIMARY KEY (camera_id, start_s)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX activities_by_time ON activities (end_s);
    CREATE TABLE outbox (
        incident_id TEXT PRIMARY KEY REFERENCES incidents (id),
        revision INTEGER NOT NULL,
        queued_s REAL NOT NULL
    ) STRICT;
    """,
    """
    CREATE TABLE health (
        camera_id TEXT NOT NULL,
        start_s REAL NOT NULL,
        end_s REAL NOT NULL,
        state TEXT NOT NULL,
        code TEXT,
        closed INTEGER NOT NULL,
        PRIMARY KEY (camera_id, start_s)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX health_by_time ON health (end_s);
    """,
    """
    CREATE TABLE snapshots (
        file TEXT PRIMARY KEY,
        camera_id TEXT NOT NULL,
        at_s REAL NOT NULL,
        width INTEGER NOT NULL,
        height INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX snapshots_by_time ON snapshots (at_s);
    """,
    """
    ALTER TABLE activities ADD COLUMN local_only INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE activities ADD COLUMN reason TEXT;
    CREATE TABLE watches (
        camera_id TEXT NOT NULL,
        start_s REAL NOT NULL,
        end_s REAL NOT NULL,
        cover TEXT NOT NULL,
        reason TEXT,
        PRIMARY KEY (camera_id, start_s, cover)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX watches_by_time ON watches (end_s);
    CREATE TABLE coverage (
        camera_id TEXT NOT NULL,
        start_s INTEGER NOT NULL,
        end_s INTEGER NOT NULL,
        cover TEXT NOT NULL,
        reason TEXT,
        PRIMARY KEY (camera_id, start_s)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX coverage_by_time ON coverage (end_s);
    """,
    """
    ALTER TABLE incidents ADD COLUMN taken INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE uploads (
        incident_id TEXT NOT NULL REFERENCES incidents (id),
        kind TEXT NOT NULL,
        queued_s REAL NOT NULL,
        state TEXT NOT NULL,
        PRIMARY KEY (incident_id, kind)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX uploads_waiting ON uploads (queued_s) WHERE state = 'waiting';
    """,
    """
    CREATE TABLE reviews (
        incident_id TEXT PRIMARY KEY,
        said TEXT NOT NULL,
        seen TEXT,
        wanted TEXT,
        code TEXT,
        asked_s REAL NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX reviews_waiting ON reviews (asked_s) WHERE wanted IS NOT NULL;
    """,
    """
    ALTER TABLE reviews ADD COLUMN tried TEXT;
    """,
)


_MONEY: Final[tuple[str, ...]] = (
    """
    CREATE TABLE calls (
        id INTEGER PRIMARY KEY,
        at_s REAL NOT NULL,
        camera_id TEXT NOT NULL,
        window_id TEXT NOT NULL,
        body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX calls_by_time ON calls (at_s);
    CREATE TABLE accounts (
        camera_id TEXT NOT NULL,
        period TEXT NOT NULL,
        spent INTEGER NOT NULL,
        reserved INTEGER NOT NULL,
        PRIMARY KEY (camera_id, period)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE holds (
        id TEXT PRIMARY KEY,
        camera_id TEXT NOT NULL,
        amount INTEGER NOT NULL,
        at_s REAL NOT NULL
    ) STRICT, WITHOUT ROWID;
    """,
)
"""Calls to models and what they cost, where the desk holds the key itself. A call lies whole as JSON in ``body``."""


def connect_money(file: Path) -> sqlite3.Connection:
    """Open the file of the desk's own money; as ``connect`` otherwise."""
    return _connected(file, _MONEY, read_only=False)


def connect(file: Path, *, read_only: bool) -> sqlite3.Connection:
    """Open the desk's file in WAL mode, migrated unless ``read_only``; used by one thread at a time.

    ``busy_timeout`` is 5 s: longer means that another program holds the file. Raises VigintError(STORE_FAILED).
    """
    return _connected(file, _MIGRATIONS, read_only=read_only)


def _connected(file: Path, migrations: tuple[str, ...], *, read_only: bool) -> sqlite3.Connection:
    try:
        mode = "ro" if read_only else "rwc"
        connection = sqlite3.connect(
            f"{file.resolve().as_uri()}?mode={mode}",
            uri=True,
            isolation_level=None,
            check_same_thread=False,  # one thread at a time; who opens or closes it may be another one
        )
    except sqlite3.Error as error:
        raise store_error(error) from error
    try:
        _prepare(connection, migrations, read_only=read_only)
    except sqlite3.Error as error:
        connection.close()
        raise store_error(error) from error
    except VigintError:
        connection.close()
        raise
    return connection


def store_error(error: sqlite3.Error) -> VigintError:
    """Our error for SQLite's: a full disk is told apart, because its remedy is another."""
    full = getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL
    return VigintError(Code.DISK_FULL if full else Code.STORE_FAILED, f"{type(error).__name__}: {error}")


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing. Raises VigintError(STORE_FAILED or DISK_FULL) after rolling back."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise store_error(error) from error
    finally:
        # A full disk has made SQLite undo it already, and a file that is closed has nothing to undo.
        with suppress(sqlite3.ProgrammingError):
            if connection.in_transaction:
                connection.rollback()


def _prepare(connection: sqlite3.Connection, migrations: tuple[str, ...], *, read_only: bool) -> None:
    connection.execute("PRAGMA busy_timeout = 5000")
    if read_only:
        return
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    _migrate(connection, migrations)


def _migrate(connection: sqlite3.Connection, migrations: tuple[str, ...]) -> None:
    applied = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if applied > len(migrations):
        raise VigintError(Code.STORE_FAILED, f"written by a newer version (schema {applied})")
    for number, script in enumerate(migrations[applied:], start=applied + 1):
        connection.executescript(f"BEGIN IMMEDIATE; {script}; PRAGMA user_version = {number}; COMMIT;")
