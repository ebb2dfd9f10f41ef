"""Brings what the books hold into the models: the latest at once, the day before bit by bit."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import chain
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from vigint_core.domain.ids import CameraId
from vigint_core.domain.incident import Incident
from vigint_core.domain.window import Span
from vigint_core.ports import Clock
from vigint_desktop.ui.controls import Controls
from vigint_desktop.ui.models.camera_history import Known
from vigint_desktop.ui.models.incidents import MOST, IncidentModel
from vigint_desktop.ui.models.stills import Stills
from vigint_desktop.ui.models.timeline import HISTORY_S, TimelineModel

AT_ONCE_S: Final = 1800.0  # what is on the screen first
_AHEAD_S: Final = 3600.0  # the clock may have been set back since
_SLICE_S: Final = 600.0  # of 10,000 incidents a day, 70 in a slice: some 3 ms to read
_FIRST_MS: Final = 1500  # the first pictures of the cameras come before
_PAUSE_MS: Final = 30  # between slices: pictures come first


def known_of(controls: Controls, span: Span) -> list[Known]:
    """Everything the books hold of a stretch of time."""
    return list(
        chain(
            controls.windows(span),
            controls.activities(span),
            controls.incidents_in(span),
            controls.health(span),
            controls.snapshots(span),
        )
    )


class Past(QObject):
    """Reads slice after slice backwards, then hands each camera its own, so that no step is felt.

    Signals:
        finished: the whole day is on the timeline.
    """

    finished = Signal()

    def __init__(
        self, controls: Controls, timeline: TimelineModel, incidents: IncidentModel, clock: Clock, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._controls = controls
        self._timeline = timeline
        self._incidents = incidents
        self._stills = Stills(controls, incidents, self)
        self._clock = clock
        self._read: dict[CameraId, list[Known]] = defaultdict(list)
        self._span = Span(0.0, 0.0)  # of what is still to be read
        self._uncounted: list[CameraId] = []  # cameras whose coverage is still to be read
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._step)

    def start(self) -> None:
        """Bring the list and the last half hour at once, stills and the rest of the day bit by bit."""
        latest = self._controls.incidents(MOST)
        self._read_reviews(latest)
        self._incidents.set_incidents(latest)
        self._stills.read(incident.id for incident in latest)
        now_s = self._clock.wall()
        half_hour = known_of(self._controls, Span(now_s - AT_ONCE_S, now_s + _AHEAD_S))
        self._read_reviews(half_hour)
        self._timeline.load(half_hour)
        self._span = Span(now_s - HISTORY_S, now_s - AT_ONCE_S)
        self._uncounted = [camera.id for camera in reversed(self._controls.cameras())]
        self._timer.start(_FIRST_MS)

    def stop(self) -> None:
        """Read no more: the window closes."""
        self._timer.stop()
        self._stills.stop()

    def _step(self) -> None:
        self._timer.setInterval(_PAUSE_MS)
        if self._uncounted:
            now_s, camera_id = self._clock.wall(), self._uncounted.pop()
            day = Span(now_s - HISTORY_S, now_s + _AHEAD_S)
            self._timeline.load_coverage(camera_id, self._controls.coverage(camera_id, day))
        elif self._span.length_s > 0:
            self._read_slice()
        elif self._read:
            of_camera, known = self._read.popitem()
            self._timeline.load_camera(of_camera, known, self._clock.wall())
        else:
            self._timer.stop()
            self.finished.emit()

    def _read_slice(self) -> None:
        """The slice before the last one; books that refuse it cost this slice alone, and are told once."""
        start_s, end_s = max(self._span.start_s, self._span.end_s - _SLICE_S), self._span.end_s
        self._span = Span(self._span.start_s, start_s)
        known = known_of(self._controls, Span(start_s, end_s))
        self._read_reviews(known)
        for item in known:
            self._read[item.camera_id].append(item)

    def _read_reviews(self, known: Sequence[Known]) -> None:
        """What people say of incidents among these, where it was not read yet."""
        reviews = self._incidents.reviews
        unread = [item.id for item in known if isinstance(item, Incident) and item.id not in reviews.told]
        if unread:
            reviews.load(self._controls.reviews(unread))
