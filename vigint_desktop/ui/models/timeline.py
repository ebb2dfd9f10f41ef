"""What the timeline knows: the last day of every camera, in bounded memory."""

from collections.abc import Iterable, Sequence
from typing import Final

from PySide6.QtCore import QObject, Signal

from vigint_core.domain.camera import Camera
from vigint_core.domain.ids import CameraId, IncidentId, WindowId
from vigint_core.domain.incident import Incident
from vigint_core.domain.status import Activity, WindowRecord, WindowResult
from vigint_core.domain.window import Span
from vigint_desktop.ui.rows.timeline import LaneData, Run, coalesce, joined

HISTORY_S: Final = 24 * 3600.0
_SETTLED_AFTER_S: Final = 900.0  # older windows are folded into runs: nothing changes them any more
_MOST_LOOSE: Final = 2000  # windows of a camera that are kept one by one; beyond, the oldest are folded
_MOST_SPANS: Final = 5000  # spans of activity and runs kept of a camera; beyond, the oldest are forgotten


class CameraHistory:
    """The last day of one camera."""

    def __init__(self) -> None:
        self._loose: dict[WindowId, WindowRecord] = {}
        self._settled: tuple[Run, ...] = ()
        self._activity: dict[float, Span] = {}
        self._incidents: dict[IncidentId, Incident] = {}
        self._lane: LaneData | None = None

    def add_windows(self, records: Iterable[WindowRecord]) -> None:
        """Take windows in; a repeat of an id replaces it."""
        self._loose.update((record.id, record) for record in records)
        self._lane = None

    def add_activity(self, activity: Activity) -> None:
        """An open span grows under its start."""
        self._activity[activity.span.start_s] = activity.span
        self._lane = None

    def add_incident(self, incident: Incident) -> None:
        """A new incident, or one that changed."""
        self._incidents[incident.id] = incident
        self._lane = None

    def lane(self, camera: Camera) -> LaneData:
        """Everything of this camera, sorted by start; made anew only after something changed."""
        if self._lane is None or self._lane.name != camera.name:
            activity = [self._activity[start] for start in sorted(self._activity)]
            runs = joined((*self._settled, *coalesce(self._loose.values())))
            incidents = sorted(self._incidents.values(), key=lambda i: i.act_s)
            self._lane = LaneData(camera.id, camera.name, activity, runs, incidents)
        return self._lane

    def prune(self, now_s: float) -> None:
        """Fold what is settled, forget what is older than a day."""
        self._fold(now_s)
        oldest_s = now_s - HISTORY_S
        self._settled = tuple(run for run in self._settled if run.span.end_s >= oldest_s)[-_MOST_SPANS:]
        kept = [start for start in sorted(self._activity) if self._activity[start].end_s >= oldest_s][-_MOST_SPANS:]
        self._activity = {start: self._activity[start] for start in kept}
        self._incidents = {known: i for known, i in self._incidents.items() if i.span.end_s >= oldest_s}
        self._lane = None

    def _fold(self, now_s: float) -> None:
        by_age = sorted(self._loose.values(), key=lambda record: record.span.end_s)
        excess = max(0, len(by_age) - _MOST_LOOSE)
        folded = [
            record
            for place, record in enumerate(by_age)
            if place < excess
            or (record.span.end_s < now_s - _SETTLED_AFTER_S and record.result is not WindowResult.WAITING)
        ]
        if folded:
            self._settled = joined((*self._settled, *coalesce(folded)))
            for record in folded:
                del self._loose[record.id]


class TimelineModel(QObject):
    """Histories of all cameras on the wall.

    Signals:
        changed: something is to be painted anew.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cameras: list[Camera] = []
        self._histories: dict[CameraId, CameraHistory] = {}

    def set_cameras(self, cameras: Sequence[Camera]) -> None:
        """Another set of cameras; what is known of those that stay is kept."""
        self._cameras = list(cameras)
        self._histories = {camera.id: self._histories.get(camera.id, CameraHistory()) for camera in cameras}
        self.changed.emit()

    @property
    def count(self) -> int:
        """How many lanes there are."""
        return len(self._cameras)

    def load(
        self, windows: Iterable[WindowRecord], activities: Iterable[Activity], incidents: Iterable[Incident]
    ) -> None:
        """Take in what the books hold, at once."""
        by_camera: dict[CameraId, list[WindowRecord]] = {}
        for record in windows:
            by_camera.setdefault(record.camera_id, []).append(record)
        for camera_id, records in by_camera.items():
            if camera_id in self._histories:
                self._histories[camera_id].add_windows(records)
        for activity in activities:
            self._add_activity(activity)
        for incident in incidents:
            self._add_incident(incident)
        self.changed.emit()

    def add_window(self, record: WindowRecord) -> None:
        """A window was recorded."""
        history = self._histories.get(record.camera_id)
        if history is not None:
            history.add_windows((record,))
            self.changed.emit()

    def add_activity(self, activity: Activity) -> None:
        """A gate opened, stayed open or closed."""
        self._add_activity(activity)
        self.changed.emit()

    def add_incident(self, incident: Incident) -> None:
        """An incident is new or changed."""
        self._add_incident(incident)
        self.changed.emit()

    def lanes(self) -> tuple[LaneData, ...]:
        """One lane a camera, in the wall's order."""
        return tuple(self._histories[camera.id].lane(camera) for camera in self._cameras)

    def prune(self, now_s: float) -> None:
        """Keep memory bounded; called now and then."""
        for history in self._histories.values():
            history.prune(now_s)

    def _add_activity(self, activity: Activity) -> None:
        if activity.camera_id in self._histories:
            self._histories[activity.camera_id].add_activity(activity)

    def _add_incident(self, incident: Incident) -> None:
        if incident.camera_id in self._histories:
            self._histories[incident.camera_id].add_incident(incident)
