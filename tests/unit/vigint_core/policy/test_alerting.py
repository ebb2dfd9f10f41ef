"""Whom to tell what, when: each rule by an example. What must hold whatever happens is in test_alerting_random.py."""

from datetime import UTC

import pytest

from vigint_core.domain.alert import TOLD_STATES, Fact, News, Told, Waiting, Wishes
from vigint_core.domain.incident import IncidentState
from vigint_core.domain.schedule import Hours, Week
from vigint_core.domain.verdict import Severity
from vigint_core.policy.alerting import Memory, Pace, Turn, joined, news, turn

CONFIRMED, UNCONFIRMED, VETOED = IncidentState.CONFIRMED, IncidentState.UNCONFIRMED, IncidentState.VETOED
LOW, MEDIUM, HIGH, CRITICAL = Severity
MONDAY_NOON = 1_795_435_200.0
"""2026-11-23 12:00 UTC."""
PACE = Pace(cooldown_s=300.0, most_an_hour=3)
ANYTHING = Wishes()
OFFICE: Week = ((Hours(9 * 60, 17 * 60),),) * 7


def fact(
    state: IncidentState = CONFIRMED, severity: Severity = MEDIUM, incident: str = "i1", camera: str = "c1"
) -> Fact:
    return Fact(incident, camera, state, severity)


def told(what: Fact, ago_s: float, kind: News = News.FIRST, delivery: str = "") -> Told:
    return Told(what, kind, MONDAY_NOON - ago_s, delivery or f"{what.incident_id}-{ago_s}")


def when(what: Fact, *before: Told, wishes: Wishes = ANYTHING, digest_waits: bool = False) -> Turn | None:
    return turn(wishes, PACE, Memory(before, digest_waits), what, MONDAY_NOON, UTC)


def in_s(seconds: float, *, gathered: bool = False) -> Turn:
    return Turn(MONDAY_NOON + seconds, gathered)


@pytest.mark.parametrize("state", TOLD_STATES)
def test_the_first_telling_goes_at_once(state: IncidentState) -> None:
    assert when(fact(state)) == in_s(0)
    assert news(Wishes(), [], fact(state)) is News.FIRST


@pytest.mark.parametrize("state", [IncidentState.SUSPECTED, VETOED])
def test_what_is_only_suspected_or_vetoed_is_not_told(state: IncidentState) -> None:
    assert when(fact(state)) is None


def test_a_new_suspicion_about_what_was_told_is_not_told_before_it_is_judged() -> None:
    assert when(fact(IncidentState.SUSPECTED, HIGH), told(fact(), 4000)) is None


def test_wishes_leave_out_what_is_too_mild_or_of_another_state() -> None:
    assert when(fact(severity=LOW), wishes=Wishes(least=MEDIUM)) is None
    assert when(fact(severity=MEDIUM), wishes=Wishes(least=MEDIUM)) == in_s(0)
    assert when(fact(UNCONFIRMED), wishes=Wishes(states=frozenset({CONFIRMED}))) is None


def test_what_was_told_is_not_told_again() -> None:
    assert when(fact(), told(fact(), 4000)) is None
    assert when(fact(UNCONFIRMED), told(fact(), 4000)) is None
    assert when(fact(severity=LOW), told(fact(), 4000)) is None


def test_a_confirmation_is_told_of_what_was_unconfirmed_also_to_who_wants_only_unconfirmed_or_graver_ones() -> None:
    wishes = Wishes(least=HIGH, states=frozenset({UNCONFIRMED}))
    before = told(fact(UNCONFIRMED, HIGH), 20)

    assert news(wishes, [before], fact(CONFIRMED, LOW)) is News.JUDGED
    assert when(fact(CONFIRMED, LOW), before, wishes=wishes) == in_s(0)


def test_a_veto_withdraws_what_was_told_once() -> None:
    before = told(fact(UNCONFIRMED), 20)

    assert news(Wishes(), [before], fact(VETOED)) is News.WITHDRAWN
    assert when(fact(VETOED), before) == in_s(0)
    assert when(fact(VETOED), before, told(fact(VETOED), 10, News.WITHDRAWN)) is None


def test_what_rises_again_after_a_withdrawal_is_told_as_new() -> None:
    before = (told(fact(UNCONFIRMED), 2000), told(fact(VETOED), 1900, News.WITHDRAWN))

    assert news(Wishes(), before, fact(UNCONFIRMED)) is News.FIRST
    assert when(fact(UNCONFIRMED), *before) == in_s(0)


def test_a_second_update_waits_for_the_cool_down() -> None:
    before = (told(fact(UNCONFIRMED), 100), told(fact(), 60, News.JUDGED))

    assert when(fact(VETOED), *before) == in_s(240)


def test_a_risen_severity_waits_for_nothing() -> None:
    before = (told(fact(UNCONFIRMED), 100), told(fact(), 60, News.JUDGED))

    assert news(Wishes(), before, fact(severity=HIGH)) is News.GRAVER
    assert when(fact(severity=HIGH), *before) == in_s(0)


