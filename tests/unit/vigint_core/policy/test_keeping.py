"""How long is kept: what each incident's severity, veto, lock and age make of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.clock import NOON_S
from vigint_core.domain.verdict import Severity
from vigint_core.policy.keeping import DAY_S, OWN_NAMES, Aged, KeepRule, due

RULE = KeepRule(30.0, {Severity.CRITICAL: 180.0, Severity.LOW: 3.0}, vetoed=7.0)
DAYS = st.floats(0.1, 3650)
RULES = st.builds(KeepRule, DAYS, st.dictionaries(st.sampled_from(Severity), DAYS, max_size=4), st.none() | DAYS)
AGED = st.builds(
    Aged,
    st.sampled_from(Severity),
    st.booleans(),
    st.booleans(),
    st.floats(NOON_S - 5000 * DAY_S, NOON_S + 500 * DAY_S),
    st.floats(NOON_S - 5000 * DAY_S, NOON_S),
)


def aged(days: float, severity: Severity = Severity.HIGH, *, vetoed: bool = False, locked: bool = False) -> Aged:
    return Aged(severity, vetoed, locked, NOON_S - days * DAY_S, NOON_S)


def goes(rule: KeepRule, incident: Aged) -> bool:
    return any(each.covers(incident) for each in due(rule, NOON_S))


@pytest.mark.parametrize(
    ("severity", "vetoed", "days"),
    [
        (Severity.HIGH, False, 30),
        (Severity.CRITICAL, False, 180),
        (Severity.LOW, False, 3),
        (Severity.HIGH, True, 7),
        (Severity.CRITICAL, True, 7),
        (Severity.LOW, True, 3),
    ],
)
def test_each_severity_has_its_time_and_what_was_vetoed_has_less(severity: Severity, vetoed: bool, days: int) -> None:
    assert not goes(RULE, aged(days - 0.001, severity, vetoed=vetoed))
    assert goes(RULE, aged(days + 0.001, severity, vetoed=vetoed))


@given(RULES, AGED)
def test_what_is_locked_stays_whatever_the_rule(rule: KeepRule, incident: Aged) -> None:
    locked = Aged(incident.severity, incident.vetoed, True, incident.opened_s, incident.updated_s)
    assert not goes(rule, locked)


@given(RULES, AGED)
def test_it_goes_exactly_when_its_days_are_over(rule: KeepRule, incident: Aged) -> None:
    days = rule.days_of(incident.severity, vetoed=incident.vetoed)
    since_s = incident.updated_s if incident.opened_s > NOON_S + DAY_S else incident.opened_s
    assert goes(rule, incident) == (not incident.locked and since_s < NOON_S - days * DAY_S)


@given(RULES, AGED)
def test_nothing_unlocked_outlives_the_longest_time(rule: KeepRule, incident: Aged) -> None:
    since_s = min(incident.opened_s, NOON_S) if incident.opened_s <= NOON_S + DAY_S else incident.updated_s
    if not incident.locked and since_s < NOON_S - rule.longest * DAY_S:
        assert goes(rule, incident)


@given(RULES, RULES, AGED)
def test_a_longer_rule_lets_nothing_go_that_a_shorter_one_keeps(one: KeepRule, other: KeepRule, incident: Aged) -> None:
    severity, vetoed = incident.severity, incident.vetoed
    if one.days_of(severity, vetoed=vetoed) >= other.days_of(severity, vetoed=vetoed) and goes(one, incident):
        assert goes(other, incident)


def test_a_desk_whose_clock_is_far_ahead_does_not_keep_for_ever() -> None:
    ahead = Aged(Severity.HIGH, False, False, NOON_S + 9000 * DAY_S, NOON_S - 31 * DAY_S)
    assert goes(RULE, ahead)
    assert not goes(RULE, Aged(Severity.HIGH, False, False, NOON_S + 9000 * DAY_S, NOON_S - 29 * DAY_S))


def test_a_client_says_otherwise_as_far_as_it_says_anything() -> None:
    assert RULE.overlaid({}) == RULE
    assert RULE.overlaid({"high": 90.0}).days_of(Severity.HIGH, vetoed=False) == 90
    assert RULE.overlaid({"high": 90.0}).days_of(Severity.CRITICAL, vetoed=False) == 180
    own = RULE.overlaid({"days": 10.0, "medium": 20.0, "vetoed": 1.0})
    assert [own.days_of(severity, vetoed=False) for severity in Severity] == [10, 20, 10, 10]
    assert own.days_of(Severity.CRITICAL, vetoed=True) == 1
    assert set(OWN_NAMES) == {"days", "vetoed", *Severity}
