from dataclasses import replace

import pytest

from tests.fakes.clock import NOON_S
from tests.fakes.pictures import DOOR
from vigint_core.domain.camera import Camera, CameraState, SourceKind
from vigint_core.domain.coverage import Cover, Watch
from vigint_core.domain.fault import Code, Fault
from vigint_core.domain.schedule import Mode, Plan
from vigint_core.domain.status import CameraStatus
from vigint_core.domain.window import Span
from vigint_desktop.pipeline.presence import Presence

CAMERA = Camera(DOOR, "Door", SourceKind.RTSP, "rtsp://127.0.0.1/")


def status(state: CameraState, at_s: float, code: Code | None = None) -> CameraStatus:
    fault = Fault(code, DOOR, "", NOON_S + at_s) if code else None
    return CameraStatus(DOOR, state, NOON_S + at_s, fault)


def taken(presence: Presence, at_s: float) -> list[tuple[Watch, float]]:
    due = presence.due(NOON_S + at_s)
    presence.done(NOON_S + at_s)
    return due


def watch(start_s: float, end_s: float, cover: Cover, reason: Code | None = None) -> Watch:
    return Watch(DOOR, Span(NOON_S + start_s, NOON_S + end_s), cover, reason)


def test_a_lost_camera_is_offline_from_the_moment_it_was_lost_until_it_is_back() -> None:
    presence = Presence()
    presence.note(status(CameraState.FAILED, 0, Code.CAMERA_LOST))
    assert taken(presence, 4.9) == []
    assert taken(presence, 5) == [(watch(0, 5, Cover.OFFLINE, Code.CAMERA_LOST), NOON_S)]
    assert taken(presence, 6) == []

    presence.note(status(CameraState.CONNECTING, 7))
    presence.note(status(CameraState.LIVE, 8))

    assert taken(presence, 8) == [(watch(0, 8, Cover.OFFLINE, Code.CAMERA_LOST), NOON_S + 5)]
    assert taken(presence, 60) == []


@pytest.mark.parametrize("state", [CameraState.OFF, CameraState.ASLEEP])
def test_outside_its_hours_a_camera_is_off(state: CameraState) -> None:
    presence = Presence()
    presence.note(status(state, 0))

    assert taken(presence, 5) == [(watch(0, 5, Cover.OFF), NOON_S)]


@pytest.mark.parametrize("state", [CameraState.FROZEN, CameraState.BLACK, CameraState.COVERED])
def test_a_picture_that_can_not_be_believed_is_offline(state: CameraState) -> None:
    presence = Presence()
    presence.note(status(state, -30, Code.CAMERA_FROZEN))

    assert taken(presence, 0) == [(watch(-30, 0, Cover.OFFLINE, Code.CAMERA_FROZEN), NOON_S - 30)]


def test_what_is_not_written_yet_is_asked_for_again() -> None:
    presence = Presence()
    presence.note(status(CameraState.FAILED, 0, Code.CAMERA_LOST))
    presence.note(status(CameraState.LIVE, 2))

    assert presence.due(NOON_S + 2) == presence.due(NOON_S + 3) != []


def test_a_camera_of_which_the_ai_is_off_is_off_whatever_it_sends() -> None:
    presence = Presence()
    off = replace(CAMERA, plan=Plan(Mode.AI_OFF))
    presence.arranged([off], NOON_S)
    presence.arranged([off], NOON_S + 3)
    assert taken(presence, 5) == [(watch(0, 5, Cover.OFF), NOON_S)]

    presence.arranged([CAMERA], NOON_S + 6)

    assert taken(presence, 6) == [(watch(0, 6, Cover.OFF), NOON_S + 5)]
    assert taken(presence, 60) == []


def test_at_the_end_everything_that_goes_on_is_told_until_then() -> None:
    presence = Presence()
    presence.note(status(CameraState.FAILED, 0, Code.CAMERA_LOST))
    presence.end(NOON_S + 1.5)

    assert taken(presence, 2) == [(watch(0, 1.5, Cover.OFFLINE, Code.CAMERA_LOST), NOON_S)]
