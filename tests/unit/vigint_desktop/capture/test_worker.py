"""A camera's worker: what it reports, when it tries again, and how it stops."""

import threading
from collections.abc import Iterator

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.sink import RecordingSink
from tests.fakes.sources import DOOR, RecordingTap, ScriptedOpener, ScriptedSource, arrival
from tests.fakes.waiting import wait_until
from vigint_core.domain.camera import CameraState
from vigint_core.domain.fault import Code, Fault, VigintError
from vigint_core.domain.status import CameraStatus
from vigint_core.policy.retry import BackOff
from vigint_desktop.capture.channels import Channels
from vigint_desktop.capture.condition import Condition
from vigint_desktop.capture.outlet import Outlet
from vigint_desktop.capture.worker import CameraWorker, Retrying

AT_ONCE = BackOff(first_s=0.0, most_s=0.0)
NEVER = BackOff(first_s=1000.0, most_s=1000.0)
SECRET = "pa55word"


class Line:
    """A worker with everything around it."""

    def __init__(self, opener: ScriptedOpener, back_off: BackOff) -> None:
        self.sink = RecordingSink()
        self.tap = RecordingTap()
        self.channels = Channels()
        self.clock = FakeClock()
        self.condition = Condition(DOOR, self.sink, self.clock)
        outlet = Outlet(DOOR, self.channels, self.tap, self.condition)
        self.worker = CameraWorker(DOOR, SECRET, outlet, opener, self.clock, Retrying(back_off, lambda: 0.0))

    def states(self) -> list[CameraState]:
        return [status.state for status in self.sink.of(CameraStatus)]

    def reaches(self, state: CameraState) -> bool:
        return self.sink.wait_for(lambda sink: bool(sink.of(CameraStatus)) and sink.last(CameraStatus).state is state)

    def tries(self, opener: ScriptedOpener, count: int) -> bool:
        return wait_until(lambda: len(opener.tries) >= count, every_s=0.005)


@pytest.fixture
def started() -> Iterator[list[Line]]:
    """Lines that are stopped at the end."""
    lines: list[Line] = []
    yield lines
    for line in lines:
        assert line.worker.stop(30.0)


def start(started: list[Line], opener: ScriptedOpener, back_off: BackOff = NEVER) -> Line:
    line = Line(opener, back_off)
    started.append(line)
    line.worker.start()
    return line


def waiting(line_interrupt: threading.Event) -> None:
    assert line_interrupt.wait(30.0)


def test_its_thread_bears_the_cameras_name(started: list[Line]) -> None:
    line = start(started, ScriptedOpener())
    assert line.reaches(CameraState.CONNECTING)
    assert "capture:Door" in {thread.name for thread in threading.enumerate()}


def test_frames_make_a_camera_live_and_the_end_of_the_stream_is_a_loss(started: list[Line]) -> None:
    source = ScriptedSource([arrival(1000.0), arrival(1000.1)])
    line = start(started, ScriptedOpener(source))
    assert line.reaches(CameraState.FAILED)
    assert line.states() == [CameraState.CONNECTING, CameraState.LIVE, CameraState.FAILED]
    assert line.sink.last(Fault).code is Code.CAMERA_LOST
    assert source.closed
    assert line.tap.losses == 1


def test_run_once_lets_the_error_pass_and_still_closes() -> None:
    def breaks() -> None:
        raise VigintError(Code.CAMERA_SILENT, "nothing for 4 s")

    source = ScriptedSource([arrival(1000.0)], breaks)
    line = Line(ScriptedOpener(source), NEVER)
    with pytest.raises(VigintError) as caught:
        line.worker.run_once()
    assert caught.value.code is Code.CAMERA_SILENT
    assert source.closed
    assert line.tap.losses == 1


def test_the_next_try_is_announced(started: list[Line]) -> None:
    line = start(started, ScriptedOpener(VigintError(Code.CAMERA_UNREACHABLE)), BackOff(first_s=8.0))
    assert line.reaches(CameraState.FAILED)
    assert line.sink.last(CameraStatus).retry_at_mono_s == 1008.0


def test_it_tries_again_until_it_works_and_then_the_fault_is_over(started: list[Line]) -> None:
    down = VigintError(Code.CAMERA_UNREACHABLE)
    forever = threading.Event()
    source = ScriptedSource([arrival(1000.0)], lambda: waiting(forever))
    line = start(started, ScriptedOpener(down, down, down, source), AT_ONCE)
    try:
        assert line.reaches(CameraState.LIVE)
        assert line.sink.open_faults() == set()
        assert len(line.sink.of(Fault)) == 1
        line.worker.request_stop()
    finally:
        forever.set()


def test_a_good_frame_resets_the_back_off(started: list[Line]) -> None:
    down = VigintError(Code.CAMERA_UNREACHABLE)
    opener = ScriptedOpener(down, down, down, ScriptedSource([arrival(1000.0)]))
    line = Line(opener, BackOff(first_s=0.001, factor=2.0))
    started.append(line)
    line.worker.start()
    assert line.tries(opener, 5)
    waits = [
        status.retry_at_mono_s - 1000.0 for status in line.sink.of(CameraStatus) if status.retry_at_mono_s is not None
    ]
    assert waits == pytest.approx([0.001, 0.002, 0.004, 0.001], abs=1e-6)


