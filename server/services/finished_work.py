"""What durable work wrote down of itself: names of windows, answers of models. Forgotten when it is old, or erased."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from server.db.database import Database
from server.services.work_books import work_books

if TYPE_CHECKING:
    from dbos import DBOSClient

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
        with work_books(self._url) as books:
            while books is not None and (found := listed(books)):
                books.delete_workflows(found)
                total += len(found)
        return total
