"""The outlet: who gets what of a stream, how often, and that a shut one lets nothing through."""

import threading

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.fakes.clock import FakeClock
from tests.fakes.sink import RecordingSink
from tests.fakes.sources import DOOR, FACTS, RecordingTap, arrival, encoded
from vigint_core.domain.camera import CameraState
from vigint_core.domain.fault import Code
from vigint_core.domain.status import CameraStatus
from vigint_core.domain.window import Span
from vigint_desktop.capture.channels import Channels
from vigint_desktop.capture.condition import Condition
from vigint_desktop.capture.outlet import Cadence, Outlet
from vigint_desktop.capture.source import Arrival, Demand, Effort, StreamFacts


@pytest.fixture
def channels() -> Channels:
    return Channels()


@pytest.fixture
def tap() -> RecordingTap:
    return RecordingTap()


@pytest.fixture
def sink() -> RecordingSink:
    return RecordingSink()


@pytest.fixture
def outlet(channels: Channels, tap: RecordingTap, sink: RecordingSink) -> Outlet:
    outlet = Outlet(DOOR, channels, tap, Condition(DOOR, sink, FakeClock()))
    outlet.opened(FACTS)
    return outlet


def taken(frames_per_s: float, period_s: float, seconds: float) -> list[float]:
    cadence = Cadence(period_s)
    return [at for at in np.arange(0, seconds, 1 / frames_per_s) if cadence.takes(float(at))]


@pytest.mark.parametrize("frames_per_s", [5, 10, 15, 25, 30, 60])
def test_a_cadence_keeps_its_rate_at_any_frame_rate(frames_per_s: float) -> None:
    assert len(taken(frames_per_s, 0.2, 60)) == pytest.approx(300, abs=1)
    assert len(taken(frames_per_s, 0.5, 60)) == pytest.approx(120, abs=1)


def test_a_slow_camera_gives_every_frame() -> None:
    assert len(taken(1, 0.2, 60)) == 60


def test_a_cadence_goes_on_after_a_gap_without_a_burst() -> None:
    cadence = Cadence(0.5)
    assert cadence.takes(10.0)
    assert [cadence.takes(at) for at in (60.0, 60.1, 60.2, 60.5)] == [True, False, False, True]


def test_a_cadence_goes_on_when_time_went_back() -> None:
    cadence = Cadence(0.5)
    assert cadence.takes(60.0)
    assert [cadence.takes(at) for at in (10.0, 10.1, 10.5)] == [True, False, True]


def test_everybody_gets_their_share_of_ten_seconds(outlet: Outlet, channels: Channels, tap: RecordingTap) -> None:
    outlet.demand = Demand(32, 32)
    for number in range(100):
        outlet.hand_on(arrival(1000 + number / 10, key=number % 10 == 0))
    assert len(tap.looks) == 100
    assert tap.shapes == {(36, 64)}
    assert len(channels.pictures.between(0, 9999)) == 20
    cut = channels.packets.cut(Span(0, 9999))
    assert cut
    assert len(cut.packets) == 100
    counters = channels.counters
    assert (counters.received, counters.decoded, counters.published, counters.failed) == (100, 100, 100, 0)
    assert counters.bytes_received == 1000
    assert channels.mailbox.superseded == 99


def test_the_frame_fits_the_tile_and_says_which_it_is(outlet: Outlet, channels: Channels) -> None:
    outlet.demand = Demand(32, 32)
    outlet.hand_on(arrival(1000.0))
    frame = channels.mailbox.take()
    assert frame
    assert (frame.camera_id, frame.number, frame.width, frame.height) == ("door", 1, 32, 18)
    assert frame.stride >= 32 * 4
    assert len(frame.pixels) == 18 * frame.stride
    assert frame.pixels.readonly


def test_nothing_is_made_for_a_tile_that_is_not_shown(outlet: Outlet, channels: Channels) -> None:
    outlet.hand_on(arrival(1000.0))
    assert channels.mailbox.take() is None
    assert (channels.counters.decoded, channels.counters.published) == (1, 0)


def test_the_pictures_kept_are_planar_even_and_read_only(outlet: Outlet, channels: Channels) -> None:
    outlet.hand_on(arrival(1000.0))
    (picture,) = channels.pictures.between(0, 9999)
    assert (picture.width, picture.height, picture.yuv.shape) == (64, 36, (54, 64))
    assert not picture.yuv.flags.writeable
    assert int(picture.yuv[:36].mean()) == pytest.approx(16 + 90 * 219 / 255, abs=2)  # studio range