def test_while_an_outage_is_young_the_waits_stay_short(started: list[Line]) -> None:
    opener = ScriptedOpener(*[VigintError(Code.CAMERA_UNREACHABLE)] * 6)
    line = Line(opener, BackOff(first_s=0.001, factor=4.0, most_s=1000.0, soon_s=0.004, soon_for_s=60.0))
    started.append(line)
    line.worker.start()
    assert line.tries(opener, 6)
    waits = [s.retry_at_mono_s - 1000.0 for s in line.sink.of(CameraStatus) if s.retry_at_mono_s is not None]
    assert waits[:5] == pytest.approx([0.001, 0.004, 0.004, 0.004, 0.004], abs=1e-6)


def test_a_wrong_password_is_not_tried_again_by_itself(started: list[Line]) -> None:
    opener = ScriptedOpener(VigintError(Code.CAMERA_UNAUTHORIZED))
    line = start(started, opener, AT_ONCE)
    assert line.reaches(CameraState.UNAUTHORIZED)
    assert line.sink.last(CameraStatus).retry_at_mono_s is None
    assert opener.tries == [SECRET]
    line.worker.retry_now()
    assert line.tries(opener, 2)


def test_retry_now_ends_the_wait(started: list[Line]) -> None:
    opener = ScriptedOpener(VigintError(Code.CAMERA_LOST))
    line = start(started, opener)
    assert line.reaches(CameraState.FAILED)
    line.worker.retry_now()
    assert line.tries(opener, 2)


def test_retry_now_opens_a_playing_stream_anew(started: list[Line]) -> None:
    on = threading.Event()
    first = ScriptedSource([arrival(1000.0)], lambda: waiting(on))
    opener = ScriptedOpener(first)
    line = start(started, opener)
    assert line.reaches(CameraState.LIVE)
    line.worker.retry_now()
    on.set()
    assert line.tries(opener, 2)
    assert line.sink.of(Fault) == []


def test_a_stopped_worker_ends_and_hands_nothing_on() -> None:
    on = threading.Event()
    line = Line(ScriptedOpener(ScriptedSource([arrival(1000.0)], lambda: waiting(on))), NEVER)
    line.worker.start()
    assert line.reaches(CameraState.LIVE)
    line.worker.request_stop()
    on.set()
    assert line.worker.stop(30.0)
    assert line.states()[-1] is CameraState.LIVE
    assert line.tap.losses == 1
    assert not line.worker.is_alive


def test_a_worker_that_hangs_says_that_it_has_not_ended() -> None:
    on = threading.Event()
    line = Line(ScriptedOpener(ScriptedSource([arrival(1000.0)], lambda: waiting(on))), NEVER)
    line.worker.start()
    assert line.reaches(CameraState.LIVE)
    try:
        assert not line.worker.stop(0.01)
    finally:
        on.set()
        assert line.worker.stop(30.0)


def test_stopping_a_worker_that_never_started_is_fine() -> None:
    assert Line(ScriptedOpener(), NEVER).worker.stop(1.0)


def test_it_knows_how_long_a_call_has_taken() -> None:
    line = Line(ScriptedOpener(), NEVER)
    assert line.worker.busy_s() == 0.0
    on = threading.Event()

    def hangs() -> None:
        line.clock.advance(11.0)
        assert line.worker.busy_s() == 11.0
        on.set()

    line = Line(ScriptedOpener(ScriptedSource([arrival(1000.0)], hangs)), NEVER)
    with pytest.raises(VigintError):
        line.worker.run_once()
    assert on.is_set()
    assert line.worker.busy_s() == 0.0


@pytest.mark.expects_log("capture of door: ValueError")
def test_a_mistake_of_our_own_is_reported_without_the_librarys_text(
    started: list[Line], caplog: pytest.LogCaptureFixture
) -> None:
    line = start(started, ScriptedOpener(ValueError(f"rtsp://guard:{SECRET}@127.0.0.1/")))
    assert line.reaches(CameraState.FAILED)
    fault = line.sink.last(Fault)
    assert (fault.code, fault.detail) == (Code.WORKER_CRASHED, "ValueError")
    assert SECRET not in caplog.text


def test_a_worker_given_up_while_it_waits_for_its_turn_does_not_take_it(started: list[Line]) -> None:
    line = Line(ScriptedOpener(ScriptedSource([arrival(1000.0)])), NEVER)
    started.append(line)
    turnstile = line.worker._turnstile
    turns = [turnstile.turn(0, shown=True) for _ in range(64)]
    for turn in turns:
        if not turnstile.waiting:
            turnstile.enter(turn)
        if turnstile._free == 0:
            break
    line.worker.start()
    assert wait_until(lambda: turnstile.waiting == 1, every_s=0.005)
    line.worker.give_up()
    for turn in turns:
        turnstile.leave(turn)
    assert line.worker.stop(30.0)
    assert line.channels.counters.decoded == 0
    assert turnstile._free > 0
