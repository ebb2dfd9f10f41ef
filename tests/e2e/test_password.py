"""A wrong password is put right by the camera's owner: by keys and a click, in the real program's settings."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest

from tests.fakes.annexb import film_of
from tests.fakes.colours import brightness, colour_clip
from tests.fakes.desktop import Run
from tests.fakes.driven import Desk, Place, left_well, managed, program
from tests.fakes.rtsp_camera import RtspCamera, rtsp_camera
from tests.fakes.rtsp_quirks import QUIRKS, answers_of, broadcast_of
from tests.fakes.screen import screen
from tests.fakes.waiting import wait_until
from vigint_core.clock import SystemClock
from vigint_core.domain.camera import SourceKind
from vigint_desktop.paths import Paths
from vigint_desktop.secrets import FileSecrets, camera_password
from vigint_desktop.settings import AnalysisPlace, CameraSettings, Settings, save
from vigint_desktop.ui.theme.tokens import DARK

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

SIZE = (1280, 720)
RIGHT, WRONG = "pa55 w/ord:@#", "s3cret-wrong-word"
NO_KEYRING = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
"""Passwords lie in the file then, on whatever machine this runs."""
TRIES_WITHIN_S = 5.0
"""A camera that is tried again is, in its first minute, within 2 s."""
CLEAR = 180
SIGN_PX = 15
"""At least so many pixels of a sign have its colour pure."""


@pytest.fixture
def display() -> Iterator[Mapping[str, str]]:
    with screen(*SIZE) as made:
        yield {**made, **NO_KEYRING}


@pytest.fixture
def desk(display: Mapping[str, str]) -> Iterator[Desk]:
    with managed(display, SIZE) as made:
        yield made


@pytest.fixture
def camera(footage: Path, tmp_path: Path) -> Iterator[RtspCamera]:
    """A camera that shows red to whoever proves the right password."""
    answers = answers_of(QUIRKS["longse"], footage / "robustness" / "rtsp-quirks", "guard", RIGHT)
    with rtsp_camera(answers, broadcast_of({"h264": film_of(colour_clip(tmp_path, "red"))})) as made:
        yield made


@pytest.fixture
def folder(camera: RtspCamera, tmp_path: Path) -> Path:
    """The program's folder: it knows the camera, and a wrong password."""
    made = tmp_path / "data"
    paths = Paths.under(made).made()
    red = CameraSettings(id="red", name="Red", kind=SourceKind.RTSP, url=camera.url, user="guard")
    save(Settings(language="en", analysis=AnalysisPlace.OFF, cameras=(red,)), paths.settings_file)
    FileSecrets(paths.secrets_file).set(camera_password("red"), WRONG)
    return made


def opened(desk: Desk, title: str) -> str:
    """The id of the only window whose title begins so, sooner or later."""
    assert wait_until(lambda: len(desk.windows(f"^{title}")) == 1, 60, 0.3)
    return desk.windows(f"^{title}")[0]


def signs(desk: Desk, window: str, colour: str) -> list[Place]:
    """Where a sign's colour is in a window; nothing while there is too little of it."""
    wanted = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)], np.uint8)
    left, top, right, bottom = desk.box(window)
    rows, columns = np.nonzero((desk.see()[top:bottom, left:right] == wanted).all(axis=2))
    found = [(left + x, top + y) for x, y in zip(columns.tolist(), rows.tolist(), strict=True)]
    return found if len(found) >= SIGN_PX else []


def refused_until_s(folder: Path) -> float:
    """Up to when (Unix time) the books say that the camera let nobody sign in; 0 while they say no such thing."""
    (end_s,) = Run(0, "", {}, folder).rows("SELECT max(end_s) FROM health WHERE state = 'unauthorized'")[0]
    return end_s or 0.0


def test_the_owner_puts_a_wrong_password_right(
    folder: Path, camera: RtspCamera, display: Mapping[str, str], desk: Desk
) -> None:
    with program(folder, [], display) as process:
        main = opened(desk, "VigInt")
        assert wait_until(lambda: bool(signs(desk, main, DARK.fault)), 60, 0.3), "the tile says that something is wrong"
        assert wait_until(lambda: refused_until_s(folder) > 0, 60, 0.3), "and the books, what"
        asked, since_s = len(camera.asked), SystemClock().wall()
        assert wait_until(lambda: refused_until_s(folder) > since_s + TRIES_WITHIN_S, 60, 0.3)
        assert len(camera.asked) == asked, "a wrong password is not tried again"

        desk.bring_to_front(main)
        desk.key("ctrl+k")
        settings = opened(desk, "Settings")
        desk.bring_to_front(settings)
        desk.key("alt+t")
        assert wait_until(lambda: bool(signs(desk, settings, DARK.fault)), 60, 0.3), "the test is refused"

        desk.key("alt+p")
        desk.type(RIGHT)
        desk.key("alt+t")
        assert wait_until(lambda: bool(signs(desk, settings, DARK.live)), 60, 0.3), "the test is well"
        assert brightness(desk.see(), "red") == 0, "a test changes nothing"

        desk.key("alt+p")
        desk.key("Return")  # saves
        assert wait_until(lambda: desk.windows("^Settings") == [], 60, 0.3)
        assert wait_until(lambda: brightness(desk.see(), "red") > CLEAR, 60, 0.3), "it is live"
        desk.key("ctrl+q")
        assert left_well(process)

    assert FileSecrets(Paths.under(folder).secrets_file).get(camera_password("red")) == RIGHT
    left = Run(process.returncode, (folder / "output.txt").read_text("utf-8"), {}, folder)
    assert RIGHT not in left.everything_written
    assert WRONG not in left.everything_written
    assert "Traceback" not in left.output + left.log
