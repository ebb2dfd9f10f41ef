"""Who is told of a client's incidents."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from server.db.database import Database
from server.db.tables import RecipientRow
from vigint_core.domain.alert import Channel, Recipient, Wishes
from vigint_core.domain.incident import IncidentState
from vigint_core.domain.schedule import Hours, Week
from vigint_core.domain.verdict import Severity


class RecipientBook:
    """The recipients of one client, in the order in which they were added."""

    def __init__(self, database: Database, client_id: str) -> None:
        self._database = database
        self._client_id = client_id

    def all(self) -> Sequence[Recipient]:
        """Every recipient, also those that are paused."""
        with self._database.reading() as session:
            return self.read(session)

    def read(self, session: Session) -> Sequence[Recipient]:
        """``all`` within a transaction."""
        mine = select(RecipientRow).where(RecipientRow.client_id == self._client_id)
        ordered = mine.order_by(RecipientRow.created_s, RecipientRow.id)
        return [_recipient(row) for row in session.scalars(ordered)]

    def add(self, recipient: Recipient, now_s: float) -> None:
        """Write a new one down."""
        row = RecipientRow(client_id=self._client_id, id=recipient.id, created_s=now_s, **_columns(recipient))
        with self._database.writing() as session:
            session.add(row)

    def replace(self, recipient: Recipient) -> bool:
        """Write it over the one with its id; False where there is none."""
        with self._database.writing() as session:
            row = session.get(RecipientRow, (self._client_id, recipient.id), with_for_update=True)
            if row is None:
                return False
            for name, value in _columns(recipient).items():
                setattr(row, name, value)
            return True

    def remove(self, recipient_id: str) -> bool:
        """Tell it nothing any more; False where there is none."""
        gone = (
            delete(RecipientRow)
            .where(RecipientRow.client_id == self._client_id, RecipientRow.id == recipient_id)
            .returning(RecipientRow.id)
        )
        with self._database.writing() as session:
            return session.scalar(gone) is not None


def _columns(recipient: Recipient) -> dict[str, Any]:
    wishes = recipient.wishes
    return {
        "channel": recipient.channel,
        "address": recipient.address,
        "least": wishes.least,
        "always": wishes.always,
        "states": " ".join(sorted(wishes.states)),
        "hours": None if wishes.hours is None else [[[h.start_min, h.end_min] for h in day] for day in wishes.hours],
        "language": recipient.language,
        "paused": recipient.paused,
        "salt": recipient.salt,
    }


def _recipient(row: RecipientRow) -> Recipient:
    wishes = Wishes(
        least=Severity(row.least),
        states=frozenset(IncidentState(word) for word in row.states.split()),
        hours=None if row.hours is None else _week(row.hours),
        always=None if row.always is None else Severity(row.always),
    )
    return Recipient(row.id, Channel(row.channel), row.address, row.language, wishes, row.paused, row.salt)


def _week(days: list[Any]) -> Week:
    return tuple(tuple(Hours(*pair) for pair in day) for day in days)
