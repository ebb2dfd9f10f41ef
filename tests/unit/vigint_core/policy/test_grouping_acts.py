"""Incidents of several acts: each is kept with its window, none is lost, and the alert rises step by step."""

import itertools
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from vigint_core.domain.fault import Code
from vigint_core.domain.ids import CameraId, IncidentId, WindowId
from vigint_core.domain.incident import Act, Decision, Incident, IncidentState
from vigint_core.domain.verdict import (
    RULE_TYPES,
    Clear,
    IncidentType,
    Judgement,
    NotAnalysed,
    Observation,
    Outcome,
    Severity,
    Suspected,
    Verdict,
)
from vigint_core.domain.window import Span
from vigint_core.policy.grouping import Claim, GroupingRule, group

RULE = GroupingRule()
THEFT, VIOLENCE, FIRE = IncidentType.CONCEALMENT, IncidentType.VIOLENCE, IncidentType.FIRE_OR_SMOKE
VETO, UNDECIDED = Clear("a customer returns an item"), NotAnalysed(Code.AI_TIMEOUT)


def verdict(kind: IncidentType = THEFT, severity: Severity = Severity.MEDIUM, at_s: float | None = 4.0) -> Verdict:
    seen = () if at_s is None else (Observation(at_s, f"sees {kind}"), Observation(at_s + 1, "and more"))
    return Verdict(kind, severity, 0.8, f"{kind}, {severity}", seen)


def claim(start_s: float, first: Verdict, second: Outcome | None = None) -> Claim:
    judgement = Judgement(WindowId(f"w{start_s:g}"), Suspected(first), second, start_s, start_s - 15.0)
    return Claim(CameraId("door"), "Door", Span(start_s, start_s + 10.0), judgement)


def fold(*claims: Claim) -> list[Incident]:
    """Every state of the one incident that the claims make, each told two seconds after its window."""
    told: list[Incident] = []
    for each in claims:
        told.append(group(RULE, told[-1:], each, each.span.end_s + 2, IncidentId(f"i{len(told)}")))
    assert {incident.id for incident in told} == {"i0"}
    return told


def test_a_suspicion_keeps_what_it_is_about_and_when() -> None:
    (incident,) = fold(claim(100, verdict(VIOLENCE, Severity.HIGH)))

    assert incident.suspicions[0].act == Act(VIOLENCE, Severity.HIGH, 0.8, "violence, high", 104.0)
    assert incident.act_s == 104.0


def test_the_second_look_speaks_for_the_act_and_its_times_count_from_its_own_clip() -> None:
    second = Suspected(verdict(VIOLENCE, Severity.HIGH, at_s=17.0))

    (incident,) = fold(claim(100, verdict(), second))

    assert incident.suspicions[0].act == Act(VIOLENCE, Severity.HIGH, 0.8, "violence, high", 102.0)


def test_an_act_without_a_cited_moment_begins_with_its_window() -> None:
    (incident,) = fold(claim(100, verdict(at_s=None)))

    assert incident.suspicions[0].act is not None
    assert (incident.suspicions[0].act.at_s, incident.act_s) == (100.0, 100.0)


def test_a_second_different_act_is_told_beside_the_first() -> None:
    theft, fight = verdict(THEFT), verdict(VIOLENCE, Severity.HIGH)

    *_, incident = fold(claim(100, theft, Suspected(theft)), claim(110, fight))

    assert (incident.type, incident.state) == (THEFT, IncidentState.CONFIRMED)
    assert incident.other_acts == (Act(VIOLENCE, Severity.HIGH, 0.8, "violence, high", 114.0),)
    assert "sees violence" in [seen.text for seen in incident.observations]


def test_an_act_that_takes_the_word_leaves_the_earlier_one_beside_it() -> None:
    theft, fight = verdict(THEFT), verdict(VIOLENCE, Severity.CRITICAL)

    *_, incident = fold(claim(100, theft, Suspected(theft)), claim(110, fight, Suspected(fight)))

    assert (incident.type, incident.severity) == (VIOLENCE, Severity.CRITICAL)
    assert [act.type for act in incident.other_acts] == [THEFT]


def test_a_different_act_that_is_vetoed_is_not_told() -> None:
    theft, fight = verdict(THEFT), verdict(VIOLENCE, Severity.HIGH)

    *_, incident = fold(claim(100, theft, Suspected(theft)), claim(110, fight), claim(110, fight, VETO))

    assert [s.decision for s in incident.suspicions] == [Decision.CONFIRMED, Decision.VETOED]
    assert incident.other_acts == ()


def test_a_late_answer_changes_what_the_window_was_about() -> None:
    first, late = claim(100, verdict(THEFT)), claim(100, verdict(THEFT), Suspected(verdict(FIRE, Severity.HIGH, 16.0)))

    *_, incident = fold(first, late)

    assert [s.act.type for s in incident.suspicions if s.act] == [FIRE]
    assert (incident.type, incident.other_acts) == (FIRE, ())


def test_books_without_acts_grow_all_the_same() -> None:
    (incident,) = fold(claim(100, verdict(THEFT)))
    old = replace(incident, suspicions=tuple(replace(s, act=None) for s in incident.suspicions))

    grown = group(RULE, [old], claim(110, verdict(VIOLENCE)), 122.0, IncidentId("other"))

    assert grown.id == incident.id
    assert [act.type for act in grown.other_acts] == [VIOLENCE]


_KINDS = st.sampled_from(sorted(set(IncidentType) - RULE_TYPES))
_VERDICTS = st.builds(verdict, _KINDS, st.sampled_from(Severity), st.none() | st.floats(0, 9))
_SECONDS = st.none() | st.just(UNDECIDED) | st.just(VETO) | st.builds(Suspected, _VERDICTS)


@st.composite
def one_scene(draw: st.DrawFn) -> list[Claim]:
    """Windows of one camera that follow each other, each judged once."""
    looks = draw(st.lists(st.tuples(_VERDICTS, _SECONDS), min_size=1, max_size=6))
    return [claim(100.0 + 5 * number, first, second) for number, (first, second) in enumerate(looks)]


@given(one_scene())
def test_no_kind_of_act_that_stands_is_lost(claims: list[Claim]) -> None:
    *_, incident = fold(*claims)
    standing = {s.act.type for s in incident.suspicions if s.act and s.decision is not Decision.VETOED}

    assert standing <= {incident.type, *(act.type for act in incident.other_acts)}
    assert incident.type not in {act.type for act in incident.other_acts}
    if standing:
        assert incident.type in standing, "what was vetoed never speaks"


@given(one_scene())
def test_once_confirmed_the_alert_only_rises_and_each_step_once(claims: list[Claim]) -> None:
    """What rings is an incident that is confirmed for the first time, or at a higher step than ever."""
    confirmed = [i.severity.rank for i in fold(*claims) if i.state is IncidentState.CONFIRMED]

    assert confirmed == sorted(confirmed), "a step that was told is not taken back, so it can't come again"
    rings = [rank for rank, _ in itertools.groupby(confirmed)]
    assert len(rings) <= len(Severity)