def test_a_packet_that_fails_is_counted(outlet: Outlet, channels: Channels) -> None:
    whole = arrival(1000.0)
    outlet.hand_on(Arrival(whole.packet, (), failed=True))
    assert (channels.counters.failed, channels.counters.decoded) == (1, 0)


def test_what_was_passed_over_is_counted_told_and_still_kept_in_the_ring(
    outlet: Outlet, channels: Channels, tap: RecordingTap
) -> None:
    outlet.hand_on(arrival(1000.0))
    for at_s in (1000.1, 1000.2, 1000.3):
        outlet.hand_on(Arrival(encoded(at_s), (), effort=Effort(saving=True, passing_over=True)))
    assert channels.counters.saving
    outlet.hand_on(arrival(1001.5))
    assert tap.unseen_spans == [Span(1000.0, 1001.5)]
    assert channels.counters.unseen_s == pytest.approx(1.5)
    assert not channels.counters.saving
    cut = channels.packets.cut(Span(1000.0, 1002.0))
    assert cut
    assert len(cut.packets) == 5


def test_what_a_stream_passed_over_at_its_end_is_told_as_well(
    outlet: Outlet, channels: Channels, tap: RecordingTap
) -> None:
    outlet.hand_on(arrival(1000.0))
    outlet.hand_on(Arrival(encoded(1000.1), (), effort=Effort(saving=True, passing_over=True)))
    outlet.lost(1003.0)
    assert tap.unseen_spans == [Span(1000.0, 1003.0)]
    assert not channels.counters.saving


def test_reconnects_are_counted(outlet: Outlet, channels: Channels) -> None:
    assert channels.counters.reconnects == 0
    outlet.opened(FACTS)
    assert channels.counters.snapshot().reconnects == 1


def test_an_absence_is_no_pace_of_the_camera(outlet: Outlet) -> None:
    outlet.opened(FACTS)
    outlet.hand_on(arrival(1000.0))
    outlet.hand_on(arrival(1000.1))
    assert outlet.pause_s == pytest.approx(0.1)
    outlet.opened(FACTS)
    outlet.hand_on(arrival(1040.0))
    assert outlet.pause_s == 0.0


def test_a_warning_of_the_stream_stands_beside_its_pictures(outlet: Outlet, sink: RecordingSink) -> None:
    outlet.opened(StreamFacts("h264", 64, 36, 10.0, b"", warning=Code.CAMERA_TRUNCATED))
    outlet.hand_on(arrival(1000.0))
    status = sink.last(CameraStatus)
    assert status.state is CameraState.LIVE
    assert status.fault
    assert status.fault.code is Code.CAMERA_TRUNCATED


def test_a_shut_outlet_lets_nothing_through(
    outlet: Outlet, channels: Channels, tap: RecordingTap, sink: RecordingSink
) -> None:
    outlet.demand = Demand(32, 32)
    outlet.shut(1000.0)
    assert tap.losses == 1
    before = len(sink.events)
    outlet.hand_on(arrival(1001.0))
    outlet.opened(FACTS)
    outlet.lost(1002.0)
    outlet.tell(lambda condition: condition.live())
    assert (tap.losses, tap.looks, channels.mailbox.take(), len(sink.events)) == (1, [], None, before)
    assert channels.counters.received == 0


def test_shutting_waits_no_longer_than_a_second_for_a_tap_that_hangs(channels: Channels, sink: RecordingSink) -> None:
    class HangingTap(RecordingTap):
        def look(self, grey: NDArray[np.uint8], at: object) -> None:
            inside.set()
            assert released.wait(30.0)

    inside, released = threading.Event(), threading.Event()
    outlet = Outlet(DOOR, channels, HangingTap(), Condition(DOOR, sink, FakeClock()))
    thread = threading.Thread(target=outlet.hand_on, args=(arrival(1000.0),))
    thread.start()
    try:
        assert inside.wait(30.0)
        outlet.shut(1001.0)
    finally:
        released.set()
        thread.join(30.0)
    outlet.hand_on(arrival(1002.0))
    assert channels.counters.received == 1
