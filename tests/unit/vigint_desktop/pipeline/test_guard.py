from dataclasses import replace

import pytest

from tests.fakes.clock import NOON_S
from tests.fakes.pictures import DOOR
from vigint_core.domain.camera import Camera, CameraState, SourceKind
from vigint_core.domain.fault import Code
from vigint_core.domain.schedule import Plan
from vigint_core.domain.status import CameraHealth, CameraStatus
from vigint_core.domain.window import Span
from vigint_core.policy.rules import RuleKind
from vigint_desktop.pipeline.guard import Guard
from vigint_desktop.pipeline.messages import RuleBroken

ARMED = Camera(DOOR, "Door", SourceKind.RTSP, "rtsp://127.0.0.1/", plan=Plan(armed=True))


def trouble(state: CameraState = CameraState.FAILED, *, closed: bool = False, start_s: float = 0) -> CameraHealth:
    return CameraHealth(DOOR, Span(NOON_S + start_s, NOON_S + start_s + 5), state, Code.CAMERA_LOST, closed)


def guard(camera: Camera = ARMED, *, was_live: bool = True) -> Guard:
    made = Guard()
    made.arranged([camera])
    if was_live:
        made.note(CameraStatus(DOOR, CameraState.LIVE, NOON_S - 60))
    return made


def alarms(guard: Guard, *troubles: CameraHealth) -> list[RuleBroken]:
    return guard.alarms(troubles, NOON_S + 5, 1005.0)


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        (CameraState.FAILED, RuleKind.LOST),
        (CameraState.STALLED, RuleKind.LOST),
        (CameraState.COVERED, RuleKind.COVERED),
        (CameraState.BLACK, RuleKind.COVERED),
        (CameraState.FROZEN, RuleKind.COVERED),
    ],
)
def test_a_camera_that_is_lost_or_covered_while_armed_is_told_once(state: CameraState, kind: RuleKind) -> None:
    armed = guard()
    (told,) = alarms(armed, trouble(state))

    assert (told.kind, told.camera_name, told.span.start_s, told.mono_span.start_s) == (kind, "Door", NOON_S, 1000.0)
    assert alarms(armed, trouble(state)) == []
    assert len(alarms(armed, trouble(state, start_s=60))) == 1


def test_one_that_was_never_seen_well_or_is_well_again_is_not_told() -> None:
    assert alarms(guard(was_live=False), trouble()) == []
    assert alarms(guard(), trouble(closed=True)) == []


def test_by_day_and_without_a_camera_nothing_is_told() -> None:
    assert alarms(guard(replace(ARMED, plan=Plan())), trouble()) == []
    gone = guard()
    gone.arranged([])
    assert alarms(gone, trouble()) == []
