"""What a camera's view looks like in numbers, and the view that it is there to show: learnt slowly, compared by edges.

The small grey picture is brought to 160x90, whatever its shape: main and sub stream show the same view at different
sizes. The strength of its edges is compared in blocks of 10 px, each by correlation, so that light, contrast and a
picture that trembles by a pixel change little. Only blocks that have edges, and whose edges stand still, are asked.
The view is learnt anew with every start of the program: a camera that is covered by then is not known to be.
"""

import zlib
from collections import OrderedDict
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from vigint_core.policy.picture_truth import Look

Floats = NDArray[np.float32]

_SIZE: Final = (160, 90)
_BLOCKS: Final = (16, 9)
_EDGE: Final = slice(1, 8)
"""Rows of blocks without the first and the last: there the camera writes its clock."""
_TREMBLES: Final = (5, 5)
_REMEMBERED: Final = 16
"""Pictures; a still one that is encoded anew comes back in as many forms as there are looks between two key frames."""
_MOVED: Final = 24
"""Grey levels by which a pixel differs when something moved; another key frame of a still picture changes it less."""
_MOVED_SHARE: Final = 0.002
"""Of the pixels; then a picture is another one, even if it was seen lately: a film of 2 s that plays on and on."""
_LEARNT: Final = 20
"""Looks before a view is known; one a second."""
_FORGETS: Final = 1 / 600
"""Share of a look in the view once it is known: furniture that was moved belongs to it after some ten minutes."""
_STEADY_AFTER: Final = 1 / 30
_STEADY: Final = 0.6
"""Correlation from which a block usually looks like itself."""
_KEPT: Final = 0.6
_EDGES: Final = 4.0
"""Variance of edge strength from which a block has edges, in squared grey levels."""
_LEAST_ANCHORS: Final = 12
_TOO_DARK: Final = 40.0
_LEARNS_FROM: Final = 0.5
"""Share of the edges in place below which a look is no look at this view."""


class View:
    """The view of one camera. Used by one thread at a time."""

    def __init__(self) -> None:
        self._seen: OrderedDict[int, None] = OrderedDict()
        self._new = False
        self._last: NDArray[np.uint8] | None = None
        self.forget()

    def forget(self) -> None:
        """Learn the view anew: what is seen from now on is what is meant."""
        self._looks = 0
        self._edges: Floats = np.zeros(_SIZE[::-1], np.float32)
        self._steady: Floats = np.ones(_BLOCKS[::-1], np.float32)

    def glance(self, grey: NDArray[np.uint8]) -> None:
        """Notice whether this very picture was seen lately; at every look, some 40 us."""
        mark = zlib.crc32(np.ascontiguousarray(grey).data)
        self._new |= mark not in self._seen or self._moved(grey)
        self._last = grey
        self._seen[mark] = None
        self._seen.move_to_end(mark)
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)

    def _moved(self, grey: NDArray[np.uint8]) -> bool:
        if self._last is None or self._last.shape != grey.shape:
            return False
        changed = np.count_nonzero(cv2.absdiff(grey, self._last) > _MOVED)
        return bool(changed > _MOVED_SHARE * grey.size)

    def look(self, grey: NDArray[np.uint8], at_s: float, keys: int) -> Look:
        """The look in numbers, and a little of it into the view; once a second.

        Args:
            grey: shape ``(h, w)``; ``glance`` has seen it.
            at_s: monotonic.
            keys: key frames that the stream has brought so far.
        """
        small = np.asarray(cv2.resize(grey, _SIZE, interpolation=cv2.INTER_AREA), np.uint8)
        light = float(small.mean())
        parts = cv2.resize(small, _BLOCKS, interpolation=cv2.INTER_AREA)[_EDGE]
        kept = None if light < _TOO_DARK else self._compare(small)
        new, self._new = self._new, False
        return Look(at_s, new, keys, light, float(parts.max()) - float(parts.min()), kept)

    def _compare(self, small: NDArray[np.uint8]) -> float | None:
        """Share of the learnt edges that are in place; None while the view is not known or has too few of them."""
        edges = _edge_strength(small)
        likeness, has_edges = _likeness(edges, self._edges)
        anchors = has_edges & (self._steady >= _STEADY)
        kept = None
        if self._looks >= _LEARNT and np.count_nonzero(anchors) >= _LEAST_ANCHORS:
            kept = float(np.mean(likeness[anchors] >= _KEPT))
        if kept is None or kept >= _LEARNS_FROM:
            self._learn(edges, likeness)
        return kept

    def _learn(self, edges: Floats, likeness: Floats) -> None:
        share = max(1 / (self._looks + 1), _FORGETS)
        self._edges += share * (edges - self._edges)
        if self._looks:
            self._steady += max(1 / (self._looks + 1), _STEADY_AFTER) * (likeness - self._steady)
        self._looks += 1


def _edge_strength(small: NDArray[np.uint8]) -> Floats:
    across = cv2.Sobel(small, cv2.CV_32F, 1, 0)
    down = cv2.Sobel(small, cv2.CV_32F, 0, 1)
    return np.asarray(cv2.blur(cv2.magnitude(across, down), _TREMBLES), np.float32)


def _likeness(edges: Floats, learnt: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Correlation of each block, -1 to 1, and whether the learnt one has edges; shape ``(9, 16)`` both."""
    mean, learnt_mean = _blocks(edges), _blocks(learnt)
    shared = _blocks(edges * learnt) - mean * learnt_mean
    power = np.maximum(_blocks(edges * edges) - mean * mean, 1e-3)
    learnt_power = np.maximum(_blocks(learnt * learnt) - learnt_mean * learnt_mean, 1e-3)
    return np.asarray(shared / np.sqrt(power * learnt_power), np.float32), learnt_power >= _EDGES


def _blocks(values: Floats) -> Floats:
    return np.asarray(cv2.resize(values, _BLOCKS, interpolation=cv2.INTER_AREA), np.float32)
