"""A stream's three clocks: its own timestamps made continuous, the monotonic clock at arrival, and the wall."""

from typing import Final

from vigint_core.domain.frame import Moment
from vigint_core.ports import Clock

_MOST_JUMP_S: Final = 10.0
"""A longer step between two packets is a camera's clock being set, not a pause."""


class StreamTime:
    """Maps the timestamps of one opened stream to moments.

    Media time starts at the monotonic time of the first packet, so it goes on rising over reconnects too. A timestamp
    that goes back (a file's loop, a camera that restarts its clock) or jumps ahead goes on where the last one ended.
    """

    def __init__(self, clock: Clock, frame_s: float) -> None:
        """``frame_s``: seconds a frame lasts where the stream does not say."""
        self._clock = clock
        self._frame_s = frame_s
        self._wall_offset_s = clock.wall() - clock.monotonic()
        self._offset_s = 0.0
        self._last_raw_s: float | None = None

    def arrival(self, raw_s: float | None) -> float:
        """Take a packet's decoding timestamp into account, once a packet, in order; returns it, made up where it lacks.

        All timestamps here are seconds of the stream's own clock, unless they are called media time.
        """
        if self._last_raw_s is None:
            raw_s = 0.0 if raw_s is None else raw_s
            self._offset_s = self._clock.monotonic() - raw_s
        elif raw_s is None:
            raw_s = self._last_raw_s + self._frame_s
        elif not self._last_raw_s < raw_s < self._last_raw_s + _MOST_JUMP_S:
            self._offset_s += self._last_raw_s + self._frame_s - raw_s
        self._last_raw_s = raw_s
        return raw_s

    def media_s(self, raw_s: float) -> float:
        """Continuous media time of a timestamp near the packet that arrived last."""
        return raw_s + self._offset_s

    def delay(self, seconds: float) -> None:
        """Everything from here on is ``seconds`` later: the player fell behind and does not race to catch up."""
        self._offset_s += seconds

    def now(self, media_s: float) -> Moment:
        """The moment of a picture with this media time that arrives now."""
        mono_s = self._clock.monotonic()
        return Moment(mono_s, mono_s + self._wall_offset_s, media_s)
