"""Privacy zones burnt into pictures: what they cover is gone before anything is encoded, sent or exported."""

from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from vigint_core.domain.frame import Picture
from vigint_core.domain.zone import Point, Scene, ZoneUse
from vigint_core.policy.polygon import covering

_LUMA: Final = 16
_CHROMA: Final = 128
"""Black in video range: no reader takes it for a part of the shop."""
_MOST_MASKS: Final = 64
"""Two sizes of picture of 32 cameras; one of 1080p takes 2.5 MiB."""
_GREW_BY: Final = np.ones((3, 3), np.uint8)
"""A pixel outwards, so that no edge of what is covered shines through."""


class Redaction:
    """The privacy zones of one camera, in proportion for every size of picture. Thread-safe: it never changes."""

    def __init__(self, scene: Scene) -> None:
        self._polygons = tuple(covering(zone.points) for zone in scene.of(ZoneUse.PRIVACY))

    def __bool__(self) -> bool:
        """Whether there is anything to cover."""
        return bool(self._polygons)

    def of_picture(self, picture: Picture) -> Picture:
        """The picture without what is covered; itself where nothing is."""
        if not self:
            return picture
        yuv = picture.yuv.copy()
        self.cover(yuv, picture.width, picture.height)
        yuv.flags.writeable = False
        return Picture(picture.camera_id, picture.at, picture.width, picture.height, yuv)

    def of_frame(self, frame: VideoFrame) -> VideoFrame:
        """A frame as planar YUV 4:2:0 without what is covered, at the same time; both sides must be even."""
        if not self:
            return frame
        yuv = np.array(frame.to_ndarray(format="yuv420p"), np.uint8)
        self.cover(yuv, frame.width, frame.height)
        covered = VideoFrame.from_ndarray(yuv, "yuv420p")
        covered.color_range = frame.color_range
        covered.pts = frame.pts
        if frame.time_base is not None:
            covered.time_base = frame.time_base
        return covered

    def cover(self, yuv: NDArray[np.uint8], width: int, height: int) -> None:
        """Cover in place: planar YUV 4:2:0 (I420), shape ``(height * 3 // 2, width)``, both sides even."""
        mask, halves = _masks(self._polygons, width, height)
        np.copyto(yuv[:height], np.uint8(_LUMA), where=mask)
        planes = yuv[height:].reshape(2, height // 2, width // 2)
        np.copyto(planes, np.uint8(_CHROMA), where=halves)

    def mask(self, width: int, height: int) -> NDArray[np.bool_]:
        """Which pixels are covered, shape ``(height, width)``."""
        return _masks(self._polygons, width, height)[0]


NOTHING_COVERED: Final = Redaction(Scene())


def redaction_of_exports(scene: Scene) -> Redaction:
    """What is covered in what people take away: nothing once the owner has unlocked it."""
    return NOTHING_COVERED if scene.unlocked else Redaction(scene)


@lru_cache(maxsize=_MOST_MASKS)
def _masks(
    polygons: tuple[tuple[Point, ...], ...], width: int, height: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which pixels are covered, and which of the colour planes; not to be written to."""
    drawn = np.zeros((height, width), np.uint8)
    for polygon in polygons:
        if len(polygon) >= 3:
            cv2.fillPoly(drawn, [_pixels(polygon, width, height)], 1)
    mask = np.asarray(cv2.dilate(drawn, _GREW_BY), np.bool_)
    return mask, np.asarray(mask.reshape(height // 2, 2, width // 2, 2).any(axis=(1, 3)), np.bool_)


def _pixels(points: tuple[Point, ...], width: int, height: int) -> NDArray[np.int32]:
    return np.array([[round(x * (width - 1)), round(y * (height - 1))] for x, y in points], np.int32)
