"""The mailbox of a tile: one stream shows until the wanted one brings its first frame, and time only goes on."""

from hypothesis import given
from hypothesis import strategies as st

from vigint_core.domain.frame import Frame, Moment
from vigint_core.domain.ids import CameraId
from vigint_core.policy.streams import Stream
from vigint_desktop.capture.tile_mailbox import TileMailbox

MAIN, SUB = Stream.MAIN, Stream.SUB


def show(mailbox: TileMailbox, stream: Stream, at_s: float) -> bool:
    at = Moment(at_s, at_s, at_s)
    return mailbox.show(stream, at, lambda number: Frame(CameraId("door"), number, at, 2, 2, 8, memoryview(bytes(16))))


def test_frames_are_numbered_and_the_newest_is_taken() -> None:
    mailbox = TileMailbox()
    assert show(mailbox, MAIN, 1.0)
    assert show(mailbox, MAIN, 1.1)
    frame = mailbox.take()
    assert frame
    assert (frame.number, frame.at.mono_s) == (2, 1.1)
    assert mailbox.superseded == 1


def test_the_stream_that_shows_goes_on_until_the_wanted_one_comes() -> None:
    mailbox = TileMailbox()
    assert show(mailbox, SUB, 1.0)
    mailbox.want(MAIN)
    assert show(mailbox, SUB, 1.1)
    assert show(mailbox, MAIN, 1.2)
    assert mailbox.showing is MAIN
    assert not show(mailbox, SUB, 1.3)
    assert not mailbox.awaits(SUB)
    frame = mailbox.take()
    assert frame
    assert frame.number == 3


def test_a_frame_that_is_older_than_the_one_shown_is_not() -> None:
    mailbox = TileMailbox()
    show(mailbox, SUB, 2.0)
    mailbox.want(MAIN)
    assert not show(mailbox, MAIN, 1.9)
    assert show(mailbox, SUB, 2.1)


def test_a_tile_that_comes_back_shows_what_comes_first() -> None:
    mailbox = TileMailbox()
    show(mailbox, MAIN, 1.0)
    mailbox.clear()
    assert show(mailbox, SUB, 1.1)
    assert show(mailbox, MAIN, 1.2), "still the wanted one"


@given(st.lists(st.tuples(st.sampled_from(["show", "want", "clear"]), st.sampled_from([MAIN, SUB]), st.floats(0, 9))))
def test_whatever_streams_do_numbers_and_times_only_rise(steps: list[tuple[str, Stream, float]]) -> None:
    mailbox, frames = TileMailbox(), []
    for what, stream, at_s in steps:
        if what == "want":
            mailbox.want(stream)
        elif what == "clear":
            mailbox.clear()
        elif show(mailbox, stream, at_s) and (frame := mailbox.take()):
            frames.append(frame)
    assert [frame.number for frame in frames] == list(range(1, len(frames) + 1))
    times = [frame.at.mono_s for frame in frames]
    assert times == sorted(times)
