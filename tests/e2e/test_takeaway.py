"""Zoom, snapshot and clip by keys, in the real program on a real X display: what is asked for lies on disk, whole."""

import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import av
import pytest
from PySide6.QtGui import QImage

from tests.fakes.colours import areas, middles
from tests.fakes.driven import Desk, managed, program
from tests.fakes.screen import screen
from tests.fakes.waiting import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

SIZE = (1600, 900)
PICTURE = (1920, 1080)


@pytest.fixture
def display() -> Iterator[Mapping[str, str]]:
    with screen(*SIZE) as made:
        yield made


@pytest.fixture
def desk(display: Mapping[str, str]) -> Iterator[Desk]:
    with managed(display, SIZE) as made:
        yield made


@pytest.fixture
def door(tmp_path: Path) -> list[str]:
    """The command line of one camera: red on the left, blue on the right, 1080p."""
    file = tmp_path / "halves.mp4"
    width, height = PICTURE
    half = f"s={width // 2}x{height}:r=10:d=6"
    words = [
        "ffmpeg",
        "-v",
        "error",
        "-f",
        "lavfi",
        "-i",
        f"color=red:{half}",
        "-f",
        "lavfi",
        "-i",
        f"color=blue:{half}",
    ]
    drawn = "[0][1]hstack,noise=alls=10:allf=t"
    encoded = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "10"]
    subprocess.run([*words, "-filter_complex", drawn, *encoded, str(file)], check=True, timeout=120)
    return [f"--source=Door={file}", "--server", "none"]


def shows(desk: Desk, *colours: str) -> bool:
    return wait_until(lambda: set(areas(desk.see())) == set(colours), 60, 0.3)


def pressed_until(desk: Desk, key: str, folder: Path, pattern: str) -> Path:
    """Press a key, again where it was too early, until a file has come that is whole."""
    assert wait_until(lambda: bool(desk.key(key) or list(folder.glob(pattern))), 60, 1.0)
    return next(folder.glob(pattern))


def test_one_camera_is_zoomed_and_left_by_keys(
    tmp_path: Path, door: list[str], display: Mapping[str, str], desk: Desk
) -> None:
    with program(tmp_path, door, display):
        assert shows(desk, "red", "blue")
        desk.click(middles(desk.see())["red"])
        desk.key("Return")
        assert shows(desk, "red", "blue")

        desk.key(*["plus"] * 6, *["Left"] * 8)
        assert shows(desk, "red"), "the left edge of the picture, four times as large"
        desk.key(*["Right"] * 30)
        assert shows(desk, "blue"), "the right edge"
        desk.key("Escape")
        assert shows(desk, "red", "blue"), "the whole picture again"


def test_a_snapshot_is_kept_at_full_resolution(
    tmp_path: Path, door: list[str], display: Mapping[str, str], desk: Desk
) -> None:
    with program(tmp_path, door, display):
        assert shows(desk, "red", "blue")
        desk.click(middles(desk.see())["red"])
        kept = pressed_until(desk, "s", tmp_path / "snapshots", "*.png")

    image = QImage(str(kept))
    assert (image.width(), image.height()) == PICTURE
    assert image.pixelColor(200, 500).red() > 150
    assert image.pixelColor(1700, 500).blue() > 150


def test_the_last_seconds_are_saved_where_they_are_wanted(
    tmp_path: Path, door: list[str], display: Mapping[str, str], desk: Desk
) -> None:
    file = tmp_path / "taken away.mp4"
    with program(tmp_path, door, display):
        assert shows(desk, "red", "blue")
        desk.click(middles(desk.see())["red"])
        desk.key("e")
        assert wait_until(lambda: bool(desk.windows("Save the clip as")), 60, 0.3)
        desk.key("ctrl+a")
        desk.type(str(file))
        desk.key("Return")
        assert wait_until(file.exists, 60, 0.3)

    with av.open(str(file)) as container:
        video = container.streams.video[0]
        assert (video.width, video.height) == PICTURE
        assert video.codec_context.name == "h264"
        assert sum(1 for _ in container.decode(video=0)) > 5
