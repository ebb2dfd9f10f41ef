"""File names are sane: camera, day, time, and nothing that a file system refuses."""

from datetime import UTC

import pytest

from tests.fakes.moments import NOON_S
from vigint_desktop.ui.rows.file_names import file_name


def test_it_says_camera_day_and_time() -> None:
    assert file_name("Till 2", NOON_S, "mp4", UTC) == "Till 2 2023-11-14 22-13-20.mp4"


@pytest.mark.parametrize("camera", ["a/b", "..", 'q"?*|<>:', "x" * 300, "\x00\n", "Caf\xe9 \u82f1"])
def test_any_name_of_a_camera_makes_an_allowed_one(camera: str) -> None:
    made = file_name(camera, NOON_S, "png", UTC)

    assert not set(made) & set('\\/:*?"<>|\n\x00')
    assert not made.startswith((".", " "))
    assert made.endswith("2023-11-14 22-13-20.png")
    assert len(made) <= 110
