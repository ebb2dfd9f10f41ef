"""A camera's condition: told on change only; faults have one beginning and one end."""

from dataclasses import replace

import pytest

from tests.fakes.clock import NOON_S, FakeClock
from tests.fakes.sink import RecordingSink
from tests.fakes.sources import DOOR
from vigint_core.domain.camera import CameraState
from vigint_core.domain.fault import Code, Fault
from vigint_core.domain.status import CameraStatus
from vigint_core.domain.zone import Scene
from vigint_core.policy.picture_truth import Sight
from vigint_core.policy.streams import Stream
from vigint_desktop.capture.condition import Condition

SUB = Stream.SUB


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


@pytest.mark.parametrize("code", [Code.CAMERA_UNSUPPORTED, Code.CAMERA_NO_VIDEO_STREAM, Code.CAMERA_NOT_VIDEO])
def test_what_can_not_be_shown_is_a_state_of_its_own(condition: Condition, sink: RecordingSink, code: Code) -> None:
    condition.failed(code, "", 1.0)
    assert states(sink) == [CameraState.UNSUPPORTED]


@pytest.mark.parametrize(
    ("sight", "state", "code"),
    [
        (Sight.FROZEN, CameraState.FROZEN, Code.CAMERA_FROZEN),
        (Sight.BLACK, CameraState.BLACK, Code.CAMERA_BLACK),
        (Sight.COVERED, CameraState.COVERED, Code.CAMERA_COVERED),
    ],
)
def test_what_the_pictures_show_is_told_since_when_and_is_over_when_they_are_well(
    condition: Condition, sink: RecordingSink, clock: FakeClock, sight: Sight, state: CameraState, code: Code
) -> None:
    condition.live()
    clock.advance(60)
    condition.seen(sight, clock.monotonic() - 15)
    status = sink.last(CameraStatus)
    assert (status.state, status.since_s) == (state, NOON_S + 45)
    assert status.fault
    assert status.fault.code is code
    condition.live()
    assert sink.open_faults() == {("door", code)}
    condition.seen(Sight.GOOD, clock.monotonic())
    assert states(sink)[-1] is CameraState.LIVE
    assert sink.open_faults() == set()


def test_a_lost_stream_counts_for_more_than_what_its_last_pictures_showed(
    condition: Condition, sink: RecordingSink
) -> None:
    condition.live()
    condition.seen(Sight.BLACK, 1000.0)
    condition.failed(Code.CAMERA_LOST, "", 1.0)
    assert states(sink)[-1] is CameraState.FAILED
    assert sink.open_faults() == {("door", Code.CAMERA_LOST)}


def test_a_covered_camera_that_was_away_is_covered_anew_when_it_is_back(
    condition: Condition, sink: RecordingSink, clock: FakeClock
) -> None:
    condition.live()
    condition.seen(Sight.COVERED, 1000.0)
    clock.advance(100)
    condition.failed(Code.CAMERA_LOST, "", 1.0)
    clock.advance(10)
    condition.live()
    assert sink.last(CameraStatus).state is CameraState.COVERED
    assert sink.last(CameraStatus).since_s == NOON_S + 110


@pytest.mark.parametrize("code", [Code.CAMERA_UNREACHABLE, Code.CAMERA_SILENT, Code.CAMERA_LOST])
def test_a_camera_that_sleeps_may_be_away_without_a_fault(sink: RecordingSink, clock: FakeClock, code: Code) -> None:
    condition = Condition(replace(DOOR, sleeps=True), sink, clock)
    condition.connecting()
    for _ in range(3):
        condition.failed(code, "", 1030.0)
        condition.connecting()
    assert states(sink) == [CameraState.CONNECTING, CameraState.ASLEEP]
    assert sink.last(CameraStatus).retry_at_mono_s == 1030.0
    assert sink.of(Fault) == []
    condition.live()
    assert states(sink)[-1] is CameraState.LIVE


def test_a_camera_that_sleeps_still_says_that_its_password_is_wrong(sink: RecordingSink, clock: FakeClock) -> None:
    condition = Condition(replace(DOOR, sleeps=True), sink, clock)
    condition.failed(Code.CAMERA_UNAUTHORIZED, "", None)
    assert states(sink) == [CameraState.UNAUTHORIZED]


def test_outside_its_hours_a_camera_has_no_fault(condition: Condition, sink: RecordingSink) -> None:
    condition.failed(Code.CAMERA_LOST, "", 1.0)
    condition.off()
    condition.off()
    assert states(sink) == [CameraState.FAILED, CameraState.OFF]
    assert sink.open_faults() == set()


def test_one_living_stream_makes_a_camera_live_and_the_lost_one_is_a_fault_beside_it(
    condition: Condition, sink: RecordingSink
) -> None:
    condition.connecting()
    condition.connecting(SUB)
    condition.live(stream=SUB)
    assert states(sink) == [CameraState.CONNECTING, CameraState.LIVE]
    assert sink.of(Fault) == []
    condition.failed(Code.CAMERA_NOT_FOUND, "", 1.0)
    status = sink.last(CameraStatus)
    assert status.state is CameraState.LIVE
    assert status.fault
    assert (status.fault.code, status.fault.detail) == (Code.CAMERA_MAIN_LOST, "camera.not_found")
    condition.connecting()
    assert sink.open_faults() == {("door", Code.CAMERA_MAIN_LOST)}, "until it brings something"
    condition.live()
    assert sink.open_faults() == set()


def test_who_decides_about_the_streams_is_told_when_one_is_lost_or_back(sink: RecordingSink, clock: FakeClock) -> None:
    told: list[bool] = []
    condition = Condition(DOOR, sink, clock, lambda: told.append(condition.lost(SUB)))
    condition.connecting(SUB)
    condition.live(stream=SUB)
    condition.stalled(SUB)
    condition.failed(Code.CAMERA_LOST, "", 1.0, SUB)
    condition.connecting(SUB)
    condition.live(stream=SUB)
    assert told == [True, False]


def test_another_name_is_told_in_the_open_fault_too(condition: Condition, sink: RecordingSink) -> None:
    condition.failed(Code.CAMERA_LOST, "", 1.0)
    condition.rename(replace(DOOR, name="Back door"))
    assert sink.last(Fault).subject == "Back door"
    fault = sink.last(CameraStatus).fault
    assert fault
    assert fault.subject == "Back door"


def test_a_camera_that_is_marked_as_one_that_sleeps_loses_its_fault(condition: Condition, sink: RecordingSink) -> None:
    condition.failed(Code.CAMERA_UNREACHABLE, "", 1.0)
    condition.rename(replace(DOOR, sleeps=True))
    assert states(sink)[-1] is CameraState.ASLEEP
    assert sink.open_faults() == set()


def test_a_picture_of_another_shape_than_its_zones_were_drawn_on_is_said_while_it_lasts(
    sink: RecordingSink, clock: FakeClock
) -> None:
    condition = Condition(replace(DOOR, scene=Scene(drawn_on=(1920, 1080))), sink, clock)
    condition.connecting()
    condition.live()
    condition.shaped(320, 180)
    assert sink.open_faults() == set()

    condition.shaped(320, 240)
    assert {code for _, code in sink.open_faults()} == {Code.CAMERA_SHAPE_CHANGED}
    assert condition.state is CameraState.LIVE

    condition.rename(replace(DOOR, scene=Scene(drawn_on=(640, 480))))
    condition.shaped(320, 240)
    assert sink.open_faults() == set()
