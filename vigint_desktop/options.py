"""What a run is asked to do, as a value: the command line makes it, the composition root and ``doctor`` follow it."""

from dataclasses import dataclass, field
from pathlib import Path

from vigint_core.domain.camera import Camera
from vigint_desktop.paths import Paths


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asks for. Its repr holds no password.

    Attributes:
        cameras: cameras of this run alone with their passwords; empty uses those of the settings.
        demo: show the demo cameras even when the settings have cameras.
        server: None for the settings' choice, or "embedded", "none", or a URL.
        duration_s: leave after this many seconds; None runs until closed.
        headless_because: why the run is offscreen although nobody asked for it, or "".
    """

    cameras: tuple[tuple[Camera, str], ...] = field(default=(), repr=False)
    demo: bool = False
    data_dir: Path | None = None
    server: str | None = None
    offscreen: bool = False
    duration_s: float | None = None
    screenshot: Path | None = None
    report: Path | None = None
    size: tuple[int, int] | None = None
    headless_because: str = ""

    @property
    def paths(self) -> Paths:
        """Where this run keeps its files."""
        return Paths.under(self.data_dir.resolve()) if self.data_dir else Paths.of_user()
