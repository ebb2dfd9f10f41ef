"""When a camera was looked at: told as spans that grow."""

from collections.abc import Callable
from typing import Final

from vigint_core.domain.frame import Moment
from vigint_core.domain.ids import CameraId
from vigint_core.domain.window import Span
from vigint_desktop.pipeline.messages import Looked

_TELL_EVERY_S: Final = 5.0
"""A killed run leaves at most so much out of the books."""
_REACH_S: Final = 3.0
"""A look stands for the time since the one before it, up to the silence after which the gate knows nothing any more."""
_FIRST_REACH_S: Final = 1.0
"""The first look of a stream comes a moment after the stream was opened."""


class LookLog:
    """Looks of one camera. Used by one thread at a time."""

    def __init__(self, camera_id: CameraId, tell: Callable[[Looked], None]) -> None:
        self._camera_id = camera_id
        self._tell = tell
        self._since_s = self._told_s = 0.0
        self._last: Moment | None = None

    def looked(self, at: Moment) -> None:
        """A look was taken."""
        if self._last is not None and not 0 <= at.mono_s - self._last.mono_s <= _REACH_S:
            self.ended()
        if self._last is None:
            self._since_s = self._told_s = at.wall_s - _FIRST_REACH_S
        self._last = at
        if at.wall_s - self._told_s >= _TELL_EVERY_S:
            self._write(at.wall_s)

    def ended(self) -> None:
        """No further look belongs to this span."""
        last, self._last = self._last, None
        if last is not None:
            self._write(last.wall_s)

    def _write(self, end_s: float) -> None:
        self._tell(Looked(self._camera_id, Span(self._since_s, end_s), self._told_s))
        self._told_s = end_s
