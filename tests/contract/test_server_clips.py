"""What the desktop encodes is what the server takes: the two sides of a clip, put together."""

import numpy as np
import pytest

from vigint_core.domain.frame import Moment, Picture
from vigint_core.domain.ids import CameraId
from vigint_core.media.clip import encode_clips
from vigint_core.media.probe import ClipLimits, probe


def picture(number: int, width: int, height: int) -> Picture:
    yuv = np.full((height * 3 // 2, width), 128, np.uint8)
    yuv[:height, number * 6 % width :][:, :40] = 220
    yuv.flags.writeable = False
    at = Moment(mono_s=100 + number / 2, wall_s=1e9 + number / 2, media_s=number / 2)
    return Picture(CameraId("door"), at, width, height, yuv)


@pytest.mark.parametrize(("width", "height"), [(640, 360), (640, 480), (360, 640), (320, 180)])
@pytest.mark.parametrize("led", [0, 20])
def test_a_window_of_ours_is_taken(width: int, height: int, led: int) -> None:
    pictures = [picture(number, width, height) for number in range(led + 20)]
    clip, context = encode_clips(pictures[led:], pictures[:led])
    facts = probe(clip, ClipLimits())
    assert (facts.frames, facts.width, facts.height) == (20, width, height)
    assert facts.seconds == pytest.approx(10, abs=0.6)
    longer = probe(context, ClipLimits())
    assert longer.frames == 20 + led
    assert longer.seconds == pytest.approx(10 + led / 2, abs=0.6)
