"""What changed for a client, numbered without a gap, so that each of its desks can follow and none misses anything.

The number is counted up on the client's row in the transaction of the change itself. That row stays locked until the
transaction ends, so the numbers of one client become visible in their order, also on PostgreSQL: who has seen number n
has seen all before it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from sqlalchemy import CursorResult, Row, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from server.db.database import Database
from server.db.tables import ClientRow, EventKind, EventRow

EVENTS_KEPT_S: Final = 7 * 86_400.0
"""Who was away for longer reads the list anew."""
_AT_ONCE: Final = 200  # clients asked about in one statement
_COLUMNS: Final = (
    EventRow.client_id,
    EventRow.seq,
    EventRow.at_s,
    EventRow.kind,
    EventRow.subject_id,
    EventRow.version,
)


@dataclass(frozen=True, slots=True)
class Event:
    """One change.

    Attributes:
        at_s: Unix time.
        kind: an ``EventKind``, or a word of a newer program on the same books.
        version: that of the subject after the change; None where it has none.
    """

    seq: int
    at_s: float
    kind: str
    subject_id: str
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """Where a reader begins.

    Attributes:
        last: number of the client's newest event.
        missed: what came after the reader's own number, oldest first, up to ``last``.
        gap: not all of that is kept any more (or it is too much): the reader must read everything anew.
    """

    last: int
    missed: tuple[Event, ...] = ()
    gap: bool = False


class EventBook:
    """The events of one client."""

    def __init__(self, database: Database, client_id: str) -> None:
        self._database = database
        self._client_id = client_id

    def hold(self, session: Session) -> None:
        """Let this client's other changes wait until this transaction ends: what is read from here on stays true.

        To be taken before any row that another change may hold while it appends its event; else two wait for each
        other for ever.
        """
        wanted = select(ClientRow.last_event).where(ClientRow.id == self._client_id)
        session.execute(wanted.with_for_update(key_share=True))

    def append(
        self, session: Session, kind: EventKind, subject_id: str, now_s: float, version: int | None = None
    ) -> int:
        """Add an event to the transaction of the change that it tells of; returns its number."""
        counted = (
            update(ClientRow)
            .where(ClientRow.id == self._client_id)
            .values(last_event=ClientRow.last_event + 1)
            .returning(ClientRow.last_event)
            .execution_options(synchronize_session=False)
        )
        seq = session.execute(counted).scalar_one()
        session.add(
            EventRow(client_id=self._client_id, seq=seq, at_s=now_s, kind=kind, subject_id=subject_id, version=version)
        )
        return seq

    def open(self, after: int | None, most: int) -> Opening:
        """Where a reader begins who has seen number ``after``; None: with what comes from now on.

        A number that was never given out (books from a backup) is a gap, and so are more than ``most`` missed events.
        """
        mine = EventRow.client_id == self._client_id
        with self._database.reading() as session:
            last = session.scalar(select(ClientRow.last_event).where(ClientRow.id == self._client_id)) or 0
            if after is None or after == last:
                return Opening(last)
            oldest = session.scalar(select(func.min(EventRow.seq)).where(mine))
            if not (oldest or last + 1) - 1 <= after < last or last - after > most:
                return Opening(last, gap=True)
            wanted = select(*_COLUMNS).where(mine, EventRow.seq > after, EventRow.seq <= last).order_by(EventRow.seq)
            return Opening(last, tuple(_event(row) for row in session.execute(wanted)))


def newest_events(database: Database, client_ids: Sequence[str]) -> Mapping[str, int]:
    """The number of each client's newest event; clients that are no more are left out.

    Of many clients at once, because one poller a process asks for all whose desks hang on it.
    """
    found: dict[str, int] = {}
    with database.reading() as session:
        for some in _batches(client_ids):
            wanted = select(ClientRow.id, ClientRow.last_event).where(ClientRow.id.in_(some))
            found.update((row.id, row.last_event) for row in session.execute(wanted))
    return found


def events_after(database: Database, positions: Mapping[str, int], most: int) -> Mapping[str, Sequence[Event]]:
    """Each client's events after its number, oldest first, at most ``most`` in all of 200 clients.

    Of many clients at once, as ``newest_events``; each row is filed under the client that it carries.
    """
    found: dict[str, list[Event]] = {}
    with database.reading() as session:
        for some in _batches(list(positions)):
            newer = (and_(EventRow.client_id == each, EventRow.seq > positions[each]) for each in some)
            wanted = select(*_COLUMNS).where(or_(*newer)).order_by(EventRow.client_id, EventRow.seq).limit(most)
            for row in session.execute(wanted):
                found.setdefault(row.client_id, []).append(_event(row))
    return found


def sweep_events(database: Database, now_s: float) -> int:
    """Forget every client's events older than ``EVENTS_KEPT_S``; returns how many.

    Of all clients at once, because age is the only rule and nobody's request asks for it.
    """
    with database.writing() as session:
        gone = session.execute(delete(EventRow).where(EventRow.at_s < now_s - EVENTS_KEPT_S))
        return gone.rowcount if isinstance(gone, CursorResult) else 0


def _batches(client_ids: Sequence[str]) -> Iterator[Sequence[str]]:
    left = iter(client_ids)
    while some := tuple(islice(left, _AT_ONCE)):
        yield some


def _event(row: Row[str, int, float, str, str, int | None]) -> Event:
    return Event(row.seq, row.at_s, row.kind, row.subject_id, row.version)
