"""An incident tells of every kind of act in it: the one that is told first, and the others beside it."""

from vigint_core.domain.ids import CameraId, IncidentId, WindowId
from vigint_core.domain.incident import Act, Decision, Incident, IncidentState, Suspicion
from vigint_core.domain.verdict import IncidentType, Severity
from vigint_core.domain.window import Span

VIOLENCE, THEFT, FIRE = IncidentType.VIOLENCE, IncidentType.CONCEALMENT, IncidentType.FIRE_OR_SMOKE


def act(kind: IncidentType, at_s: float = 100.0, severity: Severity = Severity.MEDIUM, sure: float = 0.6) -> Act:
    return Act(kind, severity, sure, f"{kind} at {at_s:g}", at_s)


def incident(*acts: tuple[Act | None, Decision], kind: IncidentType = THEFT) -> Incident:
    suspicions = tuple(
        Suspicion(WindowId(f"w{number}"), Span(100, 110), 112.0, decision, told)
        for number, (told, decision) in enumerate(acts)
    )
    return Incident(
        IncidentId("i1"), CameraId("door"), "Door", kind, Severity.HIGH, IncidentState.CONFIRMED, "ai", 0.8,
        "conceals a bottle", (), Span(100, 110), 100.0, 112.0, suspicions,
    )  # fmt: skip


def test_acts_of_its_own_type_are_not_told_twice() -> None:
    assert incident((act(THEFT), Decision.CONFIRMED), (act(THEFT, 105), Decision.PENDING)).other_acts == ()


def test_a_different_act_is_not_lost_and_they_stand_in_order_of_time() -> None:
    hit, fire = act(VIOLENCE, 120), act(FIRE, 110)
    told = incident((act(THEFT), Decision.CONFIRMED), (hit, Decision.PENDING), (fire, Decision.CONFIRMED))

    assert told.other_acts == (fire, hit)


def test_what_was_vetoed_is_none() -> None:
    assert incident((act(THEFT), Decision.CONFIRMED), (act(VIOLENCE), Decision.VETOED)).other_acts == ()


def test_of_each_type_the_confirmed_then_the_gravest_then_the_surest_stands() -> None:
    mild, grave = act(VIOLENCE, 1, Severity.LOW, 0.9), act(VIOLENCE, 2, Severity.HIGH, 0.5)
    sure = act(VIOLENCE, 3, Severity.HIGH, 0.7)
    pending = [(each, Decision.PENDING) for each in (mild, grave, sure)]

    assert incident(*pending[:2]).other_acts == (grave,)
    assert incident(*pending).other_acts == (sure,)
    assert incident(*pending[::-1]).other_acts == (sure,)
    assert incident(*pending[1:], (mild, Decision.CONFIRMED)).other_acts == (mild,)


def test_books_from_before_acts_were_kept_have_none() -> None:
    assert incident((None, Decision.CONFIRMED), (None, Decision.PENDING)).other_acts == ()
