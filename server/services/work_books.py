"""The books of durable work, for whoever looks into them without doing any: the owner's commands, retention, erasure.

They are the tables of DBOS, asked directly, so this also works beside any number of servers and where none runs. The
library is loaded only for this.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import inspect, make_url
from sqlalchemy.exc import SQLAlchemyError

from vigint_core.domain.fault import Code, VigintError

if TYPE_CHECKING:
    from dbos import DBOSClient

SCHEMA: Final = "work"
"""Of PostgreSQL, in which the tables lie beside the server's own."""


@contextmanager
def work_books(url: str) -> "Iterator[DBOSClient | None]":
    """The books at ``Database.url_for_work`` over the block; None where no server has ever made them.

    Raises VigintError(SERVER_STORAGE).
    """
    if _is_missing_file(url):
        yield None
        return
    from dbos import DBOSClient, DBOSPortableJSONSerializer  # noqa: PLC0415 - its import is slow

    books = DBOSClient(
        system_database_url=url,
        dbos_system_schema=SCHEMA,
        serializer=DBOSPortableJSONSerializer(),
        system_database_pool_size=1,
        lazy=True,
        retry_connection_errors=False,
    )
    try:
        yield books if _has_tables(books) else None
    except SQLAlchemyError as error:
        raise VigintError(Code.SERVER_STORAGE, f"durable work: {type(error).__name__}") from error
    finally:
        books.destroy()


def _has_tables(books: "DBOSClient") -> bool:
    system: Any = books._sys_db  # noqa: SLF001 - DBOS has no question for it, and asking for work would fail
    schema = None if system.engine.dialect.name == "sqlite" else SCHEMA
    found: bool = inspect(system.engine).has_table("workflow_status", schema=schema)
    return found


def _is_missing_file(url: str) -> bool:
    parsed = make_url(url)
    return parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").exists()
