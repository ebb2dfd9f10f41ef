"""What the timeline knows: the last day of every camera, in bounded memory."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from PySide6.QtCore import QObject, Signal

from vigint_core.domain.camera import Camera
from vigint_core.domain.coverage import CoverageCounted, CoverRun
from vigint_core.domain.ids import CameraId, IncidentId
from vigint_core.domain.incident import Incident
from vigint_core.domain.status import Activity, CameraHealth, ReviewTold, Snapshot, WindowRecord
from vigint_desktop.ui.models.camera_history import CameraHistory, Known
from vigint_desktop.ui.rows.timeline import LaneData

HISTORY_S: Final = 24 * 3600.0


class TimelineModel(QObject):
    """Histories of all cameras on the wall.

    Signals:
        changed: everything is to be painted anew.
        lane_changed: carries the id of a camera of which something is to be painted anew.
        coverage_changed: carries the id of a camera of which seconds were counted.
    """

    changed = Signal()
    lane_changed = Signal(str)
    coverage_changed = Signal(str)

    def __init__(self, parent: QObject | None = None, reviews: Mapping[IncidentId, ReviewTold] | None = None) -> None:
        """``reviews``: what people say of incidents, as it is at any time; None for nothing."""
        super().__init__(parent)
        self._reviews = reviews if reviews is not None else {}
        self._cameras: list[Camera] = []
        self._histories: dict[CameraId, CameraHistory] = {}
        self._pruned = 0

    def set_cameras(self, cameras: Sequence[Camera]) -> None:
        """Another set of cameras; what is known of those that stay is kept."""
        self._cameras = list(cameras)
        known = self._histories
        self._histories = {one.id: known.get(one.id) or CameraHistory(self._reviews) for one in cameras}
        self.changed.emit()

    @property
    def count(self) -> int:
        """How many lanes there are."""
        return len(self._cameras)

    def load(self, known: Iterable[Known]) -> None:
        """Take in what the books hold, at once."""
        for item in known:
            self._take(item)
        self.changed.emit()

    def load_camera(self, camera_id: CameraId, known: Iterable[Known], now_s: float) -> None:
        """The same for the older history of one camera, which is settled at once."""
        history = self._histories.get(camera_id)
        if history is not None:
            history.add_past(known)
            history.prune(now_s, now_s - HISTORY_S)
            self.lane_changed.emit(camera_id)

    def add_window(self, record: WindowRecord) -> None:
        """A window was recorded."""
        self._add(record)

    def add_activity(self, activity: Activity) -> None:
        """A gate opened, stayed open or closed."""
        self._add(activity)

    def add_incident(self, incident: Incident) -> None:
        """An incident is new or changed."""
        self._add(incident)

    def incident(self, incident_id: IncidentId) -> Incident | None:
        """An incident of the last day, or None; also one that is too old for the list."""
        told = (history.incident(incident_id) for history in self._histories.values())
        return next((incident for incident in told if incident is not None), None)

    def refresh_incident(self, incident_id: IncidentId) -> None:
        """Something else is said of an incident."""
        incident = self.incident(incident_id)
        if incident is not None:
            self.lane_changed.emit(incident.camera_id)

    def remove_incident(self, incident_id: IncidentId) -> None:
        """An incident is no more; one that is not shown changes nothing."""
        incident = self.incident(incident_id)
        if incident is not None:
            self._histories[incident.camera_id].forget_incident(incident_id)
            self.lane_changed.emit(incident.camera_id)

    def add_health(self, health: CameraHealth) -> None:
        """A camera is not well, or well again."""
        self._add(health)

    def add_snapshot(self, snapshot: Snapshot) -> None:
        """A snapshot was taken."""
        self._add(snapshot)

    def add_coverage(self, counted: CoverageCounted) -> None:
        """Seconds of a camera were counted."""
        history = self._histories.get(counted.camera_id)
        if history is not None:
            history.count(counted)
            self._tell_coverage(counted.camera_id)

    def load_coverage(self, camera_id: CameraId, runs: Sequence[CoverRun]) -> None:
        """What the books hold of the seconds of the last day of a camera."""
        history = self._histories.get(camera_id)
        if history is not None:
            history.count_past(runs)
            self._tell_coverage(camera_id)

    def coverage(self) -> Mapping[CameraId, Sequence[CoverRun]]:
        """What became of every second of the last day, by camera."""
        return {camera_id: history.coverage for camera_id, history in self._histories.items()}

    def names(self) -> Mapping[CameraId, str]:
        """What the cameras are called."""
        return {camera.id: camera.name for camera in self._cameras}

    def lanes(self) -> tuple[LaneData, ...]:
        """One lane a camera, in the wall's order."""
        return tuple(self.lane(place) for place in range(len(self._cameras)))

    def lane(self, place: int) -> LaneData:
        """The lane at a place from the top, from 0."""
        camera = self._cameras[place]
        return self._histories[camera.id].lane(camera)

    def prune(self, now_s: float) -> None:
        """Keep memory bounded."""
        for camera in self._cameras:
            self._histories[camera.id].prune(now_s, now_s - HISTORY_S)

    def prune_next(self, now_s: float) -> None:
        """The same for one camera after the other: all at once would be felt. Called now and then."""
        if self._cameras:
            self._pruned = (self._pruned + 1) % len(self._cameras)
            camera_id = self._cameras[self._pruned].id
            self._histories[camera_id].prune(now_s, now_s - HISTORY_S)
            self.lane_changed.emit(camera_id)

    def _tell_coverage(self, camera_id: CameraId) -> None:
        self.lane_changed.emit(camera_id)
        self.coverage_changed.emit(camera_id)

    def _add(self, item: Known) -> None:
        if self._take(item):
            self.lane_changed.emit(item.camera_id)

    def _take(self, item: Known) -> bool:
        history = self._histories.get(item.camera_id)
        if history is not None:
            history.add(item)
        return history is not None
