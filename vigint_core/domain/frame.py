"""Pictures on their way: the moment they belong to, the frame a tile shows, the reduced picture a window is made of."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vigint_core.domain.ids import CameraId


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """When a picture was taken, on the three clocks, all in seconds.

    Attributes:
        mono_s: monotonic clock at arrival; all arithmetic uses this one.
        wall_s: Unix time = ``mono_s`` + an offset taken once when the stream was opened; what people read.
        media_s: the camera's own timestamp, made continuous over loops and jumps; clips are cut by it.
    """

    mono_s: float
    wall_s: float
    media_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A decoded picture reduced to what its tile needs. Its buffer is never written after it was published.

    Attributes:
        number: counts the frames made for the camera's tile since the program started, from 1.
        width, height: pixels.
        stride: bytes a row, at least ``4 * width``.
        pixels: ``height * stride`` bytes, B G R X (``QImage.Format_RGB32`` on little-endian machines).
    """

    camera_id: CameraId
    number: int
    at: Moment
    width: int
    height: int
    stride: int
    pixels: memoryview


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A picture of at most 640 px kept for windows and stills.

    Attributes:
        yuv: planar YUV 4:2:0 (I420), shape ``(height * 3 // 2, width)``, uint8, read-only; both sides even.
    """

    camera_id: CameraId
    at: Moment
    width: int
    height: int
    yuv: NDArray[np.uint8]
