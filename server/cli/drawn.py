"""A clip drawn for the drill: a bright block that wanders over a dark ground. It shows nobody and nothing."""

from typing import Final

import numpy as np

from vigint_core.domain.frame import Moment, Picture
from vigint_core.domain.ids import CameraId
from vigint_core.media.clip import encode_clips, encode_still

FPS: Final = 2
SECONDS: Final = 6
LEAD_S: Final = 2
_WIDTH, _HEIGHT, _SIDE = 320, 180, 40
_GROUND, _BLOCK, _GREY = 40, 200, 128


def drawn_clips(camera_id: str) -> tuple[bytes, bytes, bytes]:
    """``(clip, context, still)``: 6 s, the same with 2 s before it, and its first picture as JPEG."""
    pictures = [_picture(CameraId(camera_id), number) for number in range((LEAD_S + SECONDS) * FPS)]
    lead, shown = pictures[: LEAD_S * FPS], pictures[LEAD_S * FPS :]
    clip, context = encode_clips(shown, lead)
    return clip, context, encode_still(shown[0])


def _picture(camera_id: CameraId, number: int) -> Picture:
    yuv = np.full((_HEIGHT * 3 // 2, _WIDTH), _GREY, np.uint8)
    yuv[:_HEIGHT] = _GROUND
    left = 15 * number
    yuv[70 : 70 + _SIDE, left : left + _SIDE] = _BLOCK
    yuv.flags.writeable = False
    at_s = number / FPS
    return Picture(camera_id, Moment(at_s, at_s, at_s), _WIDTH, _HEIGHT, yuv)
