"""What waits: second looks that were begun, and deliveries that are due and not at their end, of every client."""

from server.db.books.waiting import WaitingWork, waiting_work
from server.db.database import Database
from server.db.tables import AlertRow, AlertState
from server.db.tenant import Tenant

NOW_S = 1000.0


def put(database: Database, tenant: Tenant, *alerts: tuple[AlertState, float]) -> None:
    with database.writing() as session:
        session.add_all(
            AlertRow(
                client_id=tenant.client_id, id=f"a{number}", recipient_id="r", channel="mail", about="", state=state,
                round=0, due_s=due_s, created_s=1.0, composed_s=None, finished_s=None, message_id="", follows="",
                tries=0, failing_s=None, code="", detail="",
            )
            for number, (state, due_s) in enumerate(alerts)
        )  # fmt: skip


def test_nothing_waits_in_empty_books(database: Database) -> None:
    assert waiting_work(database, NOW_S) == WaitingWork(0, 0.0)


def test_deliveries_wait_from_the_time_they_are_due_until_their_end(
    database: Database, tenant: Tenant, other: Tenant
) -> None:
    put(database, tenant, (AlertState.WAITING, NOW_S - 5), (AlertState.WAITING, NOW_S + 60), (AlertState.SENT, 1.0))
    put(database, other, (AlertState.SENDING, NOW_S - 30), (AlertState.FAILED, 1.0), (AlertState.DROPPED, 1.0))
    assert waiting_work(database, NOW_S) == WaitingWork(2, 30.0)
