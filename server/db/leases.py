"""Who is alive among the processes that do durable work: each renews a lease, and what ran out is taken over by one.

Leases belong to no client. Times are Unix seconds of the caller's clock: machines that share a database agree on it to
well under the lease's length.
"""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from server.db.database import Database
from server.db.tables import LeaseRow


class LeaseBook:
    """The leases in the database. Thread-safe. Every method raises VigintError(SERVER_STORAGE)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, executor_id: str, until_s: float) -> None:
        """Begin a lease, under an id that nobody had before."""
        with self._database.writing() as session:
            session.add(LeaseRow(executor_id=executor_id, until_s=until_s))

    def renew(self, executor_id: str, until_s: float) -> bool:
        """Go on living; False when somebody has taken the work over, so that this process must do none of it."""
        with self._database.writing() as session:
            renewed = update(LeaseRow).where(LeaseRow.executor_id == executor_id).values(until_s=until_s)
            return _changed(session, renewed) == 1

    def release(self, executor_id: str) -> None:
        """Stop living, so that the work is taken over at once."""
        with self._database.writing() as session:
            session.execute(update(LeaseRow).where(LeaseRow.executor_id == executor_id).values(until_s=0.0))

    def take_over(self, now_s: float, but: str = "") -> Sequence[str]:
        """The executors that died and whose work is the caller's now: each is given to one caller only.

        ``but``: the caller's own, which lives whatever its lease says.
        """
        dead = select(LeaseRow.executor_id).where(LeaseRow.until_s < now_s, LeaseRow.executor_id != but)
        with self._database.writing() as session:
            found = session.scalars(dead).all()
            return [each for each in found if _changed(session, _removed(each, now_s)) == 1]

    def living(self) -> frozenset[str]:
        """Every executor that has a lease."""
        with self._database.reading() as session:
            return frozenset(session.scalars(select(LeaseRow.executor_id)))


def _removed(executor_id: str, now_s: float) -> Any:
    """Compare and set in one: a lease that was renewed meanwhile, or taken by another, is not removed."""
    return delete(LeaseRow).where(LeaseRow.executor_id == executor_id, LeaseRow.until_s < now_s)


def _changed(session: Session, statement: Any) -> int:
    return cast("CursorResult[Any]", session.execute(statement)).rowcount
