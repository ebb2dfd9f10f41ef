"""Where on the picture movement counts: the owner's watch and ignore zones, as weights of the gate's cells."""

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from vigint_core.domain.zone import Point, Scene, Zone, ZoneUse
from vigint_desktop.gate.sketch import Floats, cells_of

_FINE: Final = 8
"""Pixels a cell's step in the mask that the zones are drawn into."""


class Attention(Protocol):
    """Weights of cells, 0 for one that counts for nothing, 1 for one that counts fully."""

    def weights(self, rows: int, columns: int) -> Floats:
        """Shape ``(rows, columns)``; not to be written to."""


class ZoneAttention:
    """With watch zones only what lies in them counts; what lies in an ignore zone never does."""

    def __init__(self, scene: Scene) -> None:
        self._watch = scene.of(ZoneUse.WATCH)
        self._ignore = scene.of(ZoneUse.IGNORE)
        self._made: dict[tuple[int, int], Floats] = {}  # one entry a shape of the picture, of which there are two

    def weights(self, rows: int, columns: int) -> Floats:
        """As ``Attention.weights``: the share of a cell that is covered."""
        if (rows, columns) not in self._made:
            watched = _covered(self._watch, rows, columns) if self._watch else np.ones((rows, columns), np.float32)
            self._made[rows, columns] = watched * (1 - _covered(self._ignore, rows, columns))
        return self._made[rows, columns]


def attention_of(scene: Scene) -> ZoneAttention | None:
    """The attention that a scene asks for; None where the whole picture counts."""
    return ZoneAttention(scene) if scene.of(ZoneUse.WATCH) or scene.of(ZoneUse.IGNORE) else None


class ZoneScores:
    """What the gate sees in each watch zone. Where there is none, the whole picture is one zone with the id ``""``."""

    def __init__(self, scene: Scene) -> None:
        self._zones = scene.of(ZoneUse.WATCH)
        self._shape = (0, 0)
        self._masks: Mapping[str, NDArray[np.bool_]] = {}

    def of(self, heat: Floats | None) -> dict[str, float]:
        """The highest heat in each zone, by its id."""
        if heat is None:
            return {}
        if not self._zones:
            return {"": float(heat.max())}
        if heat.shape != self._shape:
            self._shape = heat.shape
            self._masks = {zone.id: _covered((zone,), *heat.shape) >= 0.5 for zone in self._zones}
        return {zone: float(heat[mask].max(initial=0.0)) for zone, mask in self._masks.items()}


def _covered(zones: Sequence[Zone], rows: int, columns: int) -> Floats:
    """The share of each cell that any of the zones covers, even-odd, clipped to the picture."""
    mask = np.zeros((rows * _FINE, columns * _FINE), np.uint8)
    for zone in zones:
        one = np.zeros_like(mask)
        cv2.fillPoly(one, [_pixels(zone.points, one.shape)], 255)
        np.maximum(mask, one, out=mask)
    return cells_of(np.asarray(mask, np.float32) / np.float32(255), _FINE)


def _pixels(points: Sequence[Point], shape: tuple[int, ...]) -> NDArray[np.int32]:
    far = 4.0  # a corner far outside must not run over in OpenCV's whole numbers
    held = [(min(max(x, -far), far), min(max(y, -far), far)) for x, y in points]
    return np.array([[round(x * shape[1]), round(y * shape[0])] for x, y in held], np.int32)
