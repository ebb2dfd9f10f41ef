"""Other ways to tell movement, as small as they are usually written: what our gate has to be better than.

Each takes the same small grey pictures as our gate and says at each look whether something moves. None is tuned: one
setting each, closing at half of its opening threshold, as the gate closes below its own.
"""

from collections import deque
from collections.abc import Callable
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]

_POSTROLL_S = 0.6
_HALF = 0.5
_WARM_LOOKS = 5  # until then a method knows nothing, and is open


class Method(Protocol):
    """Says how much moves, 1.0 = enough."""

    def score(self, grey: Grey) -> float:
        """Take one look."""


class Switch:
    """Opens and closes by a method's score, with the post-roll that our gate has in a replay."""

    def __init__(self, method: Method) -> None:
        self._method = method
        self._moved_s = float("-inf")
        self._open = True
        self._looks = 0

    def look(self, grey: Grey, at_s: float) -> bool:
        """Whether it is open after this look."""
        score = self._method.score(cv2.GaussianBlur(grey, (5, 5), 0))
        self._looks += 1
        if self._looks <= _WARM_LOOKS or score >= (_HALF if self._open else 1.0):
            self._moved_s = at_s
        self._open = at_s - self._moved_s <= _POSTROLL_S
        return self._open


class FrameDifference:
    """Share of pixels that differ from the last look by more than four times the usual difference."""

    def __init__(self) -> None:
        self._last: NDArray[np.float32] | None = None

    def score(self, grey: Grey) -> float:
        """As ``Method.score``: 1.0 = 0.3 % of the pixels."""
        now = grey.astype(np.float32)
        last, self._last = self._last, now
        if last is None or last.shape != now.shape:
            return 1.0
        change = np.abs(now - last)
        return float((change > 4 * max(float(np.median(change)), 1.5)).mean()) / 0.003


class Subtractor:
    """OpenCV's background models: share of pixels in the foreground after an opening."""

    def __init__(self, model: "cv2.BackgroundSubtractor") -> None:
        self._model = model

    def score(self, grey: Grey) -> float:
        """As ``Method.score``: 1.0 = 0.3 % of the pixels."""
        foreground = self._model.apply(grey)
        opened = cv2.morphologyEx(foreground, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
        return float((opened > 200).mean()) / 0.003


class RunningMedian:
    """Difference to the median of the last seven looks, above four times the usual one."""

    def __init__(self) -> None:
        self._looks: deque[Grey] = deque(maxlen=7)

    def score(self, grey: Grey) -> float:
        """As ``Method.score``: 1.0 = 0.3 % of the pixels."""
        self._looks.append(grey)
        usual = np.median(np.stack(self._looks), axis=0)
        change = np.abs(grey.astype(np.float32) - usual)
        return float((change > 4 * max(float(np.median(change)), 1.5)).mean()) / 0.003


class DenseFlow:
    """Share of 8 px blocks that moved half a pixel (DIS, ultrafast) beside the camera's shift (phase correlation)."""

    def __init__(self) -> None:
        self._flow = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
        self._last: Grey | None = None

    def score(self, grey: Grey) -> float:
        """As ``Method.score``: 1.0 = 0.5 % of the blocks."""
        last, self._last = self._last, grey
        if last is None or last.shape != grey.shape:
            return 1.0
        moved = self._flow.calc(last, grey, None)
        (across, down), _ = cv2.phaseCorrelate(last.astype(np.float32), grey.astype(np.float32))
        shift = (across, down) if np.hypot(across, down) < 12 else (0.0, 0.0)
        length = np.hypot(moved[..., 0] - shift[0], moved[..., 1] - shift[1])
        rows, columns = length.shape
        blocks = cv2.resize(length, (columns // 8, rows // 8), interpolation=cv2.INTER_AREA)
        return float((blocks > 0.5).mean()) / 0.005


METHODS: dict[str, Callable[[], Method]] = {
    "frame difference, adaptive": FrameDifference,
    "MOG2": lambda: Subtractor(cv2.createBackgroundSubtractorMOG2(history=75, detectShadows=False)),
    "KNN": lambda: Subtractor(cv2.createBackgroundSubtractorKNN(history=75, detectShadows=False)),
    "running median of 7": RunningMedian,
    "dense flow less the shift": DenseFlow,
}
