"""The supervisor: cameras come and go, frozen pictures are noticed, hanging threads are replaced and fenced off."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.sink import RecordingSink
from tests.fakes.sources import DOOR, LiveOpener, RecordingTap, ScriptedOpener, ScriptedSource, arrival
from tests.fakes.waiting import wait_until
from vigint_core.domain.camera import Camera, CameraState
from vigint_core.domain.fault import Code, Fault, VigintError
from vigint_core.domain.ids import CameraId
from vigint_core.domain.schedule import Hours
from vigint_core.domain.status import CameraStatus
from vigint_core.domain.window import Span
from vigint_core.policy.retry import BackOff
from vigint_desktop.capture.channels import Channels
from vigint_desktop.capture.source import Arrival, Opener, Source, Work
from vigint_desktop.capture.supervisor import Supervisor
from vigint_desktop.capture.turnstile import Turnstile
from vigint_desktop.capture.worker import Retrying

MINUTE_S = 60.0


class Hall:
    """A supervisor with everything around it. ``release`` ends the calls that hang."""

    def __init__(self) -> None:
        self.sink = RecordingSink()
        self.clock = FakeClock()
        self.tap = RecordingTap()
        self.release = threading.Event()
        self.hanging = threading.Semaphore(0)
        self.supervisor: Supervisor | None = None

    def open(self, opener: Opener) -> Supervisor:
        retrying = Retrying(BackOff(first_s=1000.0, most_s=1000.0), lambda: 0.0)
        self.supervisor = Supervisor(self.sink, self.clock, opener, retrying)
        return self.supervisor

    def hangs_after(self, *times: float) -> ScriptedSource:
        """A source that gives frames and then hangs until it is released."""
        return ScriptedSource([arrival(at_s) for at_s in times], self._hang)

    def is_live(self) -> bool:
        return self.sink.wait_for(lambda sink: self._state(sink) is CameraState.LIVE)

    def state(self) -> CameraState | None:
        return self._state(self.sink)

    def _state(self, sink: RecordingSink) -> CameraState | None:
        told = sink.of(CameraStatus)
        return told[-1].state if told else None

    def _hang(self) -> None:
        self.hanging.release()
        assert self.release.wait(60.0)


@pytest.fixture
def hall() -> Iterator[Hall]:
    hall = Hall()
    yield hall
    hall.release.set()
    assert hall.supervisor
    assert hall.supervisor.stop(timeout_s=30.0)


def test_cameras_start_with_the_supervisor_or_when_they_are_added_later(hall: Hall) -> None:
    opener = ScriptedOpener(hall.hangs_after(1000.0), hall.hangs_after(1000.0))
    supervisor = hall.open(opener)
    supervisor.add(DOOR, "secret", hall.tap)
    assert opener.tries == []
    supervisor.start()
    assert hall.is_live()
    assert opener.tries == ["secret"]


def test_given_channels_are_used(hall: Hall) -> None:
    channels = Channels()
    supervisor = hall.open(ScriptedOpener())
    assert supervisor.add(DOOR, "", hall.tap, channels) is channels
    assert supervisor.channels(DOOR.id) is channels


def test_a_camera_is_added_once(hall: Hall) -> None:
    supervisor = hall.open(ScriptedOpener())
    supervisor.add(DOOR, "", hall.tap)
    with pytest.raises(ValueError, match="door"):
        supervisor.add(DOOR, "", hall.tap)


def test_what_is_asked_of_an_unknown_camera_is_ignored(hall: Hall) -> None:
    supervisor = hall.open(ScriptedOpener())
    supervisor.remove(DOOR.id)
    supervisor.show_at(DOOR.id, 1, 1)
    supervisor.reconnect(DOOR.id)
    with pytest.raises(KeyError):
        supervisor.channels(DOOR.id)


def test_a_removed_camera_is_stopped_at_once_and_can_come_back(hall: Hall) -> None:
    supervisor = hall.open(ScriptedOpener(hall.hangs_after(1000.0)))
    supervisor.add(DOOR, "", hall.tap)
    supervisor.start()
    assert hall.is_live()
    supervisor.remove(DOOR.id)
    assert hall.state() is CameraState.STOPPED
    assert hall.tap.losses == 1
    supervisor.add(DOOR, "", hall.tap)


def test_frames_are_made_at_the_size_of_the_tile(hall: Hall) -> None:
    supervisor = hall.open(ScriptedOpener(hall.hangs_after(1000.0)))
    channels = supervisor.add(DOOR, "", hall.tap)
    supervisor.show_at(DOOR.id, 32, 32)
    supervisor.start()
    assert hall.is_live()
    assert wait_until(lambda: channels.counters.published == 1, every_s=0.005)
    frame = channels.mailbox.take()
    assert frame
    assert frame.width == 32


def test_a_picture_older_than_two_seconds_is_a_stall(hall: Hall) -> None:
    supervisor = hall.open(ScriptedOpener(hall.hangs_after(1000.0)))
    supervisor.add(DOOR, "", hall.tap)
    supervisor.start()
    assert hall.is_live()
    hall.clock.advance(1.9)
    supervisor.check()
    assert hall.state() is CameraState.LIVE
    hall.clock.advance(0.2)
    supervisor.check()
    assert hall.state() is CameraState.STALLED


def test_a_thread_that_hangs_is_replaced_and_fenced_off(hall: Hall) -> None:
    late = ScriptedSource([arrival(1000.0)], hall._hang)
    opener = ScriptedOpener(late, hall.hangs_after(1011.0))
    supervisor = hall.open(opener)
    channels = supervisor.add(DOOR, "", hall.tap)
    supervisor.start()
    assert hall.hanging.acquire(timeout=30.0)
    hall.clock.advance(9.0)
    supervisor.check()
    assert channels.counters.replaced == 0
    hall.clock.advance(2.0)
    supervisor.check()
    assert channels.counters.replaced == 1
    assert [fault.code for fault in hall.sink.of(Fault)] == [Code.CAMERA_STUCK]
    assert hall.is_live()
    assert hall.sink.open_faults() == set()
    assert supervisor.channels(DOOR.id) is channels
    assert hall.tap.losses == 1


def test_what_a_replaced_thread_still_brings_changes_nothing(hall: Hall) -> None:
    class Late(ScriptedSource):
        def reads(self) -> Iterator[Work]:
            yield lambda: arrival(1000.0)
            hall._hang()
            yield lambda: arrival(1000.1)

    late = Late([])
    supervisor = hall.open(ScriptedOpener(late))
    channels = supervisor.add(DOOR, "", hall.tap)
    supervisor.start()
    assert hall.hanging.acquire(timeout=30.0)
    hall.clock.advance(11.0)
    supervisor.check()
    hall.release.set()
    assert wait_until(lambda: late.closed, every_s=0.005)
    assert channels.counters.decoded == 1


def test_only_so_many_threads_of_one_camera_may_hang(hall: Hall) -> None:
    sources = [hall.hangs_after(1000.0 + 11 * number) for number in range(6)]
    supervisor = hall.open(ScriptedOpener(*sources))
    channels = supervisor.add(DOOR, "", hall.tap)
    supervisor.start()
    for _ in range(4):
        assert hall.hanging.acquire(timeout=30.0)
        hall.clock.advance(11.0)
        supervisor.check()
    assert channels.counters.replaced == 3
    for _ in range(3):  # it goes on saying so, also when somebody asks for another try
        assert hall.state() is CameraState.FAILED
        assert hall.sink.open_faults() == {("door", Code.CAMERA_STUCK)}
        supervisor.reconnect(DOOR.id)
        hall.clock.advance(11.0)
        supervisor.check()


def test_a_camera_that_waits_for_its_next_try_does_not_hang(hall: Hall) -> None:
    supervisor = hall.open(ScriptedOpener(ScriptedSource([arrival(1000.0)])))
    channels = supervisor.add(DOOR, "", hall.tap)
    supervisor.start()
    assert hall.sink.wait_for(lambda sink: bool(sink.of(Fault)))
    hall.clock.advance(500.0)
    supervisor.check()
    assert channels.counters.replaced == 0
    assert hall.state() is CameraState.FAILED


def test_reconnect_ends_the_wait(hall: Hall) -> None:
    supervisor = hall.open(ScriptedOpener(ScriptedSource([]), hall.hangs_after(1000.0)))
    supervisor.add(DOOR, "", hall.tap)
    supervisor.start()
    assert hall.sink.wait_for(lambda sink: bool(sink.of(Fault)))
    supervisor.reconnect(DOOR.id)
    assert hall.is_live()


def test_it_says_when_a_thread_does_not_end(hall: Hall) -> None:
    supervisor = hall.open(ScriptedOpener(hall.hangs_after(1000.0)))
    supervisor.add(DOOR, "", hall.tap)
    supervisor.start()
    assert hall.is_live()
    assert not supervisor.stop(timeout_s=0.05)


def hours_around(clock: FakeClock, before_min: int, after_min: int) -> Hours:
    local = datetime.fromtimestamp(clock.wall(), UTC).astimezone()
    now_min = local.hour * 60 + local.minute
    return Hours((now_min - before_min) % 1440, (now_min + after_min) % 1440)


def test_outside_its_hours_a_camera_is_not_opened_and_goes_on_at_its_minute(hall: Hall) -> None:
    opener = LiveOpener()
    supervisor = hall.open(opener)
    camera = replace(DOOR, hours=hours_around(hall.clock, -2, 4))
    supervisor.add(camera, "", hall.tap)
    supervisor.start()
    supervisor.check()
    assert hall.state() is CameraState.OFF
    assert opener.tries == []
    hall.clock.advance(2 * MINUTE_S)
    supervisor.check()
    opener.source(DOOR.url).feed(arrival(hall.clock.monotonic()))
    assert hall.is_live()
    hall.clock.advance(2 * MINUTE_S)
    supervisor.check()
    assert hall.state() is CameraState.OFF
    assert hall.sink.open_faults() == set()
    assert hall.tap.losses == 1


def test_new_hours_are_in_force_at_once_and_open_no_stream_anew(hall: Hall) -> None:
    opener = LiveOpener()
    supervisor = hall.open(opener)
    supervisor.add(DOOR, "", hall.tap)
    supervisor.start()
    opener.source(DOOR.url).feed(arrival(hall.clock.monotonic()))
    assert hall.is_live()
    supervisor.change(replace(DOOR, name="Back door", hours=hours_around(hall.clock, 60, 60)), "")
    assert len(opener.tries) == 1
    supervisor.change(replace(DOOR, hours=hours_around(hall.clock, -60, 120)), "")
    assert hall.state() is CameraState.OFF


def test_another_password_opens_the_stream_anew_and_keeps_the_rings(hall: Hall) -> None:
    opener = LiveOpener()
    supervisor = hall.open(opener)
    channels = supervisor.add(DOOR, "wrong", hall.tap)
    supervisor.start()
    opener.source(DOOR.url).feed(arrival(hall.clock.monotonic()))
    assert hall.is_live()
    supervisor.change(DOOR, "right")
    opener.source(DOOR.url, 1).feed(arrival(hall.clock.monotonic() + 1))
    assert wait_until(lambda: channels.counters.received == 2, every_s=0.005)
    assert [password for _, password in opener.tries] == ["wrong", "right"]
    cut = channels.packets.cut(Span(0, 1e9))
    assert cut
    assert len(cut.packets) == 2


def test_a_wrong_password_waits_for_another_one(hall: Hall) -> None:
    opener = LiveOpener()
    opener.refuse[DOOR.url] = VigintError(Code.CAMERA_UNAUTHORIZED)
    supervisor = hall.open(opener)
    supervisor.add(DOOR, "wrong", hall.tap)
    supervisor.start()
    assert hall.sink.wait_for(lambda _: hall.state() is CameraState.UNAUTHORIZED)
    hall.clock.advance(3600.0)
    supervisor.check()
    assert len(opener.tries) == 1
    opener.refuse.clear()
    supervisor.change(DOOR, "right")
    opener.source(DOOR.url).feed(arrival(hall.clock.monotonic()))
    assert hall.is_live()
    assert hall.sink.open_faults() == set()


def test_a_camera_that_sleeps_wakes_by_itself(hall: Hall) -> None:
    opener = LiveOpener()
    opener.refuse[DOOR.url] = VigintError(Code.CAMERA_UNREACHABLE)
    supervisor = Supervisor(hall.sink, hall.clock, opener, Retrying(BackOff(first_s=0.0, most_s=0.0), lambda: 0.0))
    hall.supervisor = supervisor
    supervisor.add(replace(DOOR, sleeps=True), "", hall.tap)
    supervisor.start()
    assert hall.sink.wait_for(lambda _: hall.state() is CameraState.ASLEEP)
    assert hall.sink.open_faults() == set()
    opener.refuse.clear()
    opener.source(DOOR.url).feed(arrival(hall.clock.monotonic()))
    assert hall.is_live()


def test_an_unknown_camera_can_not_be_changed_and_its_view_not_confirmed(hall: Hall) -> None:
    supervisor = hall.open(ScriptedOpener())
    supervisor.confirm_view(DOOR.id)
    with pytest.raises(KeyError):
        supervisor.change(DOOR, "")


def test_a_decoder_that_hangs_gives_its_turn_to_the_other_cameras(hall: Hall) -> None:
    def decode() -> Arrival:
        hall._hang()
        return arrival(1000.0)

    class Hanging(ScriptedSource):
        def reads(self) -> Iterator[Work]:
            yield decode

    class Stuck(LiveOpener):
        def __call__(self, camera: Camera, password: str, interrupt: threading.Event) -> Source:
            if camera.id == DOOR.id and not self.tries:
                self.tries.append((camera.url, password))
                return Hanging([])
            return super().__call__(camera, password, interrupt)

    opener, till = Stuck(), replace(DOOR, id=CameraId("till"), url="rtsp://127.0.0.1/till")
    retrying = Retrying(BackOff(first_s=1000.0, most_s=1000.0), lambda: 0.0, Turnstile(1, 1))
    hall.supervisor = supervisor = Supervisor(hall.sink, hall.clock, opener, retrying)
    supervisor.add(DOOR, "", hall.tap)
    supervisor.start()
    assert hall.hanging.acquire(timeout=30.0)
    channels = supervisor.add(till, "", RecordingTap())
    opener.source(till.url).feed(arrival(1000.0))
    assert wait_until(lambda: retrying.turnstile.waiting == 1, every_s=0.005)
    hall.clock.advance(11.0)
    supervisor.check()
    assert wait_until(lambda: channels.counters.decoded == 1, every_s=0.005)
    assert (channels.counters.replaced, supervisor.channels(DOOR.id).counters.replaced) == (0, 1)


@pytest.mark.expects_log("the watch over the cameras failed")
def test_the_watch_survives_a_mistake_and_tells_it(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    def mistaken() -> None:
        raise RuntimeError("can't start new thread")

    supervisor = hall.open(ScriptedOpener())
    monkeypatch.setattr(supervisor, "check", mistaken)
    supervisor.start()
    assert hall.sink.wait_for(lambda sink: ("supervisor", Code.WORKER_CRASHED) in sink.open_faults())
    monkeypatch.undo()
    assert hall.sink.wait_for(lambda sink: not sink.open_faults())