def test_another_incident_of_the_camera_waits_for_the_cool_down() -> None:
    assert when(fact(incident="i2"), told(fact(), 100)) == in_s(200)
    assert when(fact(incident="i2", camera="c2"), told(fact(), 100)) == in_s(0)
    assert when(fact(incident="i2"), told(fact(), 300)) == in_s(0)


def test_a_graver_one_does_not_wait_for_a_milder_one() -> None:
    assert when(fact(severity=HIGH, incident="i2"), told(fact(), 100)) == in_s(0)


def test_what_was_withdrawn_holds_nothing_back() -> None:
    before = (told(fact(UNCONFIRMED, HIGH), 100), told(fact(VETOED, HIGH), 90, News.WITHDRAWN))

    assert when(fact(incident="i2"), *before) == in_s(0)


HOURFUL = tuple(told(fact(incident=f"x{n}", camera=f"x{n}"), 3000 - n * 100) for n in range(3))


def test_a_full_hour_gathers_the_rest_into_a_digest() -> None:
    assert when(fact(), *HOURFUL) == in_s(600, gathered=True)
    assert when(fact(), *HOURFUL[:2]) == in_s(0)


def test_one_delivery_counts_once_however_much_it_tells() -> None:
    together = [told(fact(incident=f"x{n}", camera=f"x{n}"), 3000, delivery="d1") for n in range(5)]

    assert when(fact(), *together) == in_s(0)


def test_a_full_hour_holds_back_nothing_that_is_graver_than_all_of_it() -> None:
    assert when(fact(severity=HIGH), *HOURFUL) == in_s(0)
    assert when(fact(severity=HIGH), *HOURFUL, told(fact(severity=HIGH, incident="y"), 50)) != in_s(0)


def test_a_digest_that_waits_has_the_first_free_place() -> None:
    assert when(fact(), *HOURFUL[:2], digest_waits=True) == in_s(600, gathered=True)
    assert when(fact(), HOURFUL[0], digest_waits=True) == in_s(0)
    assert when(fact(), *HOURFUL, digest_waits=True) == in_s(700, gathered=True)


def test_a_full_hour_holds_a_withdrawal_back_however_grave_it_was() -> None:
    before = told(fact(severity=CRITICAL), 4000)

    assert when(fact(VETOED, CRITICAL), before, *HOURFUL) == in_s(600, gathered=True)


def test_outside_the_hours_everything_waits_for_their_beginning_except_what_is_told_always() -> None:
    night: Week = ((Hours(20 * 60, 6 * 60),),) * 7

    assert when(fact(severity=HIGH), wishes=Wishes(hours=night)) == in_s(8 * 3600, gathered=True)
    assert when(fact(severity=CRITICAL), wishes=Wishes(hours=night)) == in_s(0)
    assert when(fact(severity=HIGH), wishes=Wishes(hours=night, always=HIGH)) == in_s(0)
    assert when(fact(severity=CRITICAL), wishes=Wishes(hours=night, always=None)) == in_s(8 * 3600, gathered=True)
    assert when(fact(severity=HIGH), wishes=Wishes(hours=OFFICE)) == in_s(0)


def test_what_was_told_outside_the_hours_is_withdrawn_outside_them() -> None:
    night: Week = ((Hours(20 * 60, 6 * 60),),) * 7
    before = told(fact(UNCONFIRMED, CRITICAL), 60)

    assert when(fact(VETOED, LOW), before, wishes=Wishes(hours=night)) == in_s(0)


def test_hours_that_never_come_lose_nothing() -> None:
    assert when(fact(), wishes=Wishes(hours=((),) * 7)) == in_s(0)


def test_a_delivery_is_joined_that_goes_in_time_and_tells_of_the_camera_or_the_incident() -> None:
    soon = Waiting("soon", "c1", MONDAY_NOON + 200, frozenset({"i9"}))
    digest = Waiting("digest", "", MONDAY_NOON + 600, frozenset({"i8"}))

    assert joined([soon, digest], fact(), in_s(200)) == soon
    assert joined([soon, digest], fact(), in_s(0)) is None
    assert joined([soon, digest], fact(camera="c2"), in_s(700)) is None
    assert joined([soon, digest], fact(), in_s(600, gathered=True)) == digest
    assert joined([soon, digest], fact(incident="i8"), in_s(650)) == digest
    assert joined([soon, digest], fact(incident="i9"), in_s(900, gathered=True)) == soon


def test_what_could_not_be_told_goes_on_in_its_delivery_unless_it_is_graver_now() -> None:
    failed = Waiting("d1", "c1", MONDAY_NOON + 900, frozenset({"i1"}), frozenset({("i1", MEDIUM)}))

    assert joined([failed], fact(), in_s(0)) == failed
    assert joined([failed], fact(severity=HIGH), in_s(0)) is None
    assert joined([failed], fact(incident="i2"), in_s(0)) is None
