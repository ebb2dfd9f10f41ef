"""Incidents in the books: repeats that change nothing, second looks that decide, reviews that stay, lists in pages."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from server.db.books.calls import WindowEntry
from server.db.books.incidents import MOST_REVIEWS, Change, Page, Standing, Told, Wanted
from server.db.database import Database
from server.db.tenant import Tenant
from server.services.answers import answer_of
from server.services.incidents import fold
from tests.fakes.clock import NOON_S
from tests.fakes.examiner import CLEAR, SUSPICION
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.ids import WindowId
from vigint_core.domain.incident import IncidentState
from vigint_core.domain.review import ReviewState, ReviewVerdict
from vigint_core.domain.verdict import Judgement, Outcome, Severity
from vigint_core.wire import IncidentBody, IncidentView, WireReview

SUSPECTED, CONFIRMED, VETOED, UNCONFIRMED = IncidentState


def body(windows: Sequence[str] = ("w1",), opened_s: float = NOON_S, **told: Any) -> IncidentBody:
    at = datetime.fromtimestamp(opened_s, UTC)
    return IncidentBody.model_validate(
        {
            "camera_id": "till-2", "camera_name": "Till 2", "type": "concealment", "severity": "medium",
            "state": "suspected", "source": "ai", "confidence": 0.9, "summary": "A bottle goes into a bag.",
            "observations": [], "start": at, "end": at, "act": at, "opened": at, "window_ids": list(windows), **told,
        }
    )  # fmt: skip


def put(tenant: Tenant, told: IncidentBody | None = None, incident_id: str = "i1", now_s: float = NOON_S) -> Change:
    return tenant.incidents.put(incident_id, told or body(), fold, now_s)


def page(tenant: Tenant, wanted: Wanted) -> Page:
    with tenant.incidents._database.looking() as connection:
        return tenant.incidents.page(wanted, connection)


def shown(tenant: Tenant, wanted: Wanted) -> list[IncidentView]:
    return [IncidentView.model_validate_json(each) for each in page(tenant, wanted).incidents]


def look(tenant: Tenant, window: str, second: Outcome | None) -> None:
    entry = WindowEntry(window, "f" * 64, "till-2", "Till 2", NOON_S, NOON_S + 10)
    tenant.analyses.claim(entry, "mark", NOON_S, 90)
    answer = answer_of(Judgement(WindowId(window), SUSPICION, second, NOON_S, NOON_S))
    tenant.analyses.settle(entry, "mark", answer, final=second is not None, now_s=NOON_S)


def events(tenant: Tenant) -> list[tuple[str, str, int | None]]:
    told = tenant.events.open(0, 1000).missed
    return [(event.kind, event.subject_id, event.version) for event in told if event.kind.startswith("incident.")]


def test_a_repeat_that_says_nothing_new_makes_no_version_and_no_event(tenant: Tenant) -> None:
    first, again, more = put(tenant), put(tenant), put(tenant, body(state="unconfirmed"))

    assert (first.changed, first.before, first.incident.version) == (True, None, 1)
    assert (again.changed, again.incident) == (False, first.incident)
    assert (more.changed, more.before, more.incident.version) == (True, Standing(SUSPECTED, Severity.MEDIUM), 2)
    assert events(tenant) == [("incident.put", "i1", 1), ("incident.put", "i1", 2)]


def test_a_second_look_before_the_incident_decides_it_when_it_comes(tenant: Tenant) -> None:
    look(tenant, "w1", SUSPICION)
    change = put(tenant)
    assert (change.incident.state, change.incident.severity) == (CONFIRMED, Severity.HIGH)
    assert put(tenant, body(state="unconfirmed")).incident.state is CONFIRMED


def test_a_second_look_after_the_incident_decides_it_and_again_is_no_change(tenant: Tenant) -> None:
    put(tenant, body(["w1", "w2"]))
    put(tenant, body(["w3"]), "another")
    look(tenant, "w1", CLEAR)
    assert [change.changed for change in tenant.incidents.decide("w1", fold, NOON_S)] == [False], "w2 is still open"
    look(tenant, "w2", CLEAR)

    (change,) = tenant.incidents.decide("w2", fold, NOON_S + 5)
    (again,) = tenant.incidents.decide("w2", fold, NOON_S + 6)

    assert (change.before, change.changed) == (Standing(SUSPECTED, Severity.MEDIUM), True)
    assert (change.incident.state, change.incident.version) == (VETOED, 2)
    assert (again.incident, again.changed) == (change.incident, False)
    assert events(tenant)[-1] == ("incident.decided", "i1", 2)
    assert tenant.incidents.decide("nobodys", fold, NOON_S) == []


def test_the_desk_s_repeat_opens_a_vetoed_one_only_with_a_new_window(tenant: Tenant) -> None:
    look(tenant, "w1", CLEAR)
    assert put(tenant).incident.state is VETOED
    assert put(tenant, body(state="unconfirmed")).incident.state is VETOED
    assert put(tenant, body(["w1", "w2"])).incident.state is SUSPECTED


def test_windows_that_a_desk_no_longer_tells_of_decide_nothing(tenant: Tenant) -> None:
    put(tenant, body([f"w{n}" for n in range(1200)]))
    change = put(tenant, body(["w7", "w7"]))
    look(tenant, "w8", SUSPICION)
    assert change.incident.window_ids == ["w7", "w7"]
    assert tenant.incidents.decide("w8", fold, NOON_S) == []
    assert [each.incident.id for each in tenant.incidents.decide("w7", fold, NOON_S)] == ["i1"]


def test_whichever_of_the_two_is_first_when_they_come_at_once_the_incident_is_decided(tenant: Tenant) -> None:
    def desk(n: int) -> None:
        put(tenant, body([f"w{n}"]), f"i{n}")

    def worker(n: int) -> None:
        look(tenant, f"w{n}", SUSPICION)
        tenant.incidents.decide(f"w{n}", fold, NOON_S)

    with ThreadPoolExecutor(8) as pool:
        told = [pool.submit(each, n) for n in range(12) for each in (desk, worker)]
        assert [each.result(timeout=60) for each in told] == [None] * 24
    assert {each.state for each in shown(tenant, Wanted(most=100))} == {CONFIRMED}


def review(tenant: Tenant, version: int, said: WireReview, now_s: float = NOON_S) -> IncidentView:
    return tenant.incidents.review("i1", lambda kept: kept == version, lambda _before: said, now_s)


def test_a_review_is_made_for_one_version_and_no_repeat_of_the_desk_undoes_it(tenant: Tenant) -> None:
    put(tenant)
    said = WireReview(verdict=ReviewVerdict.REAL, owner="Ana", state=ReviewState.CLOSED, locked=True, by="k1")
    made = review(tenant, 1, said)
    with pytest.raises(VigintError) as late:
        review(tenant, 1, WireReview())
    repeated = put(tenant, body(state="confirmed"))

    assert (made.review, made.reviews, made.version) == (said, [said], 2)
    assert late.value.code is Code.REQUEST_VERSION_CONFLICT
    assert (repeated.incident.review, repeated.incident.version) == (said, 3)
    assert tenant.incidents.one("i1") == repeated.incident
    assert events(tenant)[1] == ("incident.reviewed", "i1", 2)


def test_the_same_review_again_is_no_change_and_the_last_fifty_are_kept(tenant: Tenant) -> None:
    put(tenant)
    for n in range(MOST_REVIEWS + 5):
        made = review(tenant, n + 1, WireReview(comment=f"{n}"))
    assert review(tenant, made.version, made.review) == made
    assert [each.comment for each in made.reviews] == [f"{n}" for n in range(5, MOST_REVIEWS + 5)]
    assert len(events(tenant)) == MOST_REVIEWS + 6


def test_what_is_not_there_can_not_be_read_or_reviewed(tenant: Tenant, other: Tenant) -> None:
    put(other)
    look(tenant, "w1", SUSPICION)
    with pytest.raises(VigintError) as missing:
        review(tenant, 1, WireReview(comment="mine"))
    assert missing.value.code is Code.REQUEST_NOT_FOUND
    assert tenant.incidents.one("i1") is None
    assert page(tenant, Wanted(most=5)).incidents == []
    assert tenant.incidents.decide("w1", fold, NOON_S) == []
    kept = other.incidents.one("i1")
    assert kept is not None
    assert (kept.state, kept.version) == (SUSPECTED, 1), "the other's window of the same name is another one"


def listed(tenant: Tenant, **wanted: Any) -> list[str]:
    return [each.id for each in shown(tenant, Wanted(**{"most": 100, **wanted}))]


def test_pages_follow_each_other_without_a_gap_also_of_the_same_moment(tenant: Tenant) -> None:
    for n in range(7):
        put(tenant, body(opened_s=NOON_S + n // 3), f"i{n}")
    found: list[str] = []
    after = None
    for size in (2, 2, 2, 1):
        some = page(tenant, Wanted(most=2, after=after))
        found += [json.loads(each)["id"] for each in some.incidents]
        assert len(some.incidents) == size
        after = some.last
        put(tenant, body(opened_s=NOON_S + 60 + size), f"new{len(found)}")
    assert found == ["i6", "i5", "i4", "i3", "i2", "i1", "i0"]
    assert after is None


def test_each_filter_lets_through_its_own(tenant: Tenant) -> None:
    put(tenant, body(opened_s=NOON_S + 1), "i1")
    put(tenant, body(opened_s=NOON_S + 2, severity="critical", camera_id="door"), "i2")
    put(tenant, body(opened_s=NOON_S + 3, state="confirmed"), "i3")
    review(tenant, 1, WireReview(state=ReviewState.IN_HAND))

    assert listed(tenant) == ["i3", "i2", "i1"]
    assert listed(tenant, states=[CONFIRMED, VETOED]) == ["i3"]
    assert listed(tenant, severities=[Severity.CRITICAL]) == ["i2"]
    assert listed(tenant, reviews=[ReviewState.IN_HAND]) == ["i1"]
    assert listed(tenant, camera_id="door") == ["i2"]
    assert listed(tenant, since_s=NOON_S + 2, before_s=NOON_S + 3) == ["i2"]
    assert listed(tenant, states=[CONFIRMED], camera_id="door") == []


def test_a_listed_incident_is_an_incident_as_the_wire_tells_it(tenant: Tenant) -> None:
    put(
        tenant,
        body(
            other_acts=[
                {"type": "violence", "severity": "low", "confidence": 0.5, "summary": "", "at": datetime.now(UTC)}
            ]
        ),
    )
    (listed,) = shown(tenant, Wanted(most=5))
    one = tenant.incidents.one("i1")
    assert listed == one

    made = review(tenant, 1, WireReview(comment="x", at=datetime.now(UTC)))
    (listed,) = shown(tenant, Wanted(most=5))
    assert listed == made.model_copy(update={"reviews": []})


def test_an_incident_that_an_older_program_wrote_is_shown_all_the_same(database: Database, tenant: Tenant) -> None:
    for n in range(3):
        put(tenant, body(opened_s=NOON_S + n), f"i{n}")
    before = shown(tenant, Wanted(most=5))
    with database.connection() as connection:
        connection.exec_driver_sql("UPDATE incidents SET shown = NULL WHERE id <> 'i1'")
    assert shown(tenant, Wanted(most=5, reviews=[ReviewState.NEW])) == before


def test_the_fold_is_told_what_the_books_know(tenant: Tenant) -> None:
    told: list[Told] = []

    def listening(each: Told) -> Standing:
        told.append(each)
        return Standing(each.body.state, each.body.severity)

    look(tenant, "w2", CLEAR)
    tenant.incidents.put("i1", body(["w1", "w2"]), listening, NOON_S)
    tenant.incidents.put("i1", body(["w2"]), listening, NOON_S)
    assert [(each.kept, each.grew) for each in told] == [(None, True), (Standing(SUSPECTED, Severity.MEDIUM), False)]
    assert [[second and second.outcome for second in each.seconds] for each in told] == [[None, "clear"], ["clear"]]
