"""The one place where rows that belong to a client are found or written. Every statement here carries the client's id.

A ``Tenant`` is made from a proven key and nothing else; services and routes hold tenants, never tables.
"""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from typing import Final, Literal

from sqlalchemy import ColumnElement, case, func, select

from server.db.books.alerts import AlertBook
from server.db.books.analyses import AnalysisBook
from server.db.books.calls import CALL_FIELDS
from server.db.books.events import EventBook
from server.db.books.files import FileBook
from server.db.books.incidents import IncidentBook
from server.db.books.keeping import KeepingBook
from server.db.books.limits import LimitBook
from server.db.books.links import LinkBook
from server.db.books.recipients import RecipientBook
from server.db.books.sites import SiteBook
from server.db.database import Database
from server.db.tables import AnalysisRow, CallRow
from vigint_core.domain.fault import Code
from vigint_core.domain.verdict import Call
from vigint_core.policy.periods import Period


@dataclass(frozen=True, slots=True)
class Usage:
    """Sums over calls of the ledger, exact. Money is millionths of a US dollar; the fields are those of ``Call``."""

    calls: int = 0
    failed: int = 0
    tokens_in: int = 0
    tokens_video: int = 0
    tokens_cached: int = 0
    tokens_out: int = 0
    tokens_thought: int = 0
    cost_micro_usd: int = 0
    unsettled_micro_usd: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(*(mine + its for mine, its in zip(astuple(self), astuple(other), strict=True)))


_SUMMED: Final = tuple(field.name for field in fields(Usage) if field.name not in {"calls", "failed"})
_GROUPS: Final[Mapping[str, ColumnElement[str]]] = {
    "model": CallRow.model.expression,
    "look": CallRow.look.expression,
    "camera": func.coalesce(CallRow.camera_id, ""),
}


class Tenant:
    """All that one client owns.

    Attributes:
        client_id: whose rows these are.
    """

    def __init__(self, database: Database, client_id: str) -> None:
        self.client_id = client_id
        self._database = database

    @property
    def analyses(self) -> AnalysisBook:
        """Its windows."""
        return AnalysisBook(self._database, self.client_id)

    @property
    def files(self) -> FileBook:
        """What it keeps in the storage."""
        return FileBook(self._database, self.client_id)

    @property
    def incidents(self) -> IncidentBook:
        """Its incidents."""
        return IncidentBook(self._database, self.client_id)

    @property
    def events(self) -> EventBook:
        """What changed for it, in order."""
        return EventBook(self._database, self.client_id)

    @property
    def recipients(self) -> RecipientBook:
        """Who is told of its incidents."""
        return RecipientBook(self._database, self.client_id)

    @property
    def alerts(self) -> AlertBook:
        """What its recipients were told, and what is put down to be told."""
        return AlertBook(self._database, self.client_id)

    @property
    def sites(self) -> SiteBook:
        """Where its cameras are."""
        return SiteBook(self._database, self.client_id)

    @property
    def limits(self) -> LimitBook:
        """What its keys have used."""
        return LimitBook(self._database, self.client_id)

    @property
    def keeping(self) -> KeepingBook:
        """How long what it has is kept, and its end."""
        return KeepingBook(self._database, self.client_id)

    @property
    def links(self) -> LinkBook:
        """Who may see one of its incidents without a key."""
        return LinkBook(self._database, self.client_id)

    def calls(self) -> Sequence[Call]:
        """Every call made for this client, oldest first."""
        wanted = select(CallRow).where(CallRow.client_id == self.client_id).order_by(CallRow.id)
        with self._database.reading() as session:
            return [_call(row) for row in session.scalars(wanted)]

    def usage_by_period(self, periods: Sequence[Period]) -> Mapping[str, Usage]:
        """The sums of each period with calls, by its name. The periods follow each other without a gap."""
        named = case(*((CallRow.at_s < period.end_s, period.name) for period in periods))
        return self._usage(named, periods[0].start_s, periods[-1].end_s)

    def usage_by(self, group: Literal["model", "look", "camera"], period: Period) -> Mapping[str, Usage]:
        """The sums of each model, look or camera with calls in a period; ``""`` where no camera was written down."""
        return self._usage(_GROUPS[group], period.start_s, period.end_s)

    def camera_names(self, period: Period) -> Mapping[str, str]:
        """What the cameras with calls in a period were called at the last of them, by their ids."""
        latest = (
            select(func.max(CallRow.id))
            .where(CallRow.client_id == self.client_id)
            .where(CallRow.at_s >= period.start_s, CallRow.at_s < period.end_s)
            .group_by(CallRow.camera_id)
        )
        wanted = (
            select(AnalysisRow.camera_id, AnalysisRow.camera_name)
            .join(CallRow, AnalysisRow.window_id == CallRow.window_id)
            .where(AnalysisRow.client_id == self.client_id, CallRow.id.in_(latest))
        )
        with self._database.reading() as session:
            return {row.camera_id: row.camera_name for row in session.execute(wanted)}

    def _usage(self, name: ColumnElement[str], start_s: int, end_s: int) -> Mapping[str, Usage]:
        """Sums by name, made by the database: of ``start_s <= at_s < end_s``."""
        picked = (
            select(name.label("name"), CallRow.error, *(getattr(CallRow, field) for field in _SUMMED))
            .where(CallRow.client_id == self.client_id, CallRow.at_s >= start_s, CallRow.at_s < end_s)
            .subquery()  # so that the name is a column: PostgreSQL does not group by what has parameters
        )
        sums = (func.sum(picked.c[field]) for field in _SUMMED)
        wanted = select(picked.c.name, func.count(), func.count(picked.c.error), *sums).group_by(picked.c.name)
        with self._database.reading() as session:
            # Sorted here, because databases sort differently; PostgreSQL sums big integers into a whole Decimal.
            return {name: Usage(*map(int, numbers)) for name, *numbers in sorted(session.execute(wanted))}


def _call(row: CallRow) -> Call:
    kept = {field: getattr(row, field) for field in CALL_FIELDS}
    return Call(**kept | {"error": Code(row.error) if row.error else None})
