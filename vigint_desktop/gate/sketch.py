"""A look reduced to what tells movement from light and noise, and the comparison of two looks.

The picture (at most 320 px wide) is brought to 160 px, freed of soft light (its own blur is taken away) and described
on a grid of overlapping 8 px cells, 4 px apart. Two looks are compared cell by cell: the part of a cell's texture that
no gain and no offset turns into the other one's. A lamp, the auto-exposure and a soft shadow change gain and offset; a
person changes the texture.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_WIDTH = 160
_CELL = 4  # px between cells; a cell spans twice that
_LEAST_HEIGHT, _MOST_HEIGHT = 16, 320  # px, whatever the camera's aspect is
_FINE = 3  # px: detail below this can't be told from noise, nor be shifted by parts of a pixel
_SOFT = 9  # px: light that varies over more than this is no texture
_FAINT = 0.008  # share of the light: below the 1 to 2 % from which on the eye sees a contrast
_SHARPEST_PEAK = 0.2  # phase correlation below this found no shift that can be believed
_LEAST_SHIFT, _MOST_SHIFT = 0.1, 12.0  # px of 160: less is noise, more is another view


@dataclass(frozen=True, slots=True, eq=False)
class Sketch:
    """One look.

    Attributes:
        at_s: when, in seconds on the caller's clock.
        picture: texture without soft light, shape ``(h, 160)``, h a multiple of 4, grey levels around 0.
        mean, power: mean and variance of each cell, shape ``(h / 4, 40)``.
        slope: mean squared gradient of each cell, in squared grey levels a pixel.
        light: soft light of each cell, in grey levels, at least 1.
    """

    at_s: float
    picture: Floats
    mean: Floats
    power: Floats
    slope: Floats
    light: Floats


def sketch(grey: NDArray[np.uint8], at_s: float) -> Sketch:
    """Reduce a look, shape ``(h, w)``, both at least 1."""
    rows, columns = grey.shape
    height = int(np.clip(round(rows * _WIDTH / columns), _LEAST_HEIGHT, _MOST_HEIGHT))
    small = cv2.resize(grey, (_WIDTH, height), interpolation=cv2.INTER_AREA).astype(np.float32)
    if spare := height % _CELL:  # at most 3 px of 160 of the upper and lower edge: whole cells are averaged quickest
        small = small[spare // 2 : height - (spare - spare // 2)]
    smooth = cv2.GaussianBlur(small, (_FINE, _FINE), 0)
    soft = cv2.blur(small, (_SOFT, _SOFT))
    picture = _floats(cv2.subtract(smooth, soft))
    mean, power = _moments(picture)
    across = cv2.subtract(picture[1:-1, 2:], picture[1:-1, :-2])
    down = cv2.subtract(picture[2:, 1:-1], picture[:-2, 1:-1])
    squared = cv2.add(cv2.multiply(across, across), cv2.multiply(down, down)) / 4
    slope = cells_of(_floats(cv2.copyMakeBorder(squared, 1, 1, 1, 1, cv2.BORDER_REPLICATE)))
    light = np.maximum(cells_of(_floats(soft)), np.float32(1))
    return Sketch(at_s, picture, mean, power, slope, light)


def difference(new: Sketch, old: Sketch) -> Floats:
    """What changed in each cell beyond gain and offset, in squared grey levels, >= 0. Both of the same shape."""
    shared = cells_of(_floats(cv2.multiply(new.picture, old.picture))) - new.mean * old.mean
    np.maximum(shared, 0, out=shared)
    both = np.maximum(new.power * old.power, np.float32(1e-6))
    unexplained = 1 - shared * shared / both
    np.maximum(unexplained, 0, out=unexplained)
    return _floats(np.maximum(new.power, old.power) * unexplained)


def common_slope(new: Sketch, old: Sketch) -> Floats:
    """The gradient that both looks have: what a small shake of the camera turns into change."""
    return np.minimum(new.slope, old.slope)


def common_power(new: Sketch, old: Sketch) -> Floats:
    """The texture that both looks have: what light that changes unevenly inside a cell turns into change."""
    return np.minimum(new.power, old.power)


def faint(new: Sketch, old: Sketch) -> Floats:
    """What soft shadows and reflections turn into change, by Weber's law: a share of the light that is there."""
    seen = np.float32(_FAINT) * np.minimum(new.light, old.light)
    return _floats(seen * seen)


def shifted_onto(new: Sketch, old: Sketch) -> Sketch | None:
    """``old`` moved as a whole to where ``new`` sees it, or None when no shift explains the change."""
    (right, down), peak = cv2.phaseCorrelate(old.picture, new.picture)
    if peak < _SHARPEST_PEAK or not _LEAST_SHIFT <= float(np.hypot(right, down)) <= _MOST_SHIFT:
        return None
    move = np.array([[1, 0, right], [0, 1, down]], np.float32)
    rows, columns = old.picture.shape
    picture = _floats(cv2.warpAffine(old.picture, move, (columns, rows), borderMode=cv2.BORDER_REPLICATE))
    mean, power = _moments(picture)
    return replace(old, picture=picture, mean=mean, power=power)


def _moments(picture: Floats) -> tuple[Floats, Floats]:
    mean = cells_of(picture)
    power = cells_of(_floats(cv2.multiply(picture, picture))) - mean * mean
    return mean, np.maximum(power, np.float32(0))


def cells_of(values: Floats, step: int = _CELL) -> Floats:
    """The mean over each cell of ``values``; cells are ``step`` apart and span twice that."""
    rows, columns = values.shape
    tiles = cv2.resize(values, (columns // step, rows // step), interpolation=cv2.INTER_AREA)
    return _floats(cv2.blur(tiles, (2, 2), anchor=(0, 0), borderType=cv2.BORDER_REFLECT))


def _floats(values: object) -> Floats:
    return np.asarray(values, np.float32)
