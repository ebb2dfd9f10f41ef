"""What encoding a window costs: 10 s at two pictures a second, 640 px wide, from real footage."""

import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from statistics import median

import av
import numpy as np

from vigint_core.domain.frame import Moment, Picture
from vigint_core.domain.ids import CameraId
from vigint_core.media.clip import encode_clips

_PICTURES = 20  # 10 s at 2 a second
_ROUNDS = 5


def measure(file: Path) -> dict[str, float]:
    """CPU of one window in ms (all threads), and its size."""
    shown = pictures(file)
    costs, size = [], 0
    for _ in range(_ROUNDS):
        started = time.process_time()
        clip, _context = encode_clips(shown, ())
        costs.append((time.process_time() - started) * 1000)
        size = len(clip)
    return {"pictures": len(shown), "cpu_ms": median(costs), "kib": size / 1024}


def pictures(file: Path) -> list[Picture]:
    """The first ten seconds of a file as a watcher gets them."""
    return list(islice(_pictures(file), _PICTURES))


def _pictures(file: Path) -> Iterator[Picture]:
    due_s = 0.0
    with av.open(str(file)) as container:
        for frame in container.decode(video=0):
            if frame.time < due_s:
                continue
            due_s = frame.time + 0.48
            small = frame.reformat(width=640, height=360, format="yuv420p")
            yuv = np.asarray(small.to_ndarray(), np.uint8)
            yield Picture(CameraId("bench"), Moment(frame.time, frame.time, frame.time), 640, 360, yuv)
