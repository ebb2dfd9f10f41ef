"""What a client's keys have used, in one account for all processes."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.orm import Session

from server.db.database import Database
from server.db.tables import CallRow, KeyLookRow, KeyTallyRow
from vigint_core.policy.allowance import Lease, Tally

_KEPT_S: Final = 32 * 24 * 3600.0
"""As long as a month can last: after that, nobody asks whose a window's calls were."""
_LOOKS: Final = "looks"


@dataclass(frozen=True, slots=True)
class Place:
    """One request for a look, under way. Times are Unix seconds.

    Attributes:
        is_kept: that the key asked for this window is remembered after it has ended.
    """

    id: str
    key_id: str
    is_kept: bool


class LimitBook:
    """What the keys of one client have used."""

    def __init__(self, database: Database, client_id: str) -> None:
        self._database = database
        self._client_id = client_id

    def take(self, key_id: str, kind: str, how: Callable[[Tally], Lease]) -> Lease:
        """Ask for a block of an allowance; nobody else does meanwhile. Raises VigintError(SERVER_STORAGE)."""
        with self._database.writing() as session:
            row = self._tally(session, key_id, kind)
            lease = how({int(slot): units for slot, units in row.slots.items()})
            row.slots = {str(slot): units for slot, units in lease.tally.items()}
        return lease

    def begin_look(self, place: Place, window_id: str, most: int, now_s: float, until_s: float) -> bool:
        """Take a place where fewer than ``most`` of the key are taken (0: of any number). Raises VigintError."""
        mine = (KeyLookRow.client_id == self._client_id, KeyLookRow.key_id == place.key_id)
        with self._database.writing() as session:
            self._tally(session, place.key_id, _LOOKS)
            over = KeyLookRow.at_s < now_s - _KEPT_S if place.is_kept else KeyLookRow.until_s <= now_s
            session.execute(delete(KeyLookRow).where(*mine, KeyLookRow.until_s <= now_s, over))
            taken = session.scalar(
                select(func.count()).select_from(KeyLookRow).where(*mine, KeyLookRow.until_s > now_s)
            )
            if most and (taken or 0) >= most:
                return False
            session.add(
                KeyLookRow(
                    id=place.id,
                    client_id=self._client_id,
                    key_id=place.key_id,
                    window_id=window_id,
                    at_s=now_s,
                    until_s=until_s,
                )
            )
        return True

    def end_look(self, place: Place, now_s: float) -> None:
        """Give a place back. Raises VigintError(SERVER_STORAGE)."""
        its = (KeyLookRow.client_id == self._client_id, KeyLookRow.id == place.id)
        with self._database.writing() as session:
            if place.is_kept:
                session.execute(update(KeyLookRow).where(*its).values(until_s=now_s))
            else:
                session.execute(delete(KeyLookRow).where(*its))

    def spent(self, key_id: str, start_s: float, end_s: float) -> int:
        """What the calls of ``start_s <= t < end_s`` cost at most that were made for windows of this key.

        Millionths of a US dollar, with what calls may have cost whose cost nobody told. Raises VigintError.
        """
        asked_for = exists().where(
            KeyLookRow.client_id == self._client_id,
            KeyLookRow.window_id == CallRow.window_id,
            KeyLookRow.key_id == key_id,
        )
        cost = func.sum(CallRow.cost_micro_usd + CallRow.unsettled_micro_usd)
        its = (CallRow.client_id == self._client_id, CallRow.at_s >= start_s, CallRow.at_s < end_s)
        with self._database.reading() as session:
            return int(session.scalar(select(cost).where(*its, asked_for)) or 0)

    def _tally(self, session: Session, key_id: str, kind: str) -> KeyTallyRow:
        """The account, held by this transaction."""
        wanted = (self._client_id, key_id, kind)
        row = session.get(KeyTallyRow, wanted, with_for_update=True)
        if row is None:
            new = {"client_id": self._client_id, "key_id": key_id, "kind": kind, "slots": {}}
            self._database.add_missing(session, KeyTallyRow, [new])
            row = session.get_one(KeyTallyRow, wanted, with_for_update=True)
        return row


def new_place(key_id: str, *, is_kept: bool) -> Place:
    """A place that nobody has taken yet."""
    return Place(uuid.uuid4().hex, key_id, is_kept)
