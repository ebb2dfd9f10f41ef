"""A shop with a film for a camera: everything that a program stands on, in a folder of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.fakes.mp4 import mp4
from tests.fakes.sink import RecordingSink
from vigint_core.clock import SystemClock
from vigint_core.domain.camera import Camera, CameraState, SourceKind
from vigint_core.domain.ids import CameraId
from vigint_core.domain.status import CameraStatus, CheckResult
from vigint_desktop.logsetup import Redactor
from vigint_desktop.paths import Paths
from vigint_desktop.program import Program, Surroundings
from vigint_desktop.secrets import FileSecrets
from vigint_desktop.settings import AnalysisPlace, CameraSettings, Settings

OFF = Settings(analysis=AnalysisPlace.OFF)


@dataclass
class Shop:
    """A folder with a film, and all that a program stands on."""

    folder: Path
    sink: RecordingSink = field(default_factory=RecordingSink)
    redactor: Redactor = field(default_factory=Redactor)

    def __post_init__(self) -> None:
        self.paths = Paths.under(self.folder / "data").made()
        self.store = FileSecrets(self.paths.secrets_file)
        self.film = self.folder / "film.mp4"
        self.film.write_bytes(mp4(fps=10))

    def camera(self, name: str, password: str = "") -> tuple[Camera, str]:
        return Camera(CameraId(name.lower()), name, SourceKind.FILE, str(self.film)), password

    def stored(self, name: str) -> CameraSettings:
        return CameraSettings(id=name.lower(), name=name, kind=SourceKind.FILE, url=str(self.film))

    def program(
        self, chosen: Settings = OFF, passing: tuple[tuple[Camera, str], ...] = (), demo: tuple[Camera, ...] = ()
    ) -> Program:
        around = Surroundings(
            self.paths, self.store, self.sink, SystemClock(), self.redactor, "en", passing=passing, demo=demo
        )
        return Program(around, chosen)

    def is_live(self, camera_id: str) -> bool:
        live = (CameraId(camera_id), CameraState.LIVE)
        return self.sink.wait_for(lambda sink: live in [(s.camera_id, s.state) for s in sink.of(CameraStatus)])

    def answer(self, check_id: str) -> CheckResult:
        """What came of a check, waited for."""
        assert self.sink.wait_for(lambda sink: check_id in [found.check_id for found in sink.of(CheckResult)])
        return next(found for found in self.sink.of(CheckResult) if found.check_id == check_id)

    def files_with(self, text: str) -> set[str]:
        """Names of the files below the data folder in which a text stands."""
        files = [file for file in self.paths.data.rglob("*") if file.is_file()]
        return {file.name for file in files if text.encode() in file.read_bytes()}


@contextmanager
def running(program: Program) -> Iterator[Program]:
    """A program over its whole life."""
    program.open()
    try:
        program.start()
        yield program
    finally:
        program.stop()
        program.close()
