"""What every wall of the program stands on, made once and handed to each of them."""

from dataclasses import dataclass

from vigint_core.ports import Clock
from vigint_desktop.ui.models.cameras import CameraModel
from vigint_desktop.ui.models.effort import EffortModel
from vigint_desktop.ui.models.views import ViewBook
from vigint_desktop.ui.rows.words import Words
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.projection import Projection


@dataclass(frozen=True, slots=True)
class Stage:
    """The parts that the wall of the main window and that of the second one share."""

    projection: Projection
    cameras: CameraModel
    views: ViewBook
    effort: EffortModel
    words: Words
    theme: Theme
    clock: Clock
