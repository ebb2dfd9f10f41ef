"""The provider's limits in the books: one pace per key and model for all processes, and turns that are fair.

While no limit is known, a turn costs one small read and nobody is written down.
"""

import hashlib
import threading
from collections import deque
from collections.abc import Callable
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from server.db.books.calls import count_calls
from server.db.database import Database
from server.db.tables import PaceRow, ServedRow, TicketRow
from vigint_core.analysis.limiter import Turn
from vigint_core.domain.fault import Code
from vigint_core.policy.pace import Pace, started
from vigint_core.ports import Clock

_GONE_S: Final = 5.0
"""Who waits asks four times a second; a ticket that was not shown for so long is nobody's."""
_MINUTE_S: Final = 60.0
_SOON_S: Final = 0.001  # of somebody who waits for others alone
_MOST_STARTS: Final = 10_000
_FORGET_SERVED_S: Final = 24 * 3600.0


class BooksPaceBook:
    """``PaceBook`` in the database. Thread-safe."""

    def __init__(self, database: Database, clock: Clock, api_key: str) -> None:
        self._database = database
        self._clock = clock
        self._mark = hashlib.sha256(api_key.encode()).hexdigest()[:16]
        self._starts: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def turn(self, model: str, party: str, ticket: str, now_s: float) -> Turn:
        """Ask for a turn. Raises VigintError(SERVER_STORAGE)."""
        with self._database.reading() as session:
            row = session.get(PaceRow, (self._mark, model))
            is_limited = row is not None and _pace(row).is_limited
        turn = self._in_line(model, party, ticket, now_s) if is_limited else Turn(0.0)
        if turn.wait_s <= 0:
            self._note_start(model, now_s)
        return turn

    def leave(self, model: str, ticket: str) -> None:
        """Wait no more. Raises VigintError(SERVER_STORAGE)."""
        with self._database.writing() as session:
            session.execute(delete(TicketRow).where(TicketRow.id == ticket, TicketRow.model == model))

    def change(self, model: str, how: Callable[[Pace, int], Pace]) -> None:
        """Make another pace; nothing is written where it stays the same. Raises VigintError(SERVER_STORAGE)."""
        with self._database.reading() as session:
            row = session.get(PaceRow, (self._mark, model))
            known = Pace() if row is None else _pace(row)
        if how(known, 1) == known:
            return
        now_s = self._clock.wall()
        with self._database.writing() as session:
            row = self._row(session, model)
            _write(row, how(_pace(row), self._started(session, model, now_s)))

    def _in_line(self, model: str, party: str, ticket: str, now_s: float) -> Turn:
        with self._database.writing() as session:
            row = self._row(session, model)
            pace = _pace(row)
            session.execute(delete(TicketRow).where(TicketRow.seen_s < now_s - _GONE_S))
            self._show(session, model, party, ticket, now_s)
            is_first = self._first(session, model) == ticket
            wait_s = pace.start_s(now_s) - now_s + (0.0 if is_first else pace.interval_s)
            if wait_s > 0 or not is_first:
                return Turn(max(wait_s, _SOON_S), pace.reason)
            session.execute(delete(TicketRow).where(TicketRow.id == ticket))
            session.execute(delete(ServedRow).where(ServedRow.at_s < now_s - _FORGET_SERVED_S))
            session.merge(ServedRow(key_mark=self._mark, model=model, party=party, at_s=now_s))
            _write(row, started(pace, now_s))
            return Turn(0.0)

    def _show(self, session: Session, model: str, party: str, ticket: str, now_s: float) -> None:
        shown = session.get(TicketRow, ticket)
        if shown is None:
            session.add(
                TicketRow(id=ticket, key_mark=self._mark, model=model, party=party, asked_s=now_s, seen_s=now_s)
            )
        else:
            shown.seen_s = now_s
        session.flush()

    def _first(self, session: Session, model: str) -> str | None:
        """The ticket whose party was served longest ago; of equals, who came first."""
        served = (
            (ServedRow.key_mark == TicketRow.key_mark)
            & (ServedRow.model == TicketRow.model)
            & (ServedRow.party == TicketRow.party)
        )
        return session.scalar(
            select(TicketRow.id)
            .outerjoin(ServedRow, served)
            .where(TicketRow.key_mark == self._mark, TicketRow.model == model)
            .order_by(func.coalesce(ServedRow.at_s, 0.0), TicketRow.asked_s, TicketRow.id)
            .limit(1)
        )

    def _row(self, session: Session, model: str) -> PaceRow:
        """The pace, held by this transaction; one without a limit where there is none yet."""
        row = session.get(PaceRow, (self._mark, model), with_for_update=True)
        if row is None:
            fresh = Pace()
            new = {
                "key_mark": self._mark,
                "model": model,
                "interval_s": fresh.interval_s,
                "next_s": fresh.next_s,
                "paused_until_s": fresh.paused_until_s,
                "reason": fresh.reason,
            }
            self._database.add_missing(session, PaceRow, [new])
            row = session.get_one(PaceRow, (self._mark, model), with_for_update=True)
        return row

    def _note_start(self, model: str, now_s: float) -> None:
        with self._lock:
            self._starts.setdefault(model, deque(maxlen=_MOST_STARTS)).append(now_s)

    def _started(self, session: Session, model: str, now_s: float) -> int:
        """Calls of the last minute: those that the ledger knows of all processes, or those of this one, if more."""
        booked = count_calls(session, model, now_s - _MINUTE_S)
        with self._lock:
            own = self._starts.get(model, deque())
            while own and own[0] < now_s - _MINUTE_S:
                own.popleft()
            return max(booked, len(own))


def _pace(row: PaceRow) -> Pace:
    return Pace(row.interval_s, row.next_s, row.paused_until_s, Code(row.reason))


def _write(row: PaceRow, pace: Pace) -> None:
    row.interval_s, row.next_s = pace.interval_s, pace.next_s
    row.paused_until_s, row.reason = pace.paused_until_s, pace.reason
