"""The rules of one camera, fed with what its gate sees."""

from collections.abc import Mapping
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from vigint_core.domain.zone import Point, Scene
from vigint_core.policy.rules import RuleBook, RuleHit, RuleState, Sight, watch

_NEAR: Final = np.ones((3, 3), np.uint8)
"""Cells of one body that are a cell apart are one spot."""
_MOST_SPOTS: Final = 12
"""The largest; a crowd crosses lines all the same."""


class Sentry:
    """Used by the camera's own thread; ``describe`` is callable from any."""

    def __init__(self, scene: Scene, book: RuleBook = RuleBook()) -> None:  # noqa: B008 - frozen
        self._scene = scene
        self._book = book
        self._state = RuleState()

    def describe(self, scene: Scene) -> None:
        """Other zones and lines, from the next look on."""
        self._scene = scene

    def rest(self) -> None:
        """The rules are not armed, or nothing is seen: whoever is there next is another visit."""
        self._state = RuleState()

    def look(
        self, at_s: float, heat: NDArray[np.float32] | None, scores: Mapping[str, float], *, occupied: bool
    ) -> tuple[RuleHit, ...]:
        """Take one look of the gate while the rules are armed; ``at_s`` on the monotonic clock."""
        moves = any(score >= 1.0 for score in scores.values())
        spots = spots_of(heat) if heat is not None and self._scene.lines and moves else ()
        sight = Sight(at_s, scores, occupied, spots)
        self._state, hits = watch(self._book, self._state, self._scene, sight)
        return hits


def spots_of(heat: NDArray[np.float32]) -> tuple[Point, ...]:
    """Where things that move stand: the lower middle of each connected patch of heat, in shares of the picture."""
    hot = cv2.dilate((heat >= 1.0).astype(np.uint8), _NEAR)
    _, _, boxes, _ = cv2.connectedComponentsWithStats(hot, connectivity=8)
    rows, columns = heat.shape
    largest = sorted(boxes[1:], key=lambda box: -int(box[cv2.CC_STAT_AREA]))[:_MOST_SPOTS]
    return tuple(
        (
            float(box[cv2.CC_STAT_LEFT] + box[cv2.CC_STAT_WIDTH] / 2) / columns,
            min(float(box[cv2.CC_STAT_TOP] + box[cv2.CC_STAT_HEIGHT] - 1) / rows, 1.0),
        )
        for box in largest
    )
