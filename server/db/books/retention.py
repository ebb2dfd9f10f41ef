"""What the daily job has erased, day by day. It erases for all clients, so this belongs to none."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, select

from server.db.database import Database
from server.db.tables import RetentionRunRow

MOST_RUNS: Final = 400
"""Days that are kept."""


@dataclass(frozen=True, slots=True)
class Run:
    """One day's work. ``finished_s`` (Unix time) is None while it is under way."""

    day: str
    begun_s: float
    finished_s: float | None
    erased: Mapping[str, int]


class RetentionRuns:
    """The days on which something was, or should have been, erased."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def is_done(self, day: str) -> bool:
        """Whether a day's work came to its end."""
        with self._database.reading() as session:
            row = session.get(RetentionRunRow, day)
            return row is not None and row.finished_s is not None

    def begin(self, day: str, now_s: float) -> None:
        """A day's work begins, or goes on after its process died; the oldest days are forgotten."""
        newest = select(RetentionRunRow.day).order_by(RetentionRunRow.day.desc()).limit(MOST_RUNS)
        with self._database.writing() as session:
            if session.get(RetentionRunRow, day) is None:
                session.add(RetentionRunRow(day=day, begun_s=now_s, finished_s=None, erased={}))
                session.flush()
            session.execute(delete(RetentionRunRow).where(RetentionRunRow.day.not_in(newest)))

    def finish(self, day: str, now_s: float, erased: Mapping[str, int]) -> None:
        """A day's work is done, and erased so many of what."""
        with self._database.writing() as session:
            row = session.get(RetentionRunRow, day)
            if row is not None:
                row.finished_s, row.erased = now_s, dict(erased)

    def latest(self) -> Run | None:
        """The newest day."""
        wanted = select(RetentionRunRow).order_by(RetentionRunRow.day.desc()).limit(1)
        with self._database.reading() as session:
            row = session.scalar(wanted)
            return None if row is None else Run(row.day, row.begun_s, row.finished_s, row.erased)
