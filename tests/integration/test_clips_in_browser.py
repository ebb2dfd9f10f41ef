"""Clips play in a real browser: H.264 as it came, everything else encoded again."""

from pathlib import Path
from typing import Any

import pytest

from tests.fakes.browser import played
from tests.fakes.films import film
from vigint_core.media.clip import film as mp4_of
from vigint_core.media.web import for_browser

pytestmark = pytest.mark.slow  # a browser takes some seconds to start


@pytest.mark.parametrize(
    "how",
    [{}, {"b_frames": 2, "in_band": True}, {"codec": "libx265"}, {"codec": "mjpeg"}],
    ids=["h264", "b-frames in band", "h265", "mjpeg"],
)
def test_a_browser_plays_a_clip_to_its_end(how: dict[str, Any], tmp_path: Path) -> None:
    told = played(for_browser(mp4_of(film(size=(320, 240), **how))), tmp_path)

    assert "error" not in told
    assert told["seconds"] == pytest.approx(2.0, abs=0.05)
    assert told["ended_s"] == pytest.approx(2.0, abs=0.1)
    assert (told["width"], told["height"]) == (320, 240)
    assert told["frames"] >= 15


def test_a_browser_does_not_play_what_was_not_made_for_it(tmp_path: Path) -> None:
    assert "error" in played(mp4_of(film("mjpeg")), tmp_path), "else the test above proves nothing"
