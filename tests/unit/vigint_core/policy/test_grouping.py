"""Judgements become incidents: by example, in any order, and with answers that come late or twice."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigint_core.domain.fault import Code
from vigint_core.domain.ids import CameraId, IncidentId, WindowId
from vigint_core.domain.incident import Decision, Incident, IncidentState
from vigint_core.domain.verdict import (
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
from vigint_core.policy.grouping import Claim, GroupingRule, deadline_s, group, settle

RULE = GroupingRule(gap_s=30.0, wait_s=20.0)
VETO = Clear("a customer returns an item")
UNDECIDED = NotAnalysed(Code.AI_TIMEOUT)


def _verdict(summary: str = "conceals a bottle", severity: Severity = Severity.MEDIUM, at_s: float = 4.0) -> Verdict:
    return Verdict(IncidentType.CONCEALMENT, severity, 0.8, summary, (Observation(at_s, f"sees: {summary}"),))


def _claim(
    start_s: float,
    second: Outcome | None,
    first: Verdict | None = None,
    camera: str = "door",
    window: str = "",
) -> Claim:
    judgement = Judgement(
        WindowId(window or f"{camera}-{start_s:g}"), Suspected(first or _verdict()), second, start_s, start_s - 15.0
    )
    return Claim(CameraId(camera), camera.title(), Span(start_s, start_s + 10.0), judgement)


def _fold(*claims: tuple[Claim, float], rule: GroupingRule = RULE) -> list[Incident]:
    """What the desk holds after the claims, each taken at its time."""
    held: dict[IncidentId, Incident] = {}
    for number, (claim, now_s) in enumerate(claims):
        changed = group(rule, list(held.values()), claim, now_s, IncidentId(f"incident-{number}"))
        held[changed.id] = changed
    return list(held.values())


@pytest.mark.parametrize(
    ("second", "state"),
    [
        (Suspected(_verdict()), IncidentState.CONFIRMED),
        (VETO, IncidentState.VETOED),
        (UNDECIDED, IncidentState.SUSPECTED),
        (None, IncidentState.SUSPECTED),
    ],
)
def test_the_second_look_decides(second: Outcome | None, state: IncidentState) -> None:
    (incident,) = _fold((_claim(100, second), 112.0))

    assert incident.state is state
    assert incident.id == "incident-0"
    assert incident.opened_s == 112.0


def test_a_confirming_second_look_speaks_and_its_times_count_from_its_own_clip() -> None:
    second = Suspected(_verdict("leaves with the bottle", Severity.HIGH, at_s=17.0))

    (incident,) = _fold((_claim(100, second), 112.0))

    assert incident.summary == "leaves with the bottle"
    assert incident.severity is Severity.HIGH
    assert incident.act_s == 85.0 + 17.0
    assert incident.observations == (Observation(102.0, "sees: leaves with the bottle"),)


def test_an_undecided_suspicion_becomes_unconfirmed_after_the_wait() -> None:
    (incident,) = _fold((_claim(100, None), 112.0))

    assert deadline_s(RULE, incident) == 132.0
    assert settle(RULE, incident, 131.9).state is IncidentState.SUSPECTED
    assert settle(RULE, incident, 132.0).state is IncidentState.UNCONFIRMED


@pytest.mark.parametrize(
    ("second", "state"), [(Suspected(_verdict()), IncidentState.CONFIRMED), (VETO, IncidentState.VETOED)]
)
def test_a_late_answer_still_moves_an_unconfirmed_incident(second: Outcome, state: IncidentState) -> None:
    (incident,) = _fold((_claim(100, None), 112.0))
    unconfirmed = settle(RULE, incident, 140.0)

    moved = group(RULE, [unconfirmed], _claim(100, second), 300.0, IncidentId("other"))

    assert moved.id == incident.id
    assert moved.state is state
    assert len(moved.suspicions) == 1
    assert moved.opened_s == 112.0


def test_an_answer_that_decides_nothing_twice_does_not_start_the_wait_again() -> None:
    (incident,) = _fold((_claim(100, UNDECIDED), 112.0))
    unconfirmed = settle(RULE, incident, 140.0)

    again = group(RULE, [unconfirmed], _claim(100, UNDECIDED), 141.0, IncidentId("other"))

    assert again == unconfirmed


@pytest.mark.parametrize("second", [Suspected(_verdict()), VETO])
def test_what_is_decided_is_not_undecided_by_a_later_failure(second: Outcome) -> None:
    (incident,) = _fold((_claim(100, second), 112.0))

    again = group(RULE, [incident], _claim(100, UNDECIDED), 200.0, IncidentId("other"))

    assert again == incident


def test_windows_of_a_camera_that_follow_within_the_gap_are_one_incident() -> None:
    (incident,) = _fold((_claim(100, None), 112.0), (_claim(105, None), 117.0), (_claim(145, None), 157.0))

    assert incident.span == Span(100, 155)
    assert [s.window_id for s in incident.suspicions] == ["door-100", "door-105", "door-145"]


def test_after_the_gap_a_new_incident_begins() -> None:
    assert len(_fold((_claim(100, None), 112.0), (_claim(140.1, None), 152.0))) == 2


def test_what_goes_on_for_long_is_told_again() -> None:
    incidents = _fold(*((_claim(100 + 5 * turn, None), 112.0 + 5 * turn) for turn in range(240)))

    assert [i.span.length_s <= RULE.longest_s for i in incidents] == [True, True, True]
    assert sum(len(i.suspicions) for i in incidents) == 240


def test_cameras_are_never_mixed() -> None:
    first, second = _fold((_claim(100, None), 112.0), (_claim(100, None, camera="till"), 112.0))

    assert (first.camera_id, second.camera_id) == ("door", "till")


def test_a_verdict_that_came_out_of_order_joins_from_the_front() -> None:
    (incident,) = _fold((_claim(120, None), 132.0), (_claim(100, None), 133.0))

    assert incident.span == Span(100, 130)


def test_a_graver_suspicion_speaks_for_the_incident() -> None:
    graver = _verdict("hits the cashier", Severity.CRITICAL)

    (incident,) = _fold((_claim(100, None), 112.0), (_claim(105, None, graver), 117.0))

    assert (incident.summary, incident.severity) == ("hits the cashier", Severity.CRITICAL)


def test_a_graver_suspicion_does_not_talk_over_a_confirmed_one() -> None:
    confirmed = _claim(100, Suspected(_verdict("hides a bottle")))
    graver = _claim(105, None, _verdict("hits the cashier", Severity.CRITICAL))

    (incident,) = _fold((confirmed, 112.0), (graver, 117.0))

    assert incident.state is IncidentState.CONFIRMED
    assert (incident.summary, incident.severity) == ("hides a bottle", Severity.MEDIUM)


def test_the_first_confirmed_verdict_replaces_the_words_of_suspicions() -> None:
    suspected = _claim(100, None, _verdict("might hit somebody", Severity.HIGH))
    confirmed = _claim(105, Suspected(_verdict("hides a bottle")))

    (incident,) = _fold((suspected, 112.0), (confirmed, 117.0))

    assert incident.summary == "hides a bottle"
    assert incident.severity is Severity.HIGH, "what was feared is not made smaller"


def test_a_vetoed_verdict_never_speaks() -> None:
    vetoed = _claim(105, VETO, _verdict("hits the cashier", Severity.CRITICAL))

    (incident,) = _fold((_claim(100, None), 112.0), (vetoed, 117.0))

    assert (incident.summary, incident.severity) == ("conceals a bottle", Severity.MEDIUM)
    assert all("cashier" not in o.text for o in incident.observations)
    assert incident.state is IncidentState.SUSPECTED


def test_a_new_suspicion_takes_the_word_from_those_that_were_vetoed() -> None:
    vetoed = _claim(100, VETO, _verdict("hits the cashier", Severity.CRITICAL))
    fresh = _claim(105, None, _verdict("hides a bottle", Severity.LOW))

    (incident,) = _fold((vetoed, 112.0), (fresh, 117.0))

    assert (incident.summary, incident.severity) == ("hides a bottle", Severity.LOW)
    assert incident.state is IncidentState.SUSPECTED


def test_a_suspicion_after_the_deadline_does_not_make_an_unconfirmed_incident_silent_again() -> None:
    (incident,) = _fold((_claim(100, None), 112.0), (_claim(125, None), 137.0))

    assert incident.state is IncidentState.UNCONFIRMED


def test_only_a_suspicion_makes_an_incident() -> None:
    claim = _claim(100, None)
    clear = replace(claim, judgement=replace(claim.judgement, first=Clear("nothing")))

    with pytest.raises(ValueError, match="without a suspicion"):
        group(RULE, [], clear, 112.0, IncidentId("incident"))


_SECONDS = st.sampled_from([None, UNDECIDED, VETO, Suspected(_verdict())])
_SEVERITIES = st.sampled_from(Severity)


@st.composite
def _one_act(draw: st.DrawFn) -> list[tuple[Claim, float]]:
    """Overlapping windows of one camera, each with the time at which its judgement arrived."""
    outcomes = draw(st.lists(st.tuples(_SECONDS, _SEVERITIES), min_size=1, max_size=4))
    return [
        (_claim(100.0 + 5 * i, second, _verdict(f"act {i}", severity)), 112.0 + 5 * i)
        for i, (second, severity) in enumerate(outcomes)
    ]


@given(_one_act(), st.floats(130.0, 200.0))
def test_the_state_does_not_depend_on_the_order_of_answers(act: list[tuple[Claim, float]], now_s: float) -> None:
    outcomes = set()
    for order in itertools.permutations(act):
        (incident,) = _fold(*order)
        decided = {(s.window_id, s.decision) for s in incident.suspicions}
        outcomes.add((settle(RULE, incident, now_s).state, incident.span, frozenset(decided)))

    assert len(outcomes) == 1


@given(_one_act(), st.floats(130.0, 200.0))
def test_the_state_is_a_fold_over_the_windows(act: list[tuple[Claim, float]], now_s: float) -> None:
    (incident,) = _fold(*act)
    settled = settle(RULE, incident, now_s)
    decisions = {s.decision for s in settled.suspicions}

    assert settle(RULE, settled, now_s) == settled
    assert (settled.state is IncidentState.CONFIRMED) == (Decision.CONFIRMED in decisions)
    assert (settled.state is IncidentState.VETOED) == (decisions == {Decision.VETOED})


@given(_one_act())
def test_the_same_answers_again_change_nothing(act: list[tuple[Claim, float]]) -> None:
    (once,) = _fold(*act)
    (twice,) = _fold(*act, *[(claim, now_s + 60) for claim, now_s in act])

    assert settle(RULE, twice, 500.0).state is settle(RULE, once, 500.0).state
    assert {s.window_id: s.at_s for s in twice.suspicions} == {s.window_id: s.at_s for s in once.suspicions}
    assert twice.observations == once.observations


@given(st.lists(st.tuples(st.integers(0, 600), st.sampled_from(["door", "till"]), _SECONDS), max_size=8))
def test_every_window_is_in_exactly_one_incident_of_its_camera(windows: list[tuple[int, str, Outcome | None]]) -> None:
    claims = [
        _claim(float(start), second, camera=camera, window=f"{camera}-{number}")
        for number, (start, camera, second) in enumerate(windows)
    ]
    incidents = _fold(*[(claim, 1000.0) for claim in claims])

    for claim in claims:
        holders = [i for i in incidents for s in i.suspicions if s.window_id == claim.judgement.window_id]
        assert [holder.camera_id for holder in holders] == [claim.camera_id]
        assert holders[0].span.start_s <= claim.span.start_s <= claim.span.end_s <= holders[0].span.end_s
