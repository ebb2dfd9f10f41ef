"""The one place where rows that belong to a client are found or written. Every statement here carries the client's id.

A ``Tenant`` is made from a proven key and nothing else; services and routes hold tenants, never tables.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from typing import Final, Literal

from sqlalchemy import ColumnElement, case, func, select, update
from sqlalchemy.orm import Session

from server.db.database import Database
from server.db.tables import AnalysisRow, CallRow, IncidentRow
from vigint_core.domain.fault import Code
from vigint_core.domain.verdict import Call
from vigint_core.policy.periods import Period
from vigint_core.wire import AnalysisResponse, IncidentBody, IncidentView


@dataclass(frozen=True, slots=True)
class WindowEntry:
    """What the books hold about a window before anybody looked. Times are Unix seconds."""

    window_id: str
    fingerprint: str
    camera_id: str
    camera_name: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Claimed:
    """The request may look, alone, until its lease ends. ``earlier`` is the answer of a look that failed in part."""

    mark: str
    earlier: AnalysisResponse | None


@dataclass(frozen=True, slots=True)
class Answered:
    """The window has its final answer."""

    answer: AnalysisResponse


@dataclass(frozen=True, slots=True)
class InHand:
    """Another request is looking; its claim is void ``for_s`` seconds from now at the latest."""

    for_s: float


@dataclass(frozen=True, slots=True)
class Differs:
    """The books hold another window under this id."""


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


ClaimResult = Claimed | Answered | InHand | Differs
_CALL_FIELDS: Final = tuple(field.name for field in fields(Call))
"""Every fact about a call has a column of the same name."""
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

    def claim(self, entry: WindowEntry, mark: str, now_s: float, lease_s: float) -> ClaimResult:
        """Ask to look at a window: at most one request at a time gets ``Claimed``, in however many processes."""
        with self._database.writing() as session:
            row = session.get(AnalysisRow, (self.client_id, entry.window_id), with_for_update=True)
            if row is None:
                row = self._new_row(entry)
                session.add(row)
            refusal = _refusal(row, entry, now_s)
            if refusal is not None:
                return refusal
            row.claim, row.claimed_until_s = mark, now_s + lease_s
            return Claimed(mark, _read(row))

    def settle(self, entry: WindowEntry, mark: str, answer: AnalysisResponse, final: bool, now_s: float) -> None:
        """Write an answer and its calls. The calls are written in any case, the answer only while the claim is ours."""
        with self._database.writing() as session:
            session.execute(
                update(AnalysisRow)
                .where(AnalysisRow.client_id == self.client_id)
                .where(AnalysisRow.window_id == entry.window_id, AnalysisRow.claim == mark)
                .values(claim="", claimed_until_s=0.0, answer=answer.model_dump(mode="json"), final=final)
            )
            calls = (Call(**call.model_dump()) for call in answer.calls)
            add_calls(session, self.client_id, entry, calls, now_s)

    def release(self, window_id: str, mark: str) -> None:
        """Give a claim back without an answer; the window may be asked again at once."""
        with self._database.writing() as session:
            session.execute(
                update(AnalysisRow)
                .where(AnalysisRow.client_id == self.client_id)
                .where(AnalysisRow.window_id == window_id, AnalysisRow.claim == mark)
                .values(claim="", claimed_until_s=0.0)
            )

    def put_incident(self, incident_id: str, body: IncidentBody, now_s: float) -> None:
        """Write an incident under the id that its desk gave it, over what was there."""
        with self._database.writing() as session:
            session.merge(
                IncidentRow(
                    client_id=self.client_id,
                    id=incident_id,
                    camera_id=body.camera_id,
                    state=body.state,
                    severity=body.severity,
                    opened_s=body.opened.timestamp(),
                    updated_s=now_s,
                    body=body.model_dump(mode="json"),
                )
            )

    def incidents(self, most: int, before_s: float | None = None) -> Sequence[IncidentView]:
        """The latest incidents, newest first; only those opened before ``before_s`` (Unix time) when it is given."""
        wanted = select(IncidentRow).where(IncidentRow.client_id == self.client_id)
        if before_s is not None:
            wanted = wanted.where(IncidentRow.opened_s < before_s)
        wanted = wanted.order_by(IncidentRow.opened_s.desc(), IncidentRow.id).limit(most)
        with self._database.reading() as session:
            return [IncidentView(id=row.id, **row.body) for row in session.scalars(wanted)]

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

    def _new_row(self, entry: WindowEntry) -> AnalysisRow:
        return AnalysisRow(
            client_id=self.client_id,
            window_id=entry.window_id,
            fingerprint=entry.fingerprint,
            camera_id=entry.camera_id,
            camera_name=entry.camera_name,
            start_s=entry.start_s,
            end_s=entry.end_s,
            claim="",
            claimed_until_s=0.0,
            answer=None,
            final=False,
        )


def add_calls(
    session: Session, client_id: str | None, window: WindowEntry | None, calls: Iterable[Call], now_s: float
) -> None:
    """Write calls to a model into the ledger; ``client_id`` and ``window`` None for the server's own probes."""
    session.add_all(
        CallRow(
            client_id=client_id,
            window_id=window.window_id if window else None,
            camera_id=window.camera_id if window else None,
            at_s=now_s,
            **{field: getattr(call, field) for field in _CALL_FIELDS},
        )
        for call in calls
    )


def count_calls(session: Session, model: str, since_s: float) -> int:
    """How many calls of a model were booked since a Unix time, whoever made them."""
    wanted = select(func.count()).select_from(CallRow).where(CallRow.model == model, CallRow.at_s > since_s)
    return session.scalar(wanted) or 0


def _refusal(row: AnalysisRow, entry: WindowEntry, now_s: float) -> Answered | InHand | Differs | None:
    """Why the window must not be looked at now, or None."""
    if row.fingerprint != entry.fingerprint:
        return Differs()
    answer = _read(row)
    if row.final and answer is not None:
        return Answered(answer)
    if row.claim and row.claimed_until_s > now_s:
        return InHand(row.claimed_until_s - now_s)
    return None


def _read(row: AnalysisRow) -> AnalysisResponse | None:
    return None if row.answer is None else AnalysisResponse.model_validate(row.answer)


def _call(row: CallRow) -> Call:
    kept = {field: getattr(row, field) for field in _CALL_FIELDS}
    return Call(**kept | {"error": Code(row.error) if row.error else None})
