"""A stream's three clocks: its own timestamps made continuous, the monotonic clock at arrival, and the wall."""

from typing import Final

from vigint_core.domain.frame import Moment
from vigint_core.ports import Clock

_MOST_AHEAD_S: Final = 10.0
_MOST_BACK_S: Final = 1.0
"""A longer step between two packets is a camera's clock being set, not a pause and not pictures out of order."""
_MOST_HELD: Final = 16
"""Packets in a row whose timestamps do not rise: codecs reorder no more pictures than that."""
_LEAST_STEP_S: Final = 0.001
_MOST_REORDERED_S: Final = 2.0
"""A picture leaves the decoder this close to its own packet; a timestamp further away belongs to another clock."""


class StreamTime:
    """Maps the timestamps of one opened stream to moments.

    Media time starts at the monotonic time of the first packet, so it goes on rising over reconnects too. It rises with
    every packet: where timestamps repeat or go back a little it waits for them, and where they jump (a camera that
    sets or restarts its clock, or stands still) it goes on a frame after the last one.
    """

    def __init__(self, clock: Clock, frame_s: float) -> None:
        """``frame_s``: seconds a frame lasts where the stream does not say."""
        self._clock = clock
        self._frame_s = frame_s
        self._wall_offset_s = clock.wall() - clock.monotonic()
        self._offset_s = 0.0
        self._last_raw_s: float | None = None
        self._is_anchored = False
        self._held = 0
        self._shown_s = 0.0

    @property
    def shown_s(self) -> float:
        """Media time of the last picture."""
        return self._shown_s

    def restart(self) -> None:
        """The timestamps that follow begin anew, wherever they do: a file's loop."""
        self._is_anchored = False

    def arrival(self, raw_s: float | None) -> float:
        """Take a packet's decoding timestamp into account, once a packet, in order; returns it, made up where it lacks.

        All timestamps here are seconds of the stream's own clock, unless they are called media time.
        """
        if self._last_raw_s is None:
            self._is_anchored = raw_s is not None
            self._last_raw_s = raw_s or 0.0
            self._offset_s = self._clock.monotonic() - self._last_raw_s
        elif raw_s is None:
            self._last_raw_s += self._frame_s
        elif self._jumps(raw_s, self._last_raw_s):
            self._offset_s += self._last_raw_s + self._frame_s - raw_s
            self._last_raw_s, self._is_anchored = raw_s, True
        else:
            self._last_raw_s = max(raw_s, self._last_raw_s + _LEAST_STEP_S)
        return self._last_raw_s

    def _jumps(self, raw_s: float, last_s: float) -> bool:
        """Whether a timestamp has nothing to do with the one before."""
        self._held = self._held + 1 if raw_s <= last_s else 0
        near = last_s - _MOST_BACK_S <= raw_s < last_s + _MOST_AHEAD_S
        return not (self._is_anchored and near and self._held <= _MOST_HELD)

    def media_s(self, raw_s: float) -> float:
        """Continuous media time of a timestamp near the packet that arrived last."""
        return raw_s + self._offset_s

    def shown(self, raw_s: float | None, arrived: Moment) -> Moment:
        """The moment of a picture that the packet of ``arrived`` completed: always later than the one before.

        ``raw_s``: its presentation timestamp; without one it follows the picture before (raw files have none).
        """
        media_s = arrived.media_s if raw_s is None else self.media_s(raw_s)
        if abs(media_s - arrived.media_s) > _MOST_REORDERED_S:
            media_s = arrived.media_s
        step_s = self._frame_s if raw_s is None else _LEAST_STEP_S
        self._shown_s = media_s if media_s > self._shown_s else self._shown_s + step_s
        return Moment(arrived.mono_s, arrived.wall_s, self._shown_s)

    def delay(self, seconds: float) -> None:
        """Everything from here on is ``seconds`` later: the player fell behind and does not race to catch up."""
        self._offset_s += seconds

    def now(self, media_s: float) -> Moment:
        """The moment of a picture with this media time that arrives now."""
        mono_s = self._clock.monotonic()
        return Moment(mono_s, mono_s + self._wall_offset_s, media_s)
