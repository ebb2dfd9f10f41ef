"""Shows the clips of an incident, or a recording: a thread decodes, the window takes the newest frame from a slot."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import av
from av import VideoFrame

from vigint_core.clock import SystemClock
from vigint_core.domain.frame import Frame, Moment
from vigint_core.domain.ids import CameraId
from vigint_core.ports import Clock
from vigint_core.texts import Language, sentence
from vigint_desktop.capture.clip_sequence import ClipSequence, ClipUnreadableError, Reel
from vigint_desktop.capture.mailbox import Mailbox
from vigint_desktop.capture.reduction import Reducer, Size

_CLIP: Final = CameraId("clip")
_END_WAIT_S: Final = 2.0
"""How long ``stop`` waits for the thread; it only ever decodes a few frames between two looks at what is wished."""


@dataclass(slots=True)
class _Wishes:
    """What the window asked for; ``seek_s`` is taken by the thread once."""

    paused: bool = False
    seek_s: float | None = 0.0
    size: Size = field(default_factory=lambda: Size(640, 360))
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class _Shown:
    """A frame on its way to the window, and where in the film it stands."""

    position_s: float
    frame: Frame


class ClipPlayback:
    """``Playback`` of the window. Plays from the moment it is made, until it is stopped. Thread-safe."""

    def __init__(
        self,
        reels: Sequence[Reel],
        language: Language = "en",
        clock: Clock | None = None,
        at_wall_s: float | None = None,
    ) -> None:
        """``reels``: at least one, shown one after the other. ``language``: of ``failure``.

        ``at_wall_s``: the Unix time to begin with, for reels that know theirs; then frames tell when they were taken.
        """
        self._reels = tuple(reels)
        self._at_wall_s = at_wall_s
        self._language = language
        self._clock = clock or SystemClock()
        self._reducer = Reducer()
        self._mailbox: Mailbox[_Shown] = Mailbox()
        self._wishes = _Wishes()
        self._wished = threading.Condition()
        self._duration_s = 0.0
        self._position_s = 0.0
        self._failure = ""
        self._number = 0
        self._at_end = False
        self._last: tuple[float, VideoFrame] | None = None
        self._last_size: Size | None = None
        self._wall_of: Callable[[float], float] | None = None
        self._thread = threading.Thread(target=self._run, name="playback", daemon=True)
        self._thread.start()

    @property
    def duration_s(self) -> float:
        """Length in seconds; 0 until it is known."""
        return self._duration_s

    @property
    def position_s(self) -> float:
        """Seconds from the start to the frame taken last."""
        return self._position_s

    @property
    def failure(self) -> str:
        """Why it can't be shown, in the user's words, or ""."""
        return self._failure

    def take(self) -> Frame | None:
        """The newest frame not taken yet."""
        shown = self._mailbox.take()
        if shown is None:
            return None
        self._position_s = shown.position_s
        return shown.frame

    def show_at(self, width: int, height: int) -> None:
        """Size in device pixels at which frames are wanted."""
        with self._wished:
            if width > 0 and height > 0:
                self._wishes.size = Size(width, height)
                self._wished.notify_all()

    def set_paused(self, paused: bool) -> None:
        """Pause or go on; at the end, going on starts over."""
        with self._wished:
            self._wishes.paused = paused
            if not paused and self._at_end:
                self._wishes.seek_s = 0.0
            self._wished.notify_all()

    def seek(self, position_s: float) -> None:
        """Jump."""
        with self._wished:
            self._wishes.seek_s = max(0.0, position_s)
            self._wished.notify_all()

    def stop(self) -> None:
        """End it and free the worker."""
        with self._wished:
            self._wishes.stopped = True
            self._wished.notify_all()
        self._thread.join(_END_WAIT_S)

    def _run(self) -> None:
        try:
            sequence = ClipSequence(self._reels)
            self._duration_s = sequence.length_s
            self._wind_to_start(sequence)
            while (from_s := self._next_start()) is not None:
                self._play(sequence, from_s)
        except ClipUnreadableError as error:
            self._failure = sentence(self._language, error.reason)
        except av.FFmpegError:
            self._failure = sentence(self._language, "playback.unreadable")

    def _wind_to_start(self, sequence: ClipSequence) -> None:
        """Begin where it was asked for, unless somebody has jumped meanwhile."""
        if self._at_wall_s is None:
            return
        with self._wished:
            self._wall_of = sequence.wall_s
            self._wishes.seek_s = self._wishes.seek_s or sequence.position_s(self._at_wall_s)

    def _next_start(self) -> float | None:
        """Wait until something is to be played; where from, or None when it is over."""
        with self._wished:
            while self._wishes.seek_s is None and not self._wishes.stopped:
                self._refresh()
                self._wished.wait()
            from_s, self._wishes.seek_s, self._at_end = self._wishes.seek_s, None, False
            return None if self._wishes.stopped else from_s

    def _play(self, sequence: ClipSequence, from_s: float) -> None:
        """Show frames at their times from a position on, until the end, a jump or the stop."""
        shift_s: float | None = None
        for position_s, picture in sequence.frames(from_s):
            if shift_s is None:  # the first one is shown at once, paused or not
                shift_s = self._clock.monotonic() - position_s
            elif (paused_s := self._wait_until(shift_s + position_s)) is None:
                return
            else:
                shift_s += paused_s
            with self._wished:
                self._show(position_s, picture)
        with self._wished:
            self._at_end = self._wishes.seek_s is None

    def _wait_until(self, due_s: float) -> float | None:
        """Wait for a monotonic time, longer by every pause; how long that was, or None for a jump or the stop."""
        paused_s = 0.0
        with self._wished:
            while not self._wishes.stopped and self._wishes.seek_s is None:
                self._refresh()
                now_s = self._clock.monotonic()
                if self._wishes.paused:
                    self._wished.wait()
                    paused_s += self._clock.monotonic() - now_s
                elif now_s >= due_s + paused_s:
                    return paused_s
                else:
                    self._wished.wait(due_s + paused_s - now_s)
        return None

    def _refresh(self) -> None:
        """Make the last frame again where the window now wants another size."""
        if self._last and self._last_size != self._wishes.size:
            self._show(*self._last)

    def _show(self, position_s: float, picture: VideoFrame) -> None:
        self._last, self._last_size = (position_s, picture), self._wishes.size
        tile = self._reducer.tile(picture, self._last_size)
        self._number += 1
        wall_s = self._wall_of(position_s) if self._wall_of else self._clock.wall()
        at = Moment(self._clock.monotonic(), wall_s, position_s)
        frame = Frame(_CLIP, self._number, at, tile.size.width, tile.size.height, tile.stride, tile.pixels)
        self._mailbox.put(_Shown(position_s, frame))
