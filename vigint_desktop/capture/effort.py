"""What a camera's decoder left out because the machine could not keep up: counted, and told."""

from typing import Final

from vigint_core.domain.ids import CameraId
from vigint_core.domain.status import CameraEffort
from vigint_core.domain.window import Span
from vigint_core.ports import EventSink
from vigint_desktop.capture.channels import CaptureCounters
from vigint_desktop.capture.source import Arrival

_LEAST_GAP_S: Final = 0.4
"""Two looks of the gate: a shorter gap between two pictures takes nothing from it."""
_TELL_EVERY: Final = 1.0
"""Seconds more that were not seen, and it is told again."""


class Unseen:
    """Finds the seconds of one stream that nothing could look at. Used by one thread."""

    def __init__(self) -> None:
        self._last_s: float | None = None
        self._passed_over = False

    def after(self, arrival: Arrival, *, watched: bool) -> Span | None:
        """The span (monotonic) that ends with this arrival and was passed over, or None."""
        if not watched:
            self._last_s, self._passed_over = None, False
            return None
        self._passed_over |= arrival.effort.passing_over
        if not arrival.frames:
            return None
        span = self.ended(arrival.frames[0].at.mono_s)
        self._last_s = arrival.frames[-1].at.mono_s
        return span

    def ended(self, at_mono_s: float) -> Span | None:
        """The same where no frame comes any more."""
        last_s, passed_over = self._last_s, self._passed_over
        self._last_s, self._passed_over = None, False
        if not passed_over or last_s is None or at_mono_s - last_s < _LEAST_GAP_S:
            return None
        return Span(last_s, at_mono_s)


class EffortTeller:
    """Tells of one camera when it begins or ends to save, and every second more that was not seen."""

    def __init__(self, camera_id: CameraId, sink: EventSink) -> None:
        self._told = CameraEffort(camera_id, saving=False, unseen_s=0.0)
        self._sink = sink

    def check(self, *streams: CaptureCounters) -> None:
        """Look at the counters of the camera's streams; to be called a few times a second."""
        saving = any(counters.saving for counters in streams)
        unseen_s = sum(counters.unseen_s for counters in streams)
        if saving == self._told.saving and unseen_s < self._told.unseen_s + _TELL_EVERY:
            return
        self._told = CameraEffort(self._told.camera_id, saving, unseen_s)
        self._sink.publish(self._told)
