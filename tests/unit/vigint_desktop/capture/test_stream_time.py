"""Stream time: continuous over loops, jumps, missing timestamps and stepped wall clocks."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.clock import NOON_S, FakeClock
from vigint_desktop.capture.stream_time import StreamTime


def media(time: StreamTime, raw_s: float | None) -> float:
    return time.media_s(time.arrival(raw_s))


@pytest.fixture
def time() -> StreamTime:
    return StreamTime(FakeClock(mono_s=500.0), frame_s=0.1)


def test_media_time_starts_at_the_monotonic_time_of_the_first_packet(time: StreamTime) -> None:
    assert media(time, 77.0) == pytest.approx(500.0)
    assert media(time, 77.5) == pytest.approx(500.5)


def test_a_loop_goes_on_one_frame_after_the_last(time: StreamTime) -> None:
    first = [media(time, raw) for raw in (0.0, 0.1, 0.2)]
    time.restart()
    assert [*first, media(time, 0.0), media(time, 0.1)] == pytest.approx([500, 500.1, 500.2, 500.3, 500.4])


def test_a_clock_that_is_set_back_goes_on_one_frame_after_the_last(time: StreamTime) -> None:
    assert [media(time, raw) for raw in (90.0, 90.1, 7.0, 7.1)] == pytest.approx([500, 500.1, 500.2, 500.3])


def test_a_jump_ahead_is_a_camera_that_sets_its_clock(time: StreamTime) -> None:
    assert [media(time, raw) for raw in (0.0, 5000.0, 5000.1)] == pytest.approx([500, 500.1, 500.2])


def test_a_pause_of_seconds_stays_a_pause(time: StreamTime) -> None:
    assert [media(time, raw) for raw in (0.0, 4.0)] == pytest.approx([500, 504])


def test_missing_timestamps_are_a_frame_apart(time: StreamTime) -> None:
    assert [media(time, raw) for raw in (None, None, None)] == pytest.approx([500, 500.1, 500.2])


def test_the_first_packet_may_lack_its_timestamp(time: StreamTime) -> None:
    """Players know none before the first report of a camera; then it can be anything."""
    assert [media(time, raw) for raw in (None, 7.0, 7.1)] == pytest.approx([500, 500.1, 500.2])


def test_a_repeated_timestamp_moves_on_a_little_and_delays_nothing(time: StreamTime) -> None:
    assert [media(time, raw) for raw in (1.0, 1.0, 1.1, 1.1, 1.2)] == pytest.approx(
        [500, 500.001, 500.1, 500.101, 500.2]
    )


def test_pictures_out_of_order_rise_and_shift_nothing(time: StreamTime) -> None:
    """B-frames over RTP come with the times at which they are shown."""
    times = [media(time, raw) for raw in (0.0, 0.3, 0.1, 0.2, 0.6, 0.4, 0.5, 0.7)]
    assert all(later > earlier for earlier, later in pairwise(times))
    assert times[-1] == pytest.approx(500.7)


def test_a_clock_that_stands_still_is_replaced_by_the_frame_rate(time: StreamTime) -> None:
    times = [media(time, 3.0) for _ in range(40)]
    assert [later - earlier for earlier, later in pairwise(times[20:])] == pytest.approx([0.1] * 19)


@given(st.lists(st.none() | st.floats(-1e6, 1e6), min_size=2, max_size=60))
def test_whatever_a_camera_says_media_time_rises(said: list[float | None]) -> None:
    """And never faster than the camera's own clock allows."""
    time = StreamTime(FakeClock(mono_s=500.0), frame_s=0.1)
    times = [media(time, raw) for raw in said]
    assert all(0 < later - earlier <= 10.0 for earlier, later in pairwise(times))


def shown(time: StreamTime, raw_s: float | None, arrived_raw_s: float) -> float:
    return time.shown(raw_s, time.now(media(time, arrived_raw_s))).media_s


def test_pictures_have_their_own_times(time: StreamTime) -> None:
    assert [shown(time, raw + 0.2, raw) for raw in (0.0, 0.1, 0.2)] == pytest.approx([500.2, 500.3, 500.4])
    assert time.shown_s == pytest.approx(500.4)


def test_pictures_without_times_follow_their_packets(time: StreamTime) -> None:
    assert [shown(time, None, raw) for raw in (0.0, 0.1, 0.5)] == pytest.approx([500.0, 500.1, 500.5])
    arrived = time.now(500.5)
    assert [time.shown(None, arrived).media_s for _ in range(2)] == pytest.approx([500.6, 500.7])


def test_a_picture_from_before_a_jump_is_not_shown_in_another_age(time: StreamTime) -> None:
    times = [shown(time, 5000.1, 5000.0), shown(time, 5000.2, 3.0), shown(time, 3.1, 3.1), shown(time, 3.2, 3.2)]
    assert all(later > earlier for earlier, later in pairwise(times))
    assert times[-1] - times[0] < 1.0


def test_a_delay_moves_everything_that_follows(time: StreamTime) -> None:
    media(time, 0.0)
    time.delay(3.0)
    assert media(time, 0.1) == pytest.approx(503.1)


def test_the_wall_is_the_monotonic_clock_plus_an_offset_taken_once() -> None:
    clock = FakeClock(mono_s=500.0)
    time = StreamTime(clock, 0.1)
    clock.advance(2.0)
    clock._wall_s += 3600.0  # somebody sets the clock
    assert time.now(1.5).wall_s == pytest.approx(NOON_S + 2.0)
    assert time.now(1.5).media_s == 1.5
