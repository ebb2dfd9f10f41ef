"""The only place where worker threads meet Qt: an event goes in on any thread, a signal comes out on the GUI thread."""

from PySide6.QtCore import QObject, Signal

from vigint_core.domain.coverage import CoverageCounted
from vigint_core.domain.fault import Fault
from vigint_core.domain.incident import Incident
from vigint_core.domain.status import (
    Activity,
    BudgetTold,
    CameraEffort,
    CameraHealth,
    CameraRecording,
    CameraStatus,
    CheckResult,
    ClipFetched,
    Event,
    FaultCleared,
    ForeignIncidents,
    FoundCamera,
    FoundStreams,
    IncidentGone,
    IncidentStill,
    PartStatus,
    ReviewTold,
    Snapshot,
    WindowRecord,
)


class Bridge(QObject):
    """``EventSink`` of the desktop. Receivers live on the GUI thread, so Qt queues every emit of a worker.

    Signals (each carries the event of the same name):
        incident_changed, still_arrived, review_told, foreign_told, incident_gone, clip_fetched, window_recorded,
        activity_changed, coverage_counted, camera_changed, effort_changed, health_changed, recording_changed,
        snapshot_taken, camera_found, streams_found, part_changed, budget_changed, fault_raised, fault_cleared,
        check_finished.
    """

    incident_changed = Signal(object)
    still_arrived = Signal(object)
    review_told = Signal(object)
    foreign_told = Signal(object)
    incident_gone = Signal(object)
    clip_fetched = Signal(object)
    window_recorded = Signal(object)
    activity_changed = Signal(object)
    coverage_counted = Signal(object)
    camera_changed = Signal(object)
    effort_changed = Signal(object)
    health_changed = Signal(object)
    recording_changed = Signal(object)
    snapshot_taken = Signal(object)
    camera_found = Signal(object)
    streams_found = Signal(object)
    part_changed = Signal(object)
    budget_changed = Signal(object)
    fault_raised = Signal(object)
    fault_cleared = Signal(object)
    check_finished = Signal(object)

    def publish(self, event: Event) -> None:
        """Emit the signal that belongs to the event; callable from any thread while the bridge lives."""
        signals = {
            Incident: self.incident_changed,
            IncidentStill: self.still_arrived,
            ReviewTold: self.review_told,
            ForeignIncidents: self.foreign_told,
            IncidentGone: self.incident_gone,
            ClipFetched: self.clip_fetched,
            WindowRecord: self.window_recorded,
            Activity: self.activity_changed,
            CoverageCounted: self.coverage_counted,
            CameraStatus: self.camera_changed,
            CameraEffort: self.effort_changed,
            CameraHealth: self.health_changed,
            CameraRecording: self.recording_changed,
            Snapshot: self.snapshot_taken,
            FoundCamera: self.camera_found,
            FoundStreams: self.streams_found,
            PartStatus: self.part_changed,
            BudgetTold: self.budget_changed,
            Fault: self.fault_raised,
            FaultCleared: self.fault_cleared,
            CheckResult: self.check_finished,
        }
        signals[type(event)].emit(event)
