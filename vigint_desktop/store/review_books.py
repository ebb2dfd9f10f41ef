"""What people say of incidents, as the desk's books hold it: what the server knows, and what is still to be told to it.

A review that waits is kept as the change that somebody wants, beside the review as that person saw it: only so can be
told later whether somebody else has spoken meanwhile. Beside both lies what has been sent without an answer so far: who
finds that at the server finds this desk's own word.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import TypeAdapter

from vigint_core.domain.fault import Code
from vigint_core.domain.ids import IncidentId
from vigint_core.domain.review import Review, ReviewChange, ReviewStanding
from vigint_core.domain.status import ReviewTold
from vigint_core.policy.reviewing import laid_over

_REVIEW: Final[TypeAdapter[Review]] = TypeAdapter(Review)
_CHANGE: Final[TypeAdapter[ReviewChange]] = TypeAdapter(ReviewChange)
_CHANGES: Final[TypeAdapter[tuple[ReviewChange, ...]]] = TypeAdapter(tuple[ReviewChange, ...])
COLUMNS: Final = "incident_id, said, seen, wanted, code, asked_s, tried"
AT_ONCE: Final = 500
"""Incidents in one statement."""


@dataclass(frozen=True, slots=True)
class BookedReview:
    """One row.

    Attributes:
        said: as the server knows it, or nothing as long as it knows none.
        seen: as it was when somebody here spoke; None while nothing waits.
        wanted: what that somebody wants; None while nothing waits.
        code: why that waits, or why what was wanted before was refused; None where nobody knows or nothing is wrong.
        asked_s: Unix time at which it was said here last, or heard from the server.
        tried: what may have reached the server already, though no answer to it has come; the latest last.
    """

    incident_id: IncidentId
    said: Review = Review()  # noqa: RUF009 - frozen
    seen: Review | None = None
    wanted: ReviewChange | None = None
    code: Code | None = None
    asked_s: float = 0.0
    tried: tuple[ReviewChange, ...] = ()

    def told(self) -> ReviewTold:
        """What a person is to see: what is wanted counts as said already, and where it stands."""
        if self.wanted is not None:
            shown = laid_over(self.said, self.wanted, self.asked_s)
            return ReviewTold(self.incident_id, shown, ReviewStanding.WAITING, self.code)
        standing = ReviewStanding.SHARED if self.code is None else ReviewStanding.REFUSED
        return ReviewTold(self.incident_id, self.said, standing, self.code)


def read_review(row: Sequence[str | float | None]) -> BookedReview:
    """A row of ``COLUMNS``."""
    incident_id, said, seen, wanted, code, asked_s, tried = row
    return BookedReview(
        IncidentId(str(incident_id)),
        _REVIEW.validate_json(str(said)),
        None if seen is None else _REVIEW.validate_json(str(seen)),
        None if wanted is None else _CHANGE.validate_json(str(wanted)),
        None if code is None else Code(str(code)),
        float(asked_s or 0.0),
        () if tried is None else _CHANGES.validate_json(str(tried)),
    )


def batches(ids: Sequence[IncidentId]) -> Iterator[tuple[Sequence[IncidentId], str]]:
    """At most ``AT_ONCE`` ids at a time, each time with the marks that stand for them in a statement."""
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        yield some, ", ".join("?" * len(some))


class ReviewBooks:
    """Part of the ledger: used on its connection, by its thread, inside its transactions."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def get(self, incident_id: IncidentId) -> BookedReview | None:
        """What the books hold of one incident's review."""
        query = f"SELECT {COLUMNS} FROM reviews WHERE incident_id = ?"  # noqa: S608 - names of this module
        row = self._connection.execute(query, (incident_id,)).fetchone()
        return None if row is None else read_review(row)

    def put(self, review: BookedReview) -> None:
        """Write a row over the one before."""
        self._connection.execute(
            f"INSERT OR REPLACE INTO reviews ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - names
            (
                review.incident_id,
                _REVIEW.dump_json(review.said).decode(),
                None if review.seen is None else _REVIEW.dump_json(review.seen).decode(),
                None if review.wanted is None else _CHANGE.dump_json(review.wanted, exclude_none=True).decode(),
                review.code,
                review.asked_s,
                _CHANGES.dump_json(review.tried, exclude_none=True).decode() if review.tried else None,
            ),
        )

    def forget(self, incident_id: IncidentId) -> None:
        """Let a row go."""
        self._connection.execute("DELETE FROM reviews WHERE incident_id = ?", (incident_id,))

    def has_incident(self, incident_id: IncidentId) -> bool:
        """Whether the incident is this desk's own."""
        found = self._connection.execute("SELECT 1 FROM incidents WHERE id = ?", (incident_id,)).fetchone()
        return found is not None

    def forget_old(self, now_s: float, keep_s: float) -> None:
        """Let go what was said of other desks' incidents that long ago; of this desk's own it stays as they do."""
        self._connection.execute(
            "DELETE FROM reviews WHERE asked_s < ? AND incident_id NOT IN (SELECT id FROM incidents)", (now_s - keep_s,)
        )
