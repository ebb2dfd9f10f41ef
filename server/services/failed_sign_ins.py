"""Failed sign-ins, counted in the database by the key's id and by the address they came from, over all processes.

Only who fails is refused: a good key signs in whatever others do with its id or from its address. Guessing 256 random
bits is hopeless anyway; what a limit saves is work, and a log that can be read.
"""

import ipaddress
from collections.abc import Sequence
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from server.db.database import Database
from server.db.tables import FailedSignInRow
from server.logs import journal
from server.services.refusals import RefusedError
from vigint_core.domain.fault import Code
from vigint_core.ports import Clock

WINDOW_S: Final = 60.0
MOST_PER_KEY: Final = 10
MOST_PER_ADDRESS: Final = 30
MOST_MARKS: Final = 10_000
"""Ids and addresses that are counted apart; further ones share one count."""
_KEY: Final = "key:"
_FROM: Final = "from:"
_OTHERS: Final = "*"
_log = journal(__name__)


class FailedSignIns:
    """Counts, limits and logs sign-ins that failed."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def note(self, key_id: str, address: str) -> None:
        """One more failure, logged where it begins a burst: after two windows without one.

        ``key_id`` is "" where what was sent has not the form of a key. Raises RefusedError(AUTH_TOO_MANY) with the time
        until the window ends where there were too many before; that writes nothing.
        """
        now_s = self._clock.wall()
        marks = [_FROM + network(address), *([_KEY + key_id] if key_id else [])]
        with self._database.reading() as session:
            rows = _rows(session, marks)
            wait_s = _wait_s(rows, now_s)
        if not wait_s:
            if len(rows) < len(marks):
                self.forget_old(now_s)
            with self._database.writing() as session:
                began, wait_s = self._count(session, marks, now_s)
            if began:
                _log.info("sign-in failed", key_id=key_id, address=address)
        if wait_s:
            raise RefusedError(Code.AUTH_TOO_MANY, retry_after_s=wait_s)

    def _count(self, session: Session, marks: Sequence[str], now_s: float) -> tuple[bool, float]:
        """Whether a burst of the last mark began, and how long to wait if others were faster to reach the limit."""
        unknown = set(marks) - set(session.scalars(select(FailedSignInRow.mark).where(FailedSignInRow.mark.in_(marks))))
        counted = {mark: mark for mark in marks}
        if unknown and (session.scalar(select(func.count()).select_from(FailedSignInRow)) or 0) >= MOST_MARKS:
            counted |= {mark: mark.partition(":")[0] + ":" + _OTHERS for mark in unknown}
        fresh = [{"mark": mark, "failures": 0, "window_s": now_s} for mark in sorted(counted.values())]
        self._database.add_missing(session, FailedSignInRow, fresh)
        rows = _rows(session, list(counted.values()), lock=True)
        wait_s = _wait_s(rows, now_s)
        if wait_s:
            return False, wait_s
        told = next(row for row in rows if row.mark == counted[marks[-1]])
        began = told.failures == 0 or now_s - told.window_s >= 2 * WINDOW_S
        for row in rows:
            if not 0 <= now_s - row.window_s < WINDOW_S:
                row.failures, row.window_s = 0, now_s
            row.failures += 1
        return began, 0.0

    def forget_old(self, now_s: float) -> None:
        """Forget counts that are over. In a transaction that waits for nobody, so that nobody waits in a circle."""
        old = select(FailedSignInRow.mark).where(FailedSignInRow.window_s <= now_s - 2 * WINDOW_S)
        with self._database.writing() as session:
            session.execute(
                delete(FailedSignInRow).where(FailedSignInRow.mark.in_(old.with_for_update(skip_locked=True)))
            )


def network(address: str) -> str:
    """What counts as one address: an IPv4 one, the /64 of an IPv6 one, which a single machine is given; else "?"."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "?"
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(parsed.ipv4_mapped or ipaddress.ip_network((int(parsed), 64), strict=False))
    return str(parsed)


def _rows(session: Session, marks: Sequence[str], *, lock: bool = False) -> Sequence[FailedSignInRow]:
    """In one order, so that nobody waits for somebody who waits for them."""
    wanted = select(FailedSignInRow).where(FailedSignInRow.mark.in_(marks)).order_by(FailedSignInRow.mark)
    return session.scalars(wanted.with_for_update() if lock else wanted).all()


def _wait_s(rows: Sequence[FailedSignInRow], now_s: float) -> float:
    """Seconds until all these may fail again; 0 where they may now."""
    return max((_left_s(row, now_s) for row in rows), default=0.0)


def _left_s(row: FailedSignInRow, now_s: float) -> float:
    most = MOST_PER_KEY if row.mark.startswith(_KEY) else MOST_PER_ADDRESS
    left_s = row.window_s + WINDOW_S - now_s
    return left_s if row.failures >= most and 0 < left_s <= WINDOW_S else 0.0
