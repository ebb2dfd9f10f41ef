"""The desk's own money, where it asks the AI by itself: what may be spent, what was, and every call, in one file.

One program holds the file; what it left put aside when it was killed counts as spent.
"""

import json
import sqlite3
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Final

from vigint_core.domain.budget import Account, BudgetView, Caps, Economy, Hold, Payer
from vigint_core.domain.fault import Code
from vigint_core.domain.verdict import Call
from vigint_core.policy.budget import Slot, periods, refusal, reserve, settle, slots, view
from vigint_core.ports import Clock
from vigint_desktop.store.schema import connect_money, store_error, transaction

KEEP_CALLS_S: Final = 400 * 24 * 3600.0
"""Calls are kept for a year and a month, so that one month can be compared with the same one a year ago."""
_WRITE: Final = (
    "INSERT INTO accounts (camera_id, period, spent, reserved) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (camera_id, period) DO UPDATE SET spent = excluded.spent, reserved = excluded.reserved"
)


class DeskPurse:
    """``Purse`` on a file of its own, and the ledger of calls. Thread-safe.

    Every method may raise VigintError(STORE_FAILED or DISK_FULL).
    """

    def __init__(self, file: Path, clock: Clock, caps: Caps) -> None:
        self._clock = clock
        self._caps = caps
        self._lock = threading.Lock()
        self._connection = connect_money(file)
        with self._transaction():
            self._count_dead_holds()
            self._connection.execute("DELETE FROM calls WHERE at_s < ?", (clock.wall() - KEEP_CALLS_S,))

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def limit(self, caps: Caps) -> None:
        """Other limits from now on."""
        with self._lock:
            self._caps = caps

    def reserve(self, payer: Payer, amount_micro_usd: int, *, second: bool) -> Hold | Code:
        """Put money aside in all accounts at once, or in none."""
        now_s = self._clock.wall()
        with self._transaction():
            accounts = self._accounts(payer, now_s)
            for slot, account in accounts.items():
                refused = refusal(self._caps, account, slot.cap, amount_micro_usd, second=second)
                if refused is not None:
                    return refused
            hold = Hold(uuid.uuid4().hex, payer, amount_micro_usd, now_s)
            self._write({slot: reserve(account, amount_micro_usd) for slot, account in accounts.items()})
            self._connection.execute(
                "INSERT INTO holds (id, camera_id, amount, at_s) VALUES (?, ?, ?, ?)",
                (hold.id, payer.camera_id, amount_micro_usd, now_s),
            )
        return hold

    def settle(self, hold: Hold, cost_micro_usd: int) -> None:
        """Count what a call cost."""
        with self._transaction():
            self._connection.execute("DELETE FROM holds WHERE id = ?", (hold.id,))
            accounts = self._accounts(hold.payer, hold.at_s)
            self._write({slot: settle(account, hold.amount, cost_micro_usd) for slot, account in accounts.items()})

    def economy(self, payer: Payer) -> Economy:
        """What is to be left out for a camera now."""
        return self.view().economy_of(payer.camera_id)

    def view(self) -> BudgetView:
        """How the money stands."""
        now_s = self._clock.wall()
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT camera_id, period, spent, reserved FROM accounts WHERE period IN (?, ?)", periods(now_s)
            ).fetchall()
            (first_day,) = connection.execute(
                "SELECT min(period) FROM accounts WHERE camera_id = '' AND length(period) = 10"
            ).fetchone()
            caps = self._caps
        accounts = {(camera_id, period): Account(spent, reserved) for camera_id, period, spent, reserved in rows}
        return view(caps, now_s, accounts, first_day)

    def book(self, camera_id: str, window_id: str, calls: Sequence[Call]) -> None:
        """Write calls into the ledger; both ids are "" for a probe."""
        now_s = self._clock.wall()
        with self._transaction():
            self._connection.executemany(
                "INSERT INTO calls (at_s, camera_id, window_id, body) VALUES (?, ?, ?, ?)",
                [(now_s, camera_id, window_id, json.dumps(asdict(call))) for call in calls],
            )

    def calls(self) -> list[tuple[str, str, Call]]:
        """Every call with its camera and window, oldest first."""
        with self._reading() as connection:
            rows = connection.execute("SELECT camera_id, window_id, body FROM calls ORDER BY id").fetchall()
        return [(camera_id, window_id, _call(json.loads(body))) for camera_id, window_id, body in rows]

    def _accounts(self, payer: Payer, at_s: float) -> dict[Slot, Account]:
        wanted = slots(self._caps, payer, at_s)
        found = {}
        for slot in wanted:
            row = self._connection.execute(
                "SELECT spent, reserved FROM accounts WHERE camera_id = ? AND period = ?", (slot.camera_id, slot.period)
            ).fetchone()
            found[slot] = Account(*row) if row else Account()
        return found

    def _write(self, accounts: dict[Slot, Account]) -> None:
        rows = [(slot.camera_id, slot.period, account.spent, account.reserved) for slot, account in accounts.items()]
        self._connection.executemany(_WRITE, rows)

    def _count_dead_holds(self) -> None:
        """Calls of a run that was killed: they may have been made, so what was put aside for them counts as spent."""
        for camera_id, amount, at_s in self._connection.execute("SELECT camera_id, amount, at_s FROM holds").fetchall():
            accounts = self._accounts(Payer("", camera_id), at_s)
            self._write({slot: settle(account, amount, amount) for slot, account in accounts.items()})
        self._connection.execute("DELETE FROM holds")

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                yield self._connection
            except sqlite3.Error as error:
                raise store_error(error) from error

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock, transaction(self._connection):
            yield


def _call(body: dict[str, object]) -> Call:
    known = {name: body[name] for name in Call.__slots__ if name in body}
    error = known.get("error")
    return Call(**known | {"error": Code(str(error)) if error else None})  # type: ignore[arg-type]
