"""A wall with everything it stands on, on cameras from memory."""

from collections.abc import Sequence

from tests.fakes.controls import FakeControls, frame
from tests.fakes.moments import StandingClock, camera
from vigint_core.domain.camera import Camera
from vigint_core.domain.ids import CameraId
from vigint_desktop.ui.models.arrangement import Arrangement
from vigint_desktop.ui.models.cameras import CameraModel
from vigint_desktop.ui.models.effort import EffortModel
from vigint_desktop.ui.models.views import ViewBook
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.projection import BEAT_TICKS, Projection
from vigint_desktop.ui.widgets.stage import Stage
from vigint_desktop.ui.widgets.wall import Wall

DOOR, TILL = CameraId("door"), CameraId("till")


class WallSet:
    """What the walls of a test share; its timer is turned by hand (``tick``, ``beat``)."""

    def __init__(
        self, words: Texts, theme: Theme, clock: StandingClock, cameras: Sequence[Camera] | None = None
    ) -> None:
        self.controls = FakeControls([camera("Door"), camera("Till")] if cameras is None else cameras)
        self.clock = clock
        self.model = CameraModel(words)
        self.model.set_cameras(self.controls.cameras())
        self.projection = Projection(self.controls, self.model, clock)
        self.book = ViewBook(self.controls.current.views, self.controls.keep_views)
        self.stage = Stage(self.projection, self.model, self.book, EffortModel(), words, theme, clock)

    def wall(self, width: int = 1000, height: int = 400) -> tuple[Wall, Arrangement]:
        """One more wall, not yet on screen."""
        stage = self.stage
        arrangement = Arrangement(self.book, self.model)
        made = Wall(stage.projection, arrangement, self.model, stage.words, stage.theme, stage.clock)
        made.resize(width, height)
        return made, arrangement

    def send(self, *cameras: CameraId, number: int = 1, age_s: float = 0.0) -> None:
        """A new frame of each of these cameras, and the tick that brings it."""
        at_s = self.clock.monotonic() - age_s
        self.controls.frames = {known: frame(known, number=number, mono_s=at_s) for known in cameras}
        self.projection.tick()

    def beat(self) -> None:
        """As many ticks as it takes for the words to age."""
        for _ in range(BEAT_TICKS):
            self.projection.tick()

    def told(self) -> dict[CameraId, tuple[int, int]]:
        """The sizes that the capture was told last."""
        return {camera_id: (width, height) for camera_id, width, height in self.controls.shown_at}
