"""The clients' money in the books: one purse for all processes, so that together they pass no cap.

Days and months are those of the server's own clock.
"""

import uuid
from collections.abc import Sequence
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from server.db.database import Database
from server.db.tables import AccountRow, HoldRow
from vigint_core.domain.budget import Account, BudgetView, Caps, Economy, Hold, Payer
from vigint_core.domain.fault import Code
from vigint_core.policy.budget import Slot, periods, refusal, reserve, settle, slots, view
from vigint_core.ports import Clock

_HELD_AT_MOST_S: Final = 120.0
"""A call and its tries end within 35 s (``Patience.total_s``); who holds money for longer is dead."""
_DAY_LENGTH: Final = len("2026-11-27")


class BooksPurse:
    """``Purse`` in the database. Every client has the same caps. Thread-safe."""

    def __init__(self, database: Database, clock: Clock, caps: Caps) -> None:
        self._database = database
        self._clock = clock
        self._caps = caps

    def reserve(self, payer: Payer, amount_micro_usd: int, *, second: bool) -> Hold | Code:
        """Put money aside in all accounts at once, or in none. Raises VigintError(SERVER_STORAGE)."""
        now_s = self._clock.wall()
        if not self._caps.any:
            return Hold("", payer, amount_micro_usd, now_s)
        hold = Hold(uuid.uuid4().hex, payer, amount_micro_usd, now_s)
        with self._database.writing() as session:
            self._count_dead_holds(session, payer.site, now_s)
            found = self._accounts(session, payer, now_s)
            for slot, row in found:
                refused = refusal(self._caps, _account(row), slot.cap, amount_micro_usd, second=second)
                if refused is not None:
                    return refused
            for _, row in found:
                _write(row, reserve(_account(row), amount_micro_usd))
            session.add(
                HoldRow(
                    id=hold.id,
                    client_id=payer.site,
                    camera_id=payer.camera_id,
                    amount=amount_micro_usd,
                    at_s=now_s,
                    until_s=now_s + _HELD_AT_MOST_S,
                )
            )
        return hold

    def settle(self, hold: Hold, cost_micro_usd: int) -> None:
        """Count what a call cost. Raises VigintError(SERVER_STORAGE)."""
        with self._database.writing() as session:
            held = 0
            if hold.id:
                row = session.get(HoldRow, hold.id, with_for_update=True)
                if row is None:  # counted as spent meanwhile: what it really cost is known after all
                    cost_micro_usd -= hold.amount
                else:
                    held = hold.amount
                    session.delete(row)
            for _, account in self._accounts(session, hold.payer, hold.at_s):
                _write(account, settle(_account(account), held, cost_micro_usd))

    def economy(self, payer: Payer) -> Economy:
        """What is to be left out for a camera now. Raises VigintError(SERVER_STORAGE)."""
        return self.view(payer.site).economy_of(payer.camera_id) if self._caps.any else Economy.NONE

    def view(self, client_id: str) -> BudgetView:
        """How a client's money stands. Raises VigintError(SERVER_STORAGE)."""
        now_s = self._clock.wall()
        rows = select(AccountRow).where(AccountRow.client_id == client_id, AccountRow.period.in_(periods(now_s)))
        first = select(func.min(AccountRow.period)).where(
            AccountRow.client_id == client_id,
            AccountRow.camera_id == "",
            func.length(AccountRow.period) == _DAY_LENGTH,
        )
        with self._database.reading() as session:
            accounts = {(row.camera_id, row.period): _account(row) for row in session.scalars(rows)}
            first_day = session.scalar(first)
        return view(self._caps, now_s, accounts, first_day)

    def _accounts(self, session: Session, payer: Payer, at_s: float) -> Sequence[tuple[Slot, AccountRow]]:
        """The accounts that a call counts in, held by this transaction; in one order, so that none waits for ever."""
        wanted = {(slot.camera_id, slot.period): slot for slot in slots(self._caps, payer, at_s)}
        query = (
            select(AccountRow)
            .where(AccountRow.client_id == payer.site)
            .where(AccountRow.camera_id.in_(["", payer.camera_id]), AccountRow.period.in_(periods(at_s)))
            .order_by(AccountRow.camera_id, AccountRow.period)
            .with_for_update()
        )
        rows = session.scalars(query).all()
        if len(rows) < len(wanted):
            missing = [
                {"client_id": payer.site, "camera_id": camera_id, "period": period, "spent": 0, "reserved": 0}
                for camera_id, period in wanted
            ]
            self._database.add_missing(session, AccountRow, missing)
            rows = session.scalars(query).all()
        return [(wanted[row.camera_id, row.period], row) for row in rows]

    def _count_dead_holds(self, session: Session, client_id: str, now_s: float) -> None:
        """What somebody put aside who never came back may have been spent, so it counts as spent.

        Of one client and the oldest first, so that two transactions hold their accounts in one order.
        """
        dead = (
            select(HoldRow)
            .where(HoldRow.client_id == client_id, HoldRow.until_s < now_s)
            .order_by(HoldRow.at_s)
            .with_for_update(skip_locked=True)
        )
        for row in session.scalars(dead).all():
            for _, account in self._accounts(session, Payer(row.client_id, row.camera_id), row.at_s):
                _write(account, settle(_account(account), row.amount, row.amount))
            session.execute(delete(HoldRow).where(HoldRow.id == row.id))


def _account(row: AccountRow) -> Account:
    return Account(row.spent, row.reserved)


def _write(row: AccountRow, account: Account) -> None:
    row.spent, row.reserved = account.spent, account.reserved
