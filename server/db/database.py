"""Connections to the books: SQLite in WAL mode, or what ``DATABASE_URL`` names.

Only this module knows SQLAlchemy's errors.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Select, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Session

from server.db.hand import Columns, Hand
from vigint_core.domain.fault import Code, VigintError

_BUSY_WAIT_MS: Final = 5000  # how long a writer waits for another one on SQLite
_POOL: Final = 10
_POOL_OVERFLOW: Final = 30  # with the pool: one connection for each of the 40 worker threads, so that none waits
_PAGES_KIB: Final = 512
"""Of the books in the memory of one SQLite connection, at most: 20 MiB of all 40. SQLite's own 2 MiB made no read
faster, as whatever another connection commits empties them, and the system holds the file's pages anyway."""
_POOL_WAIT_S: Final = 10.0


class Database:
    """Sessions on the books. Every failure leaves as VigintError(SERVER_STORAGE), without address or password.

    Attributes:
        kind: ``sqlite`` or ``postgresql``.
        url_for_work: where durable work is written down: the same PostgreSQL database, or a SQLite file beside the
            books' own. May hold a password.
    """

    def __init__(self, url: str) -> None:
        """Nothing is opened yet. Raises VigintError(SERVER_STORAGE) for a URL or a driver that can't be used."""
        self._writers = threading.Lock()
        try:
            parsed = make_url(_named_as_sqlalchemy_does(url))
            self.kind = parsed.get_backend_name()
            self.url_for_work = _url_for_work(parsed)
            kept = _POOL + _POOL_OVERFLOW if self.kind == "sqlite" else _POOL  # to open a file anew costs more than it
            self._engine = create_engine(
                parsed,
                pool_pre_ping=self.kind != "sqlite",
                pool_size=kept,
                max_overflow=_POOL + _POOL_OVERFLOW - kept,
                pool_timeout=_POOL_WAIT_S,
                pool_use_lifo=True,  # the few that are needed at once stay warm; the others rest
            )
        except ModuleNotFoundError as error:
            raise VigintError(
                Code.SERVER_STORAGE, f"DATABASE_URL needs the driver {error.name}, which is not installed"
            ) from error
        except (ArgumentError, ValueError) as error:
            raise VigintError(Code.SERVER_STORAGE, "DATABASE_URL can't be understood") from error
        if self.kind == "sqlite":
            event.listen(self._engine, "connect", _set_up_sqlite)
            event.listen(self._engine, "begin", _begin_sqlite)
        alone = {"looks": True} if self.kind == "sqlite" else {"isolation_level": "AUTOCOMMIT"}
        self._looks = self._engine.execution_options(**alone)
        self._hand = Hand(self._engine) if self.kind == "sqlite" else None

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that changes nothing."""
        with _named_errors(), Session(self._engine) as session:
            yield session

    @contextmanager
    def looking(self) -> Iterator[Connection]:
        """A bare connection for one question that changes nothing: what every request asks.

        It is no transaction: to begin and end one, and a session, cost more than the answer.
        """
        with _named_errors(), self._looks.connect() as connection:
            if self._hand is not None:
                self._hand.open()  # here, where the disk may be waited for
            yield connection

    def at_hand(self, question: Select[*Columns], told: Mapping[str, object]) -> Sequence[tuple[*Columns]] | None:
        """What a short question finds, asked on this very thread, which may be the event loop (``Hand.ask``).

        None where it has to be asked by ``looking`` on another thread: always on PostgreSQL, and before the first look.
        """
        return None if self._hand is None else self._hand.ask(question, told)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction: committed at the end of the block, rolled back by an exception.

        On SQLite it waits for its turn at the start, so that what it reads is still true when it writes.
        """
        engine = self._engine.execution_options(writes=True)
        with self._turn(), _named_errors(), Session(engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A bare connection in a transaction, for migrations."""
        with self._turn(), _named_errors(), self._engine.execution_options(writes=True).begin() as connection:
            yield connection

    def add_missing(self, session: Session, table: type[DeclarativeBase], rows: Sequence[Mapping[str, object]]) -> None:
        """Insert rows whose primary keys are not there yet, also while others do the same."""
        insert = postgresql.insert if self.kind == "postgresql" else sqlite.insert
        session.execute(insert(table).on_conflict_do_nothing(), rows)

    def check(self) -> str:
        """Ask the database a real question; returns the revision of its tables, or "" for none."""
        with self.reading() as session:
            return str(session.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")

    def close(self) -> None:
        """Close every connection."""
        if self._hand is not None:
            self._hand.close()
        self._engine.dispose()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """On SQLite writers of this process wait for each other here: its own waiting sleeps in ever longer steps."""
        if self.kind != "sqlite":
            yield
            return
        if not self._writers.acquire(timeout=_BUSY_WAIT_MS / 1000):
            raise VigintError(Code.SERVER_STORAGE, "database: another writer takes too long")
        try:
            yield
        finally:
            self._writers.release()


def _named_as_sqlalchemy_does(url: str) -> str:
    """Hosting platforms say ``postgres://``, which SQLAlchemy no longer reads."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _url_for_work(url: URL) -> str:
    if url.get_backend_name() != "sqlite" or not url.database:
        return url.render_as_string(hide_password=False)
    file = Path(url.database)
    return f"sqlite:///{file.with_name(f'{file.stem}-work{file.suffix}')}"


@contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        cause = getattr(error, "orig", None) or error
        exact = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None) or ""
        raise VigintError(Code.SERVER_STORAGE, f"database: {type(cause).__name__} {exact}".rstrip()) from error


def _set_up_sqlite(connection: Any, _record: object) -> None:
    """WAL lets readers go on while one writes; ``isolation_level`` None leaves BEGIN to ``_begin_sqlite``."""
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # what was answered is on the disk, also when the power fails
        "foreign_keys=ON",
        f"busy_timeout={_BUSY_WAIT_MS}",
        f"cache_size=-{_PAGES_KIB}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("looks", False):
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes", False) else "BEGIN")
