"""What becomes of a camera is seen on its tile, in the real program, with a real RTSP camera that gets into trouble."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from tests.fakes.colours import brightness, colour_clip, middles
from tests.fakes.driven import Desk, managed, program
from tests.fakes.rtsp_server import RtspServer, rtsp_server
from tests.fakes.screen import screen
from tests.fakes.waiting import wait_until
from vigint_core.clock import SystemClock

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

SIZE = (1280, 720)
CLEAR, VEILED = 180, 120  # a live picture is brighter, one that must not pass for live is darker


@pytest.fixture
def display() -> Iterator[Mapping[str, str]]:
    with screen(*SIZE) as made:
        yield made


@pytest.fixture
def desk(display: Mapping[str, str]) -> Iterator[Desk]:
    with managed(display, SIZE) as made:
        yield made


@pytest.fixture
def camera(tmp_path: Path) -> Iterator[RtspServer]:
    with rtsp_server(colour_clip(tmp_path, "red"), "guard", "right") as made:
        yield made


def words(camera: RtspServer) -> list[str]:
    """The command line: the RTSP camera alone, and nobody who judges."""
    address = camera.url.replace("//", f"//guard:{camera.password}@")
    return [f"--source=Red={address}", "--server", "none"]


def refused_until_s(folder: Path) -> float:
    """Up to when (Unix time) the books say that the camera let nobody sign in; 0 while they say no such thing."""
    with closing(sqlite3.connect(f"file:{folder}/desk.sqlite3?mode=ro", uri=True)) as books:
        (end_s,) = books.execute("SELECT max(end_s) FROM health WHERE state = 'unauthorized'").fetchone()
    return end_s or 0.0


def is_live(desk: Desk) -> bool:
    return wait_until(lambda: brightness(desk.see(), "red") > CLEAR, 60, 0.3)


def is_veiled(desk: Desk) -> bool:
    """The last picture is still there, but nobody can take it for what happens now."""
    return wait_until(lambda: 0 < brightness(desk.see(), "red") < VEILED, 60, 0.3)


def test_a_camera_that_is_unplugged_says_so_and_comes_back(
    tmp_path: Path, camera: RtspServer, display: Mapping[str, str], desk: Desk
) -> None:
    with program(tmp_path, words(camera), display):
        assert is_live(desk)
        camera.kill()
        assert is_veiled(desk)
        camera.start()
        assert is_live(desk)


def test_a_camera_that_falls_silent_says_so_and_goes_on(
    tmp_path: Path, camera: RtspServer, display: Mapping[str, str], desk: Desk
) -> None:
    with program(tmp_path, words(camera), display):
        assert is_live(desk)
        camera.freeze()
        assert is_veiled(desk)
        camera.thaw()
        assert is_live(desk)


def test_a_password_that_was_changed_stops_the_camera_until_somebody_asks_again(
    tmp_path: Path, camera: RtspServer, display: Mapping[str, str], desk: Desk
) -> None:
    with program(tmp_path, words(camera), display):
        assert is_live(desk)
        tile = middles(desk.see())["red"]
        camera.kill()
        camera.password = "changed"
        camera.start()
        assert wait_until(lambda: refused_until_s(tmp_path) > 0, 60, 0.3)

        camera.kill()
        camera.password = "right"
        camera.start()
        right_again_s = SystemClock().wall()
        assert wait_until(lambda: refused_until_s(tmp_path) > right_again_s + 1, 60, 0.3), "it does not try by itself"
        assert is_veiled(desk)
        desk.click(tile, button=3)
        desk.key("Down", "Down", "Return")  # "Connect again now"
        assert is_live(desk)
