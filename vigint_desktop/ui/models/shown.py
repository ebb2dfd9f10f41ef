"""Everything the window shows, fed by the bridge."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject

from vigint_core.domain.camera import Camera
from vigint_core.ports import Clock
from vigint_desktop.bridge import Bridge
from vigint_desktop.settings import AnalysisPlace
from vigint_desktop.ui.models.cameras import CameraModel
from vigint_desktop.ui.models.coverage import CoverageToday
from vigint_desktop.ui.models.effort import EffortModel
from vigint_desktop.ui.models.incidents import IncidentModel
from vigint_desktop.ui.models.reviews import ReviewBook
from vigint_desktop.ui.models.status import StatusModel
from vigint_desktop.ui.models.timeline import TimelineModel
from vigint_desktop.ui.rows.words import Words


@dataclass(frozen=True, slots=True)
class Models:
    """What the widgets show."""

    cameras: CameraModel
    effort: EffortModel
    reviews: ReviewBook
    incidents: IncidentModel
    timeline: TimelineModel
    coverage: CoverageToday
    status: StatusModel

    @classmethod
    def made(cls, words: Words, clock: Clock, place: AnalysisPlace, parent: QObject) -> "Models":
        """All of them, empty."""
        reviews = ReviewBook()
        timeline = TimelineModel(parent, reviews.told)
        return cls(
            CameraModel(words, parent),
            EffortModel(parent),
            reviews,
            IncidentModel(words, clock, parent, reviews),
            timeline,
            CoverageToday(timeline, clock, parent),
            StatusModel(words, place, parent),
        )

    def listen(self, bridge: Bridge) -> None:
        """Take in what workers tell. What concerns several models in order is the window's business: incidents."""
        bridge.camera_changed.connect(self.cameras.upsert)
        bridge.camera_changed.connect(self.status.set_camera)
        bridge.still_arrived.connect(self.incidents.set_still)
        bridge.window_recorded.connect(self.timeline.add_window)
        bridge.activity_changed.connect(self.timeline.add_activity)
        bridge.coverage_counted.connect(self.timeline.add_coverage)
        bridge.health_changed.connect(self.timeline.add_health)
        bridge.snapshot_taken.connect(self.timeline.add_snapshot)
        bridge.effort_changed.connect(self.effort.set_effort)
        bridge.effort_changed.connect(self.status.set_effort)
        bridge.part_changed.connect(self.status.set_part)
        bridge.budget_changed.connect(self.status.set_budget)
        bridge.fault_raised.connect(self.status.raise_fault)
        bridge.fault_cleared.connect(self.status.clear_fault)

    def set_up(self, cameras: Sequence[Camera], place: AnalysisPlace) -> None:
        """Other cameras, or another place of analysis."""
        self.cameras.set_cameras(cameras)
        self.effort.set_cameras(cameras)
        self.timeline.set_cameras(cameras)
        self.status.set_setup(cameras, place)
        self.reviews.set_shared(shared=place in (AnalysisPlace.EMBEDDED, AnalysisPlace.SERVER))
        self.incidents.refresh_all()
