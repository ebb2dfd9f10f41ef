"""The pace of files: each packet at its time, never a race, always interruptible."""

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.sources import FakeInterrupt
from vigint_desktop.capture.pace import Pace
from vigint_desktop.capture.stream_time import StreamTime


def test_it_waits_until_the_packet_is_due() -> None:
    clock = FakeClock()
    interrupt, time = FakeInterrupt(clock), StreamTime(clock, 0.1)
    list(Pace(clock, interrupt).until(time, time.arrival(0.0)))
    assert list(Pace(clock, interrupt).until(time, time.arrival(0.4))) == []
    assert interrupt.waits == [pytest.approx(0.4)]


def test_a_long_wait_is_taken_in_breaths() -> None:
    clock = FakeClock()
    interrupt, time = FakeInterrupt(clock), StreamTime(clock, 0.1)
    time.arrival(0.0)
    breaths = list(Pace(clock, interrupt).until(time, time.arrival(3.5)))
    assert len(breaths) == 3
    assert sum(interrupt.waits) == pytest.approx(3.5)
    assert max(interrupt.waits) <= 1.0


def test_an_interrupt_ends_the_wait() -> None:
    clock = FakeClock()
    interrupt, time = FakeInterrupt(clock), StreamTime(clock, 0.1)
    time.arrival(0.0)
    interrupt.set()
    assert list(Pace(clock, interrupt).until(time, time.arrival(9.0))) == []
    assert interrupt.waits == []


def test_after_a_long_stop_it_goes_on_from_now_instead_of_racing() -> None:
    clock = FakeClock(mono_s=100.0)
    interrupt, time = FakeInterrupt(clock), StreamTime(clock, 0.1)
    time.arrival(0.0)
    clock.advance(60.0)  # the machine slept
    late = time.arrival(0.1)
    list(Pace(clock, interrupt).until(time, late))
    assert time.media_s(late) == pytest.approx(160.0)


def test_a_little_lateness_is_made_up() -> None:
    clock = FakeClock(mono_s=100.0)
    interrupt, time = FakeInterrupt(clock), StreamTime(clock, 0.1)
    time.arrival(0.0)
    clock.advance(0.5)
    late = time.arrival(0.1)
    list(Pace(clock, interrupt).until(time, late))
    assert time.media_s(late) == pytest.approx(100.1)
