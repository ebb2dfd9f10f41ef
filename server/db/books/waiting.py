"""Durable work that waits, as the books know it: second looks that have not ended, and deliveries that are due."""

from dataclasses import dataclass

from sqlalchemy import func, select

from server.db.database import Database
from server.db.tables import AlertRow, AlertState, AnalysisRow

_OPEN = (AlertState.WAITING, AlertState.SENDING)


@dataclass(frozen=True, slots=True)
class WaitingWork:
    """How many pieces of work wait, and how many seconds the oldest has waited; 0 where none does."""

    count: int
    oldest_s: float


def waiting_work(database: Database, now_s: float) -> WaitingWork:
    """What waits at a Unix time. Of all clients: it tells how the server is, and whose work it is stays unsaid.

    A delivery waits from the time it is due: one that is tried again in an hour does not wait yet.
    """
    looks = select(func.count(), func.min(AnalysisRow.staged_s)).where(AnalysisRow.staged_s.is_not(None))
    alerts = select(func.count(), func.min(AlertRow.due_s)).where(AlertRow.state.in_(_OPEN), AlertRow.due_s <= now_s)
    with database.reading() as session:
        found = [session.execute(each).one() for each in (looks, alerts)]
    begun = [float(since_s) for _, since_s in found if since_s is not None]
    return WaitingWork(sum(int(count) for count, _ in found), max(0.0, now_s - min(begun)) if begun else 0.0)
