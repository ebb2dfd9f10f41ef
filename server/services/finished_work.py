"""What durable work wrote down of itself: names of windows, answers of models. Forgotten when it is old, or erased.

It asks the tables of DBOS directly, so it also works where no server runs. The library is loaded only for this.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import inspect, make_url
from sqlalchemy.exc import SQLAlchemyError

from server.db.database import Database
from vigint_core.domain.fault import Code, VigintError

if TYPE_CHECKING:
    from dbos import DBOSClient

_SCHEMA: Final = "work"  # as server/workflows/engine.py has it; a test holds the two together
_ENDED: Final = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
_BATCH: Final = 500
_KINDS: Final = ("second", "alert")
"""Workflows that are done for a client; its id follows in their names."""


class FinishedWork:
    """Forgets durable work. Blocks; every failure is VigintError(SERVER_STORAGE)."""

    def __init__(self, database: Database) -> None:
        self._url = database.url_for_work

    def forget_ended(self, before_s: float) -> int:
        """Forget work of all clients that has ended and was begun before that; what failed or was cancelled too."""
        before = datetime.fromtimestamp(before_s, UTC).isoformat()

        def ended(books: "DBOSClient") -> list[str]:
            found = books.list_workflows(
                status=_ENDED, end_time=before, limit=_BATCH, load_input=False, load_output=False
            )
            return [each.workflow_id for each in found]

        return self._forget(ended)

    def forget_client(self, client_id: str) -> int:
        """Forget everything done for a client, also what is under way: nothing of it comes to an end."""
        return self._forget_named([f"{kind}:{client_id}:" for kind in _KINDS])

    def forget_windows(self, client_id: str, window_ids: Sequence[str]) -> int:
        """Forget what was done for windows of a client, also what is under way."""
        return self._forget_named([f"second:{client_id}:{each}:" for each in window_ids]) if window_ids else 0

    def _forget_named(self, prefixes: list[str]) -> int:
        def named(books: "DBOSClient") -> list[str]:
            found = books.list_workflows(workflow_id_prefix=prefixes, limit=_BATCH, load_input=False, load_output=False)
            books.cancel_workflows([each.workflow_id for each in found])
            return [each.workflow_id for each in found]

        return self._forget(named)

    def _forget(self, listed: "Callable[[DBOSClient], list[str]]") -> int:
        total = 0
        with self._books() as books:
            while books is not None and (found := listed(books)):
                books.delete_workflows(found)
                total += len(found)
        return total

    @contextmanager
    def _books(self) -> "Iterator[DBOSClient | None]":
        """The tables of durable work; None where no server has ever made them."""
        parsed = make_url(self._url)
        on_file = parsed.get_backend_name() == "sqlite"
        if on_file and not Path(parsed.database or "").exists():
            yield None
            return
        from dbos import DBOSClient, DBOSPortableJSONSerializer  # noqa: PLC0415 - its import is slow

        books = DBOSClient(
            system_database_url=self._url,
            dbos_system_schema=_SCHEMA,
            serializer=DBOSPortableJSONSerializer(),
            system_database_pool_size=1,
            lazy=True,
            retry_connection_errors=False,
        )
        try:
            system: Any = books._sys_db  # noqa: SLF001 - DBOS has no question for it, and asking for work would fail
            there = inspect(system.engine).has_table("workflow_status", schema=None if on_file else _SCHEMA)
            yield books if there else None
        except SQLAlchemyError as error:
            raise VigintError(Code.SERVER_STORAGE, f"durable work: {type(error).__name__}") from error
        finally:
            books.destroy()
