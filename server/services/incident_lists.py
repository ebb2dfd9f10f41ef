"""Lists of incidents on the event loop: what every desk asks for all the time, read in rounds with others."""

from collections.abc import Sequence
from typing import Final

from server.db.books.incidents import Page, Wanted
from server.db.database import Database
from server.db.tenant import Tenant
from server.services.gathering import Gathering

_MOST_IN_A_ROUND: Final = 16  # the last of them waits for all others
_ROUNDS: Final = 4  # on PostgreSQL, where a list is waited for: a slow one holds up few others
_Asked = tuple[str, Wanted]


class IncidentLists:
    """Reads lists for the routes of one process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._together = Gathering(self._read, _MOST_IN_A_ROUND, _ROUNDS if database.kind == "postgresql" else 1)

    async def page(self, client_id: str, wanted: Wanted) -> Page:
        """As ``IncidentBook.page`` of this client."""
        at_hand = Tenant(self._database, client_id).incidents.page_at_hand(wanted)
        if at_hand is not None:
            return at_hand
        return await self._together.answer((client_id, wanted))

    def _read(self, asked: Sequence[_Asked]) -> Sequence[Page]:
        """Pages on one connection: to ask the pool for another one costs as much as a page.

        What several ask for alike is read once: after a break all desks of a client come at the same moment.
        """
        with self._database.looking() as connection:
            found = {
                (client_id, wanted): Tenant(self._database, client_id).incidents.page(wanted, connection)
                for client_id, wanted in set(asked)
            }
        return [found[each] for each in asked]
