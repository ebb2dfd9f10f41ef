"""When an alert's clip is made, and what it shows."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigint_core.domain.ids import CameraId, IncidentId
from vigint_core.domain.incident import Clip, Incident, IncidentState
from vigint_core.domain.verdict import IncidentType, Severity
from vigint_core.domain.window import Span
from vigint_core.policy.alert_clip import (
    GIVE_UP_S,
    LEAD_S,
    LENGTH_S,
    PATIENCE_S,
    AlertClip,
    alert_clip,
    alert_span,
    is_told,
)

ACT_S = 1_800_000_000.0
seconds = st.floats(-120, 120)


def incident(*ends_s: float, state: IncidentState = IncidentState.CONFIRMED, opened_s: float = 6.0) -> Incident:
    """One whose clips begin 8 s before the act and end so many seconds after it."""
    return Incident(
        id=IncidentId("i1"),
        camera_id=CameraId("door"),
        camera_name="Door",
        type=IncidentType.CONCEALMENT,
        severity=Severity.HIGH,
        state=state,
        source="ai",
        confidence=0.8,
        summary="",
        observations=(),
        span=Span(ACT_S - 5, ACT_S + 5),
        act_s=ACT_S,
        opened_s=ACT_S + opened_s,
        suspicions=(),
        clips=tuple(Clip(f"i1-{n}.mp4", Span(ACT_S - 8, ACT_S + end)) for n, end in enumerate(ends_s, 1)),
    )


def test_the_act_lies_five_seconds_after_the_start_of_fifteen() -> None:
    assert alert_span(incident()) == Span(ACT_S - LEAD_S, ACT_S - LEAD_S + LENGTH_S)


@pytest.mark.parametrize(
    ("ends_s", "after_s", "what"),
    [
        ((5.0,), 8.0, AlertClip.WAIT),
        ((5.0,), PATIENCE_S, AlertClip.MAKE),
        ((5.0, 10.0), 10.0, AlertClip.MAKE),
        ((9.6,), 10.0, AlertClip.MAKE),
        ((), 30.0, AlertClip.WAIT),
        ((), 6.0 + GIVE_UP_S, AlertClip.NEVER),
        ((-5.5,), 6.0 + GIVE_UP_S, AlertClip.NEVER),
    ],
)
def test_it_is_made_when_enough_is_written_or_nobody_should_wait_any_longer(
    ends_s: tuple[float, ...], after_s: float, what: AlertClip
) -> None:
    assert alert_clip(incident(*ends_s), ACT_S + after_s) is what


@pytest.mark.parametrize("state", [IncidentState.SUSPECTED, IncidentState.VETOED])
def test_of_what_nobody_is_told_there_is_none(state: IncidentState) -> None:
    assert alert_clip(incident(60.0, state=state), ACT_S + 3600) is AlertClip.WAIT
    assert not is_told(incident(state=state))


@given(st.lists(seconds, max_size=4), seconds, st.floats(0, 600))
def test_it_is_never_undone_by_time_or_by_more_film(ends_s: list[float], after_s: float, later_s: float) -> None:
    before = alert_clip(incident(*ends_s), ACT_S + after_s)
    if before is AlertClip.MAKE:
        assert alert_clip(incident(*ends_s), ACT_S + after_s + later_s) is AlertClip.MAKE
        assert alert_clip(incident(*ends_s, 60.0), ACT_S + after_s) is AlertClip.MAKE


@given(st.lists(seconds, max_size=4), st.floats(0, 600))
def test_nobody_waits_for_ever(ends_s: list[float], opened_s: float) -> None:
    late = replace(incident(*ends_s), opened_s=ACT_S + opened_s)
    assert alert_clip(late, ACT_S + opened_s + GIVE_UP_S) is not AlertClip.WAIT
