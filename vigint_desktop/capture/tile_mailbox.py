"""The mailbox of a camera's tile, filled by one of its streams at a time."""

from collections.abc import Callable

from vigint_core.domain.frame import Frame, Moment
from vigint_core.policy.streams import Stream
from vigint_desktop.capture.mailbox import Mailbox


class TileMailbox(Mailbox[Frame]):
    """Takes frames of the stream that shows now, until the wanted one brings its first: no gap, and never back in time.

    Thread-safe.
    """

    def __init__(self) -> None:
        super().__init__()
        self._wanted = Stream.MAIN
        self._showing: Stream | None = None
        self._number = 0
        self._last_mono_s = float("-inf")

    @property
    def showing(self) -> Stream | None:
        """Whose frames it takes; None before the first."""
        return self._showing

    def want(self, stream: Stream) -> None:
        """Show this stream, from its first frame on."""
        self._wanted = stream

    def clear(self) -> None:
        """Nobody looks: whichever stream comes first shows next, until the wanted one does."""
        self._showing = None

    def awaits(self, stream: Stream) -> bool:
        """Whether a frame of this stream would be taken now."""
        return stream is self._wanted or self._showing in {None, stream}

    def show(self, stream: Stream, at: Moment, make: Callable[[int], Frame]) -> bool:
        """Leave the frame that ``make`` makes under its number; False when another stream shows, or a later frame."""
        with self._lock:
            if not self.awaits(stream) or at.mono_s < self._last_mono_s:
                return False
            self._showing, self._last_mono_s = stream, at.mono_s
            self._number += 1
            self._put(make(self._number))
            return True
