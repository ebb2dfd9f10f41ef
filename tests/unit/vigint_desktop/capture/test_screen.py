"""The screen: one stream shows until the wanted one brings its first frame, and time only goes on."""

from hypothesis import given
from hypothesis import strategies as st

from vigint_core.domain.frame import Frame, Moment
from vigint_core.domain.ids import CameraId
from vigint_core.policy.streams import Stream
from vigint_desktop.capture.screen import Screen

MAIN, SUB = Stream.MAIN, Stream.SUB


def show(screen: Screen, stream: Stream, at_s: float) -> bool:
    at = Moment(at_s, at_s, at_s)
    return screen.show(stream, at, lambda number: Frame(CameraId("door"), number, at, 2, 2, 8, memoryview(bytes(16))))


def test_frames_are_numbered_and_the_newest_is_taken() -> None:
    screen = Screen()
    assert show(screen, MAIN, 1.0)
    assert show(screen, MAIN, 1.1)
    frame = screen.take()
    assert frame
    assert (frame.number, frame.at.mono_s) == (2, 1.1)
    assert screen.superseded == 1


def test_the_stream_that_shows_goes_on_until_the_wanted_one_comes() -> None:
    screen = Screen()
    assert show(screen, SUB, 1.0)
    screen.want(MAIN)
    assert show(screen, SUB, 1.1)
    assert show(screen, MAIN, 1.2)
    assert screen.showing is MAIN
    assert not show(screen, SUB, 1.3)
    assert not screen.awaits(SUB)
    frame = screen.take()
    assert frame
    assert frame.number == 3


def test_a_frame_that_is_older_than_the_one_shown_is_not() -> None:
    screen = Screen()
    show(screen, SUB, 2.0)
    screen.want(MAIN)
    assert not show(screen, MAIN, 1.9)
    assert show(screen, SUB, 2.1)


def test_a_tile_that_comes_back_shows_what_comes_first() -> None:
    screen = Screen()
    show(screen, MAIN, 1.0)
    screen.clear()
    assert show(screen, SUB, 1.1)
    assert show(screen, MAIN, 1.2), "still the wanted one"


@given(st.lists(st.tuples(st.sampled_from(["show", "want", "clear"]), st.sampled_from([MAIN, SUB]), st.floats(0, 9))))
def test_whatever_streams_do_numbers_and_times_only_rise(steps: list[tuple[str, Stream, float]]) -> None:
    screen, frames = Screen(), []
    for what, stream, at_s in steps:
        if what == "want":
            screen.want(stream)
        elif what == "clear":
            screen.clear()
        elif show(screen, stream, at_s) and (frame := screen.take()):
            frames.append(frame)
    assert [frame.number for frame in frames] == list(range(1, len(frames) + 1))
    times = [frame.at.mono_s for frame in frames]
    assert times == sorted(times)
