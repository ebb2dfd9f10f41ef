"""One client's rows: claims that only one request gets, and rows that nobody else sees."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from server.db.database import Database
from server.db.tenant import Answered, Claimed, Differs, InHand, Tenant, WindowEntry
from server.services.answers import answer_of, is_final
from server.services.clients import Clients
from tests.fakes.clock import FakeClock
from tests.fakes.examiner import CLEAR, OVERLOADED
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import WindowId
from vigint_core.domain.verdict import Call, Judgement

ENTRY = WindowEntry("w1", "f" * 64, "till-2", "Till 2", 100.0, 110.0)
CALL = Call("first", "m", "v1", 1300, 120, 690, 0.5)
CLEAR_ANSWER = answer_of(Judgement(WindowId("w1"), CLEAR, None, 100, 100, (CALL,)))
FAILED_ANSWER = answer_of(Judgement(WindowId("w1"), OVERLOADED, None, 100, 100, (CALL,)))


@pytest.fixture
def tenant(database: Database) -> Tenant:
    return Tenant(database, Clients(database, FakeClock()).add("Shop").id)


def test_one_claims_and_the_next_is_told_how_long(tenant: Tenant) -> None:
    assert tenant.claim(ENTRY, "a", 1000, 90) == Claimed("a", None)
    assert tenant.claim(ENTRY, "b", 1030, 90) == InHand(60)


def test_of_many_at_once_one_claims(tenant: Tenant) -> None:
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda n: tenant.claim(ENTRY, str(n), 1000, 90), range(24)))
    assert sum(isinstance(result, Claimed) for result in results) == 1
    assert sum(isinstance(result, InHand) for result in results) == 23


def test_a_dead_owners_claim_is_taken_over_and_he_can_not_settle_any_more(tenant: Tenant) -> None:
    tenant.claim(ENTRY, "dead", 1000, 90)
    assert tenant.claim(ENTRY, "b", 1090, 90) == Claimed("b", None)
    tenant.settle(ENTRY, "dead", CLEAR_ANSWER, final=True, now_s=1091)
    assert isinstance(tenant.claim(ENTRY, "c", 1092, 90), InHand)
    assert len(tenant.calls()) == 1  # what he spent is in the ledger all the same


def test_a_final_answer_stays(tenant: Tenant) -> None:
    tenant.claim(ENTRY, "a", 1000, 90)
    tenant.settle(ENTRY, "a", CLEAR_ANSWER, final=True, now_s=1001)
    assert tenant.claim(ENTRY, "b", 1e12, 90) == Answered(CLEAR_ANSWER)
    assert tenant.calls() == [CALL]


def test_the_ledger_keeps_every_fact_of_a_call_also_of_a_failed_one(tenant: Tenant) -> None:
    first = Call("first", "m", "v3", 1300, 120, 690, 0.5, None, 700, 10, 20, 0, "suspected", flagged=True, thrifty=True)
    second = Call("second", "m2", "v3", 0, 0, 0, 8.0, Code.AI_TIMEOUT, unsettled_micro_usd=9000, outcome="not_analysed")
    answer = answer_of(Judgement(WindowId("w1"), CLEAR, None, 100, 100, (first, second)))
    tenant.claim(ENTRY, "a", 1000, 90)
    tenant.settle(ENTRY, "a", answer, final=True, now_s=1001)

    assert tenant.calls() == [first, second]
    assert tenant.claim(ENTRY, "b", 1002, 90) == Answered(answer)


def test_a_failed_answer_is_handed_to_the_next_who_claims(tenant: Tenant) -> None:
    tenant.claim(ENTRY, "a", 1000, 90)
    tenant.settle(ENTRY, "a", FAILED_ANSWER, final=is_final(FAILED_ANSWER), now_s=1001)
    assert tenant.claim(ENTRY, "b", 1002, 90) == Claimed("b", FAILED_ANSWER)


def test_a_released_window_is_free_at_once(tenant: Tenant) -> None:
    tenant.claim(ENTRY, "a", 1000, 90)
    tenant.release("w1", "another")
    assert isinstance(tenant.claim(ENTRY, "b", 1001, 90), InHand)
    tenant.release("w1", "a")
    assert tenant.claim(ENTRY, "b", 1002, 90) == Claimed("b", None)


def test_another_fingerprint_differs_also_while_in_hand(tenant: Tenant) -> None:
    tenant.claim(ENTRY, "a", 1000, 90)
    assert tenant.claim(replace(ENTRY, fingerprint="e" * 64), "b", 1001, 90) == Differs()


def test_the_same_id_of_another_client_is_another_window(database: Database, tenant: Tenant) -> None:
    other = Tenant(database, Clients(database, FakeClock()).add("Other").id)
    tenant.claim(ENTRY, "a", 1000, 90)
    tenant.settle(ENTRY, "a", CLEAR_ANSWER, final=True, now_s=1001)
    assert other.claim(ENTRY, "a", 1002, 90) == Claimed("a", None)
    other.release("w1", "a")
    other.settle(ENTRY, "a", FAILED_ANSWER, final=True, now_s=1003)
    assert tenant.claim(ENTRY, "b", 1004, 90) == Answered(CLEAR_ANSWER)
    assert len(tenant.calls()) == len(other.calls()) == 1


def test_only_the_tenant_and_its_books_touch_a_clients_rows() -> None:
    """The tables that hold what a client owns are named in one place beside their own: the tenant and its books."""
    server = Path(__file__).parents[4] / "server"
    users = {
        file.relative_to(server).as_posix()
        for file in server.rglob("*.py")
        if any(row in file.read_text("utf-8") for row in ("AnalysisRow", "IncidentRow", "CallRow"))
    }
    assert {user for user in users if not user.startswith(("db/tables/", "db/books/"))} == {"db/tenant.py"}
