"""Seconds of a camera at which nothing looked, as the machine could not keep up: into the books as not looked at."""

from collections.abc import Callable
from typing import Final

from vigint_core.domain.camera import Camera
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import new_window_id
from vigint_core.domain.verdict import Judgement, NotAnalysed
from vigint_core.domain.window import Span
from vigint_desktop.pipeline.messages import Judged, WindowRef

_MOST_APART_S: Final = 5.0
"""Spans nearer to each other become one entry: what was seen between them was too little to be called looked at."""
_LONGEST_S: Final = 30.0
"""No entry is longer, so a camera that is left out all day costs the books two entries a minute, and not 60."""


class UnseenLog:
    """Writes spans of one camera as windows that were not analysed. Used by one thread at a time."""

    def __init__(self, camera: Camera, tell: Callable[[Judged], None]) -> None:
        self._camera = camera
        self._tell = tell
        self._open: Span | None = None

    def describe(self, camera: Camera) -> None:
        """Another name of the camera; callable from any thread."""
        self._camera = camera

    def add(self, span: Span, to_wall_s: float) -> None:
        """Nothing looked over this span of monotonic time, which begins no earlier than the one before has ended."""
        before = self._open
        if before is not None and span.start_s - before.end_s <= _MOST_APART_S:
            joined = Span(before.start_s, span.end_s)
            if joined.length_s <= _LONGEST_S:
                self._open = joined
                return
        self.write(to_wall_s)
        self._open = span

    def looked(self, at_mono_s: float, to_wall_s: float) -> None:
        """Somebody looked: an entry that ended long enough ago is written."""
        if self._open is not None and at_mono_s - self._open.end_s > _MOST_APART_S:
            self.write(to_wall_s)

    def write(self, to_wall_s: float) -> None:
        """Write what is still open."""
        span, self._open = self._open, None
        if span is None:
            return
        wall = Span(span.start_s + to_wall_s, span.end_s + to_wall_s)
        window = WindowRef(new_window_id(), self._camera.id, self._camera.name, wall, span)
        unjudged = NotAnalysed(Code.PIPELINE_SAVING)
        self._tell(Judged(window, Judgement(window.id, unjudged, None, wall.start_s, wall.start_s)))
