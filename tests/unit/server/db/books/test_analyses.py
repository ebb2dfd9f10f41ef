"""One client's windows: one request claims each, durable work settles it once, and nobody else sees it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from server.db.books.analyses import Answered, Claimed, Differs, InHand, Stage, UnderWay, Work, unsettled_work
from server.db.books.calls import WindowEntry
from server.db.database import Database
from server.db.tenant import Tenant
from server.services.answers import answer_of, is_final, wire_call, wire_outcome
from server.services.clients import Clients
from tests.fakes.clock import FakeClock
from tests.fakes.examiner import CLEAR, OVERLOADED, SUSPICION
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import WindowId
from vigint_core.domain.verdict import Call, Judgement
from vigint_core.wire import AnalysisRequest, AnalysisResponse

ENTRY = WindowEntry("w1", "f" * 64, "till-2", "Till 2", 100.0, 110.0)
CALL = Call("first", "m", "v1", 1300, 120, 690, 0.5)
CLEAR_ANSWER = answer_of(Judgement(WindowId("w1"), CLEAR, None, 100, 100, (CALL,)))
FAILED_ANSWER = answer_of(Judgement(WindowId("w1"), OVERLOADED, None, 100, 100, (CALL,)))


@pytest.fixture
def tenant(database: Database) -> Tenant:
    return Tenant(database, Clients(database, FakeClock()).add("Shop").id)


def test_one_claims_and_the_next_is_told_how_long(tenant: Tenant) -> None:
    assert tenant.analyses.claim(ENTRY, "a", 1000, 90) == Claimed("a", None)
    assert tenant.analyses.claim(ENTRY, "b", 1030, 90) == InHand(60)


def test_of_many_at_once_one_claims(tenant: Tenant) -> None:
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda n: tenant.analyses.claim(ENTRY, str(n), 1000, 90), range(24)))
    assert sum(isinstance(result, Claimed) for result in results) == 1
    assert sum(isinstance(result, InHand) for result in results) == 23


def test_a_dead_owners_claim_is_taken_over_and_he_can_not_settle_any_more(tenant: Tenant) -> None:
    tenant.analyses.claim(ENTRY, "dead", 1000, 90)
    assert tenant.analyses.claim(ENTRY, "b", 1090, 90) == Claimed("b", None)
    tenant.analyses.settle(ENTRY, "dead", CLEAR_ANSWER, final=True, now_s=1091)
    assert isinstance(tenant.analyses.claim(ENTRY, "c", 1092, 90), InHand)
    assert len(tenant.calls()) == 1  # what he spent is in the ledger all the same


def test_a_final_answer_stays(tenant: Tenant) -> None:
    tenant.analyses.claim(ENTRY, "a", 1000, 90)
    tenant.analyses.settle(ENTRY, "a", CLEAR_ANSWER, final=True, now_s=1001)
    assert tenant.analyses.claim(ENTRY, "b", 1e12, 90) == Answered(CLEAR_ANSWER)
    assert tenant.calls() == [CALL]


def test_the_ledger_keeps_every_fact_of_a_call_also_of_a_failed_one(tenant: Tenant) -> None:
    first = Call("first", "m", "v3", 1300, 120, 690, 0.5, None, 700, 10, 20, 0, "suspected", flagged=True, thrifty=True)
    second = Call("second", "m2", "v3", 0, 0, 0, 8.0, Code.AI_TIMEOUT, unsettled_micro_usd=9000, outcome="not_analysed")
    answer = answer_of(Judgement(WindowId("w1"), CLEAR, None, 100, 100, (first, second)))
    tenant.analyses.claim(ENTRY, "a", 1000, 90)
    tenant.analyses.settle(ENTRY, "a", answer, final=True, now_s=1001)

    assert tenant.calls() == [first, second]
    assert tenant.analyses.claim(ENTRY, "b", 1002, 90) == Answered(answer)


def test_a_failed_answer_is_handed_to_the_next_who_claims(tenant: Tenant) -> None:
    tenant.analyses.claim(ENTRY, "a", 1000, 90)
    tenant.analyses.settle(ENTRY, "a", FAILED_ANSWER, final=is_final(FAILED_ANSWER), now_s=1001)
    assert tenant.analyses.claim(ENTRY, "b", 1002, 90) == Claimed("b", FAILED_ANSWER)


def test_a_released_window_is_free_at_once(tenant: Tenant) -> None:
    tenant.analyses.claim(ENTRY, "a", 1000, 90)
    tenant.analyses.release("w1", "another")
    assert isinstance(tenant.analyses.claim(ENTRY, "b", 1001, 90), InHand)
    tenant.analyses.release("w1", "a")
    assert tenant.analyses.claim(ENTRY, "b", 1002, 90) == Claimed("b", None)


def test_another_fingerprint_differs_also_while_in_hand(tenant: Tenant) -> None:
    tenant.analyses.claim(ENTRY, "a", 1000, 90)
    assert tenant.analyses.claim(replace(ENTRY, fingerprint="e" * 64), "b", 1001, 90) == Differs()


def test_the_same_id_of_another_client_is_another_window(database: Database, tenant: Tenant) -> None:
    other = Tenant(database, Clients(database, FakeClock()).add("Other").id)
    tenant.analyses.claim(ENTRY, "a", 1000, 90)
    tenant.analyses.settle(ENTRY, "a", CLEAR_ANSWER, final=True, now_s=1001)
    assert other.analyses.claim(ENTRY, "a", 1002, 90) == Claimed("a", None)
    other.analyses.release("w1", "a")
    other.analyses.settle(ENTRY, "a", FAILED_ANSWER, final=True, now_s=1003)
    assert tenant.analyses.claim(ENTRY, "b", 1004, 90) == Answered(CLEAR_ANSWER)
    assert len(tenant.calls()) == len(other.calls()) == 1


REQUEST = AnalysisRequest.model_validate(
    {
        "window_id": "w1", "camera_id": "till-2", "camera_name": "Till 2", "start": "2026-11-22T14:31:40+01:00",
        "end": "2026-11-22T14:31:50+01:00", "context_start": "2026-11-22T14:31:30+01:00", "notes": "Parcels at noon.",
    }
)  # fmt: skip
SUSPECTED = answer_of(Judgement(WindowId("w1"), SUSPICION, None, 100, 100, (CALL,)))
SECOND_CALL = wire_call(replace(CALL, look="second"))
WHOLE = SUSPECTED.model_copy(update={"second": wire_outcome(CLEAR), "calls": [*SUSPECTED.calls, SECOND_CALL]})


def staged(tenant: Tenant, answer: AnalysisResponse | None = SUSPECTED) -> Work:
    tenant.analyses.claim(ENTRY, "a", 1000, 90)
    work = tenant.analyses.stage(ENTRY, "a", REQUEST, answer, 1001)
    assert work is not None
    return work


def looks(tenant: Tenant) -> list[str]:
    return [call.look for call in tenant.calls()]


def test_what_is_handed_over_is_kept_for_whoever_does_the_work(tenant: Tenant) -> None:
    work = staged(tenant)
    assert work == Work(tenant.client_id, ENTRY, REQUEST, Stage.SECOND, 1, 1001.0, SUSPECTED)
    assert tenant.analyses.work("w1") == work
    assert looks(tenant) == ["first"]


def test_while_work_is_done_nobody_claims_the_window(tenant: Tenant) -> None:
    staged(tenant)
    assert tenant.analyses.claim(ENTRY, "b", 1e12, 90) == UnderWay(SUSPECTED)
    assert tenant.analyses.look_up("w1", 1e12) == UnderWay(SUSPECTED)


def test_a_first_look_may_be_handed_over_too(tenant: Tenant) -> None:
    work = staged(tenant, None)
    assert (work.stage, work.answer, looks(tenant)) == (Stage.FIRST, None, [])
    assert tenant.analyses.look_up("w1", 1002) == UnderWay(None)
    for _ in range(2):
        tenant.analyses.settle_first(work, SUSPECTED, done=False, final=False, now_s=1003)
    later = tenant.analyses.work("w1")
    assert later is not None
    assert (later.stage, later.answer, looks(tenant)) == (Stage.SECOND, SUSPECTED, ["first"])


def test_a_first_look_that_ends_the_work(tenant: Tenant) -> None:
    work = staged(tenant, None)
    for _ in range(2):
        tenant.analyses.settle_first(work, CLEAR_ANSWER, done=True, final=True, now_s=1003)
    assert tenant.analyses.work("w1") is None
    assert tenant.analyses.claim(ENTRY, "b", 1004, 90) == Answered(CLEAR_ANSWER)
    assert looks(tenant) == ["first"]


def test_settled_twice_is_settled_once(tenant: Tenant) -> None:
    work = staged(tenant)
    for _ in range(2):
        tenant.analyses.settle_second(work, WHOLE, [SECOND_CALL], final=True, now_s=1003)
    assert tenant.analyses.look_up("w1", 1004) == Answered(WHOLE)
    assert looks(tenant) == ["first", "second"]
    told = tenant.events.open(0, 10).missed
    assert [(event.kind, event.subject_id, event.at_s) for event in told] == [("analysis.settled", "w1", 1003.0)]


def test_another_attempt_has_the_window(tenant: Tenant) -> None:
    work = staged(tenant)
    again = tenant.analyses.begin_again(work, 1005)
    assert again is not None
    assert (again.attempt, again.begun_s) == (2, 1005.0)
    assert tenant.analyses.begin_again(work, 1006) is None
    tenant.analyses.settle_second(work, WHOLE, [SECOND_CALL], final=True, now_s=1007)
    assert tenant.analyses.look_up("w1", 1008) == UnderWay(SUSPECTED)
    assert looks(tenant) == ["first"]


def test_a_claim_that_was_lost_hands_nothing_over_but_the_call_is_booked(tenant: Tenant) -> None:
    tenant.analyses.claim(ENTRY, "dead", 1000, 90)
    tenant.analyses.claim(ENTRY, "b", 1090, 90)
    assert tenant.analyses.stage(ENTRY, "dead", REQUEST, SUSPECTED, 1091) is None
    assert looks(tenant) == ["first"]
    assert isinstance(tenant.analyses.claim(ENTRY, "c", 1092, 90), InHand)


def test_a_failed_second_look_is_worked_on_again(tenant: Tenant) -> None:
    failed = WHOLE.model_copy(update={"second": wire_outcome(OVERLOADED)})
    tenant.analyses.settle_second(staged(tenant), failed, [SECOND_CALL], final=False, now_s=1003)
    assert tenant.analyses.look_up("w1", 1004) == Answered(failed)
    assert tenant.analyses.claim(ENTRY, "b", 1005, 90) == Claimed("b", failed)
    work = tenant.analyses.stage(ENTRY, "b", REQUEST, None, 1006)
    assert work is not None
    assert (work.stage, work.attempt, work.answer) == (Stage.SECOND, 2, failed)
    assert looks(tenant) == ["first", "second"]


def test_a_window_nobody_could_say_anything_about_is_not_known(tenant: Tenant) -> None:
    assert tenant.analyses.look_up("w1", 1000) is None
    tenant.analyses.claim(ENTRY, "a", 1000, 90)
    assert tenant.analyses.look_up("w1", 1001) == UnderWay(None)
    assert tenant.analyses.look_up("w1", 1091) is None


def test_work_that_does_not_end_is_found(tenant: Tenant, database: Database) -> None:
    work = staged(tenant)
    assert unsettled_work(database, 1001, 10) == []
    assert unsettled_work(database, 1001.5, 10) == [work]
    tenant.analyses.settle_second(work, WHOLE, [SECOND_CALL], final=True, now_s=1003)
    assert unsettled_work(database, 1e12, 10) == []


def test_nobody_settles_another_client_s_work(tenant: Tenant, database: Database) -> None:
    other = Tenant(database, Clients(database, FakeClock()).add("Other").id)
    work = staged(tenant)
    other.analyses.settle_second(work, WHOLE, [SECOND_CALL], final=True, now_s=1003)
    assert (other.analyses.work("w1"), other.analyses.look_up("w1", 1004), looks(other)) == (None, None, [])
    assert tenant.analyses.work("w1") == work
