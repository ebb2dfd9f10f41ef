"""Clips as a judge gets them, cut from footage: H.264 in MP4, 2 pictures a second, no audio, the file looped."""

import io
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

FPS = 2
Yuv = NDArray[np.uint8]


class Excerpts:
    """Pictures of one video file, decoded once, from which clips are made."""

    def __init__(self, video: Path) -> None:
        with av.open(str(video), "r") as container:
            stream = container.streams.video[0]
            frames = [
                (frame.time or 0.0, np.asarray(frame.to_ndarray(format="yuv420p"), np.uint8))
                for frame in container.decode(stream)
            ]
        self._times = np.array([at for at, _ in frames])
        self._pictures: list[Yuv] = [picture for _, picture in frames]
        self._length_s = float(self._times[-1] + self._times[1] - self._times[0])

    def pictures(self, start_s: float, length_s: float) -> list[Yuv]:
        """Two pictures a second from ``start_s`` on; past its end the file starts over."""
        moments = start_s + np.arange(int(length_s * FPS)) / FPS
        return [self._pictures[int(np.abs(self._times - at % self._length_s).argmin())] for at in moments]

    def clip(self, start_s: float, length_s: float = 10.0, *, width: int | None = None, crf: int = 28) -> bytes:
        """An MP4 of that stretch, reduced to ``width`` when that is given."""
        return encoded(self.pictures(start_s, length_s), width=width, crf=crf)


def encoded(pictures: Sequence[Yuv], *, fps: Fraction | int = FPS, width: int | None = None, crf: int = 28) -> bytes:
    """Pictures of 640x480 (planar YUV 4:2:0) as an MP4."""
    out = io.BytesIO()
    size = (width or 640, (width or 640) * 3 // 4)
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=fps, options={"crf": str(crf), "preset": "veryfast"})
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        for picture in pictures:
            frame = av.VideoFrame.from_ndarray(picture, format="yuv420p").reformat(*size)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()
