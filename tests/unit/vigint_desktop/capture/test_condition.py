"""A camera's condition: told on change only; faults have one beginning and one end."""

import pytest

from tests.fakes.clock import NOON_S, FakeClock
from tests.fakes.sink import RecordingSink
from tests.fakes.sources import DOOR
from vigint_core.domain.camera import CameraState
from vigint_core.domain.fault import Code, Fault
from vigint_core.domain.status import CameraStatus
from vigint_desktop.capture.condition import Condition


@pytest.fixture
def sink() -> RecordingSink:
    return RecordingSink()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def condition(sink: RecordingSink, clock: FakeClock) -> Condition:
    return Condition(DOOR, sink, clock)


def states(sink: RecordingSink) -> list[CameraState]:
    return [status.state for status in sink.of(CameraStatus)]


def test_frames_after_the_first_tell_nothing_new(condition: Condition, sink: RecordingSink) -> None:
    condition.connecting()
    for _ in range(5):
        condition.live()
    assert states(sink) == [CameraState.CONNECTING, CameraState.LIVE]


def test_a_failure_names_the_camera_and_the_next_try(condition: Condition, sink: RecordingSink) -> None:
    condition.failed(Code.CAMERA_LOST, "reset", 1007.0)
    status = sink.last(CameraStatus)
    assert (status.state, status.retry_at_mono_s) == (CameraState.FAILED, 1007.0)
    assert status.fault == Fault(Code.CAMERA_LOST, "door", "reset", NOON_S, "Door")
    assert sink.open_faults() == {("door", Code.CAMERA_LOST)}


def test_a_repeat_keeps_the_time_of_the_first_report(
    condition: Condition, sink: RecordingSink, clock: FakeClock
) -> None:
    condition.failed(Code.CAMERA_LOST, "", 1001.0)
    clock.advance(60)
    condition.connecting()
    condition.failed(Code.CAMERA_LOST, "", 1090.0)
    assert sink.last(CameraStatus).fault == Fault(Code.CAMERA_LOST, "door", "", NOON_S, "Door")
    assert len(sink.of(Fault)) == 1


def test_a_wrong_password_is_a_state_of_its_own(condition: Condition, sink: RecordingSink) -> None:
    condition.failed(Code.CAMERA_UNAUTHORIZED, "", None)
    assert states(sink) == [CameraState.UNAUTHORIZED]


def test_another_fault_ends_the_one_before(condition: Condition, sink: RecordingSink) -> None:
    condition.failed(Code.CAMERA_LOST, "", 1.0)
    condition.failed(Code.CAMERA_SILENT, "", 2.0)
    assert sink.open_faults() == {("door", Code.CAMERA_SILENT)}


def test_the_fault_stays_on_the_tile_while_connecting_again(condition: Condition, sink: RecordingSink) -> None:
    condition.failed(Code.CAMERA_LOST, "", 1.0)
    condition.connecting()
    fault = sink.last(CameraStatus).fault
    assert fault
    assert fault.code is Code.CAMERA_LOST


def test_a_good_frame_ends_every_fault(condition: Condition, sink: RecordingSink) -> None:
    condition.failed(Code.CAMERA_LOST, "", 1.0)
    condition.live()
    assert sink.open_faults() == set()
    assert sink.last(CameraStatus).fault is None


def test_a_warning_stands_while_the_camera_is_live(condition: Condition, sink: RecordingSink) -> None:
    condition.live()
    for _ in range(3):
        condition.live(Code.CAMERA_TRUNCATED)
    assert sink.open_faults() == {("door", Code.CAMERA_TRUNCATED)}
    assert len(sink.of(Fault)) == 1
    condition.live()
    assert sink.open_faults() == set()


def test_only_a_live_camera_stalls(condition: Condition, sink: RecordingSink) -> None:
    condition.failed(Code.CAMERA_LOST, "", 1.0)
    condition.stalled()
    assert states(sink) == [CameraState.FAILED]
    condition.live()
    condition.stalled()
    condition.stalled()
    condition.live()
    assert states(sink)[1:] == [CameraState.LIVE, CameraState.STALLED, CameraState.LIVE]


def test_a_camera_taken_off_the_wall_leaves_no_fault(condition: Condition, sink: RecordingSink) -> None:
    condition.failed(Code.CAMERA_LOST, "", 1.0)
    condition.stopped()
    assert sink.open_faults() == set()
    assert states(sink)[-1] is CameraState.STOPPED
