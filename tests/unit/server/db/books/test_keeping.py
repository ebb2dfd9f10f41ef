"""The end of a client, while other processes work on the same file."""

from pathlib import Path

import pytest
from sqlalchemy import text

from server.db.books.keeping import BATCH
from server.db.database import Database
from server.db.pauses import Pauses
from server.db.schema import migrate
from server.db.tables import AlertRow, AlertState
from server.db.tenant import Tenant
from server.services.clients import Clients
from tests.fakes.clock import FakeClock

ROWS = 5 * BATCH


def test_other_processes_have_their_turn_while_a_client_is_erased(
    tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second ``Database`` on the file is what another process is: it knows nothing of the first one's writers."""
    url = f"sqlite:///{tmp_path / 'server.sqlite3'}"
    own, other = Database(url), Database(url)
    migrate(own)
    tenant = Tenant(own, Clients(own, clock).add("Large").id)
    with own.writing() as session:
        session.add_all(
            AlertRow(
                client_id=tenant.client_id, id=str(number), recipient_id="r", channel="mail", about="c",
                state=AlertState.SENT, created_s=1.0, due_s=1.0, round=1, composed_s=1.0, message_id="", follows="",
                tries=1, failing_s=None, code="", detail="",
            )
            for number in range(ROWS)
        )  # fmt: skip
    turns: list[int] = []

    def take(_pauses: Pauses) -> None:
        with other.writing() as session:
            session.execute(text("PRAGMA busy_timeout=0"))
            session.execute(text("UPDATE alembic_version SET version_num = version_num"))
            turns.append(len(session.execute(text("SELECT id FROM alerts")).all()))

    monkeypatch.setattr(Pauses, "take", take)
    assert tenant.keeping.erase_all() == ROWS + 1
    assert turns[:5] == [4 * BATCH, 3 * BATCH, 2 * BATCH, BATCH, 0], "after each piece the lock is free"
    own.close()
    other.close()
