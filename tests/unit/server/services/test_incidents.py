"""What an incident is, from its desk, the second looks and people, under one roof."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.db.books.incidents import Standing, Told
from server.db.database import Database
from server.db.tenant import Tenant
from server.services.clients import Clients
from server.services.incidents import Incidents, cursor_after, fold, read_cursor
from server.services.refusals import RefusedError
from tests.fakes.clock import NOON_S, FakeClock
from tests.fakes.examiner import SUSPICION
from tests.unit.server.db.books.test_incidents import body, look
from vigint_core.domain.fault import Code
from vigint_core.domain.incident import IncidentState
from vigint_core.domain.review import ReviewVerdict
from vigint_core.domain.verdict import Severity
from vigint_core.wire import WireOutcome

SUSPECTED, CONFIRMED, VETOED, UNCONFIRMED = IncidentState
NOT_ANALYSED = WireOutcome(outcome="not_analysed")
CLEARED = WireOutcome(outcome="clear")


def confirmed(severity: Severity) -> WireOutcome:
    return WireOutcome(outcome="suspected", severity=severity)


@pytest.fixture
def tenant(database: Database) -> Tenant:
    return Tenant(database, Clients(database, FakeClock()).add("Shop").id)


def anywhere(_version: int) -> bool:
    return True


def test_a_second_look_makes_an_incident_graver_and_never_milder() -> None:
    told = body(["w1", "w2", "w3"])
    assert fold(Told(told, None, grew=True, seconds=[NOT_ANALYSED, None, None])) == Standing(SUSPECTED, Severity.MEDIUM)
    graver = [confirmed(Severity.LOW), confirmed(Severity.CRITICAL), CLEARED]
    assert fold(Told(told, None, grew=True, seconds=graver)) == Standing(CONFIRMED, Severity.CRITICAL)
    assert fold(Told(told, None, grew=True, seconds=[confirmed(Severity.LOW)])).severity is Severity.MEDIUM


OUTCOMES = st.lists(st.sampled_from([None, NOT_ANALYSED, CLEARED, *map(confirmed, Severity)]), min_size=1, max_size=5)


@given(OUTCOMES, st.randoms(use_true_random=False), st.sampled_from(list(IncidentState)))
def test_the_order_of_the_windows_says_nothing(outcomes: list[WireOutcome | None], random: Random, state: str) -> None:
    turned = sorted(outcomes, key=lambda _: random.random())
    told = body(state=state)
    assert fold(Told(told, None, grew=True, seconds=outcomes)) == fold(Told(told, None, grew=True, seconds=turned))


def test_a_worker_that_decides_again_is_told_the_same_incident(tenant: Tenant) -> None:
    """It may have died between deciding and telling people."""
    incidents = Incidents(FakeClock())
    incidents.put(tenant, "i1", body())
    look(tenant, "w1", SUSPICION)
    (first,), (again,) = incidents.decide(tenant, "w1"), incidents.decide(tenant, "w1")
    assert (first.changed, again.changed) == (True, False)
    assert first.incident == again.incident == incidents.one(tenant, "i1")
    assert first.incident.state is CONFIRMED


def test_a_review_lays_what_is_said_over_what_was_said_with_who_and_when(tenant: Tenant) -> None:
    clock = FakeClock()
    incidents = Incidents(clock)
    incidents.put(tenant, "i1", body())
    incidents.review(tenant, "i1", anywhere, {"verdict": ReviewVerdict.REAL, "owner": "Ana"}, "k1")
    clock.advance(60)
    made = incidents.review(tenant, "i1", anywhere, {"comment": "Seen."}, "k2")
    same = incidents.review(tenant, "i1", anywhere, {"owner": "Ana"}, "k3")

    assert (made.review.verdict, made.review.owner, made.review.comment) == ("real", "Ana", "Seen.")
    assert [each.by for each in made.reviews] == ["k1", "k2"]
    assert made.review.at is not None
    assert made.review.at.timestamp() == NOON_S + 60
    assert same == made, "nothing new was said"


def test_an_unknown_incident_is_refused(tenant: Tenant) -> None:
    with pytest.raises(RefusedError) as refused:
        Incidents(FakeClock()).one(tenant, "i1")
    assert refused.value.code is Code.REQUEST_NOT_FOUND


@given(st.floats(allow_nan=False, allow_infinity=False), st.from_regex(r"\A[A-Za-z0-9_-]{1,64}\Z"))
def test_a_cursor_comes_back_exactly_and_stays_short(opened_s: float, incident_id: str) -> None:
    cursor = cursor_after((opened_s, incident_id))
    assert read_cursor(cursor) == (opened_s, incident_id)
    assert len(cursor) <= 200


@pytest.mark.parametrize("text", ["x", "!", "bmFuIGkx", "MSA", "aW5mIGkx", "é", "eCBpMQ"])
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(RefusedError) as refused:
        read_cursor(text)
    assert refused.value.code is Code.REQUEST_INVALID
