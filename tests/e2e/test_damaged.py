"""Every damaged stream and every camera's odd answers in a real window: each plays, and a healthy one plays as ever."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fakes.annexb import film_of
from tests.fakes.desktop import Run, run_desktop
from tests.fakes.plain_camera import plain_camera
from tests.fakes.rtsp_camera import rtsp_camera
from tests.fakes.rtsp_quirks import QUIRKS, answers_of, broadcast_of
from tests.fakes.screen import screen
from vigint_core.domain.camera import SourceKind, Transport
from vigint_core.domain.ids import camera_id_from_name
from vigint_desktop.paths import Paths
from vigint_desktop.secrets import FileSecrets, camera_password
from vigint_desktop.settings import AnalysisPlace, CameraSettings, Settings, kind_of, save

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]  # the first test makes the variants

SECONDS = 25.0
HEALTHY = "Healthy"
FRAMES_PER_S = 15
RIGHT, WRONG = "pa55 w/ord:@#ä", "s3cret-wrong-word"
LOCKED, REFUSED = "longse", "longse, wrong password"
NO_KEYRING = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
"""Passwords lie in the file then, on whatever machine this runs."""
DAMAGED = {"bitnoise.h264", "truncated.h264", "Error_I_P.264"}
"""Pictures of these are damaged; a picture that lacks altogether is missed by nobody."""


@dataclass(frozen=True, slots=True)
class Member:
    """A camera of the wall and its password."""

    name: str
    url: str
    password: str = ""
    transport: Transport = Transport.TCP

    @property
    def settings(self) -> CameraSettings:
        """As the program keeps it."""
        return CameraSettings(
            id=camera_id_from_name(self.name),
            name=self.name,
            kind=kind_of(self.url),
            url=self.url,
            user="guard" if self.password else "",
            transport=self.transport,
        )


def run_of(folder: Path, members: Sequence[Member]) -> Run:
    """The program on a wall of cameras, in a window that fills the screen."""
    paths = Paths.under(folder).made()
    cameras = tuple(member.settings for member in members)
    save(Settings(language="en", analysis=AnalysisPlace.OFF, cameras=cameras), paths.settings_file)
    secrets = FileSecrets(paths.secrets_file)
    for member in members:
        if member.password:
            secrets.set(camera_password(camera_id_from_name(member.name)), member.password)
    with screen(1920, 1080) as display:
        return run_desktop(folder, ["--size", "1920x1080"], SECONDS, {**display, **NO_KEYRING})


@contextmanager
def healthy(variants: Path) -> Iterator[Member]:
    """A camera that has nothing wrong."""
    with plain_camera(film_of(variants / "sub_360p15_400k.mp4")) as camera:
        yield Member(HEALTHY, camera.url)


def assert_nobody_suffers(run: Run) -> None:
    """The program ends well, says nothing terrible, and takes all that the healthy camera sends.

    A machine that can't decode everything leaves pictures out, of this camera too: that is saving, not damage.
    """
    assert run.code == 0, run.output
    assert "Traceback" not in run.output + run.log
    assert " ERROR " not in run.log
    assert RIGHT not in run.everything_written
    assert WRONG not in run.everything_written
    camera = run.camera(HEALTHY)
    assert (camera["state"], camera["fault"]) == ("live", None)
    assert (camera["reconnects"], camera["replaced"]) == (0, 0)
    assert camera["frames"]["failed"] == 0
    assert camera["frames"]["received"] > FRAMES_PER_S * SECONDS / 2
    assert camera["frames"]["decoded"] > 15
    assert camera["frames"]["shown"] > 5


def test_every_damaged_file_plays(footage: Path, variants: Path, tmp_path: Path) -> None:
    conformance = [file for file in (footage / "robustness" / "h264").iterdir() if file.name != "LICENSE"]
    files = sorted([*variants.iterdir(), *conformance])
    with healthy(variants) as beside:
        run = run_of(tmp_path / "data", [beside, *(Member(file.name, str(file)) for file in files)])

    assert_nobody_suffers(run)
    for file in files:
        camera = run.camera(file.name)
        assert camera["kind"] == SourceKind.FILE
        assert (camera["state"], camera["fault"]) == ("live", None), file.name
        assert camera["frames"]["decoded"] > 15, file.name
        assert camera["frames"]["shown"] > 5, file.name
        assert (camera["frames"]["failed"] > 0) is (file.name in DAMAGED), file.name


def test_every_odd_answer_of_a_camera_is_understood(footage: Path, variants: Path, tmp_path: Path) -> None:
    films = {"h264": film_of(variants / "sub_360p15_400k.mp4"), "hevc": film_of(variants / "hevc_360p10.mp4")}
    answers = footage / "robustness" / "rtsp-quirks"
    with ExitStack() as running:

        def met(name: str, password: str = "") -> str:
            said = answers_of(QUIRKS[name], answers, "guard" if password else "", password)
            return running.enter_context(rtsp_camera(said, broadcast_of(films))).url

        members = [
            Member(name, met(name), transport=quirk.transport) for name, quirk in QUIRKS.items() if name != LOCKED
        ]
        members += [Member(LOCKED, met(LOCKED, RIGHT), RIGHT), Member(REFUSED, met(LOCKED, RIGHT), WRONG)]
        run = run_of(tmp_path / "data", [running.enter_context(healthy(variants)), *members])

    assert_nobody_suffers(run)
    refused = run.camera(REFUSED)
    assert (refused["state"], refused["fault"]) == ("unauthorized", "camera.unauthorized")
    assert refused["frames"]["shown"] == 0
    for member in members[:-1]:
        camera = run.camera(member.name)
        assert (camera["state"], camera["fault"]) == ("live", None), member.name
        assert camera["frames"]["decoded"] > 15, member.name
        assert camera["frames"]["shown"] > 5, member.name
        lost_on_the_way = camera["frames"]["decoded"] / 4 if member.transport is Transport.UDP else 0
        assert camera["frames"]["failed"] <= lost_on_the_way, member.name  # UDP is not read while others have the CPU
