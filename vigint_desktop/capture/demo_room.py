"""The rooms of the demo, drawn once each: floor, walls, shelves full of goods, counters; seen as from a ceiling camera.

A place in a room is ``(x, depth)``: ``x`` from -1 (left wall) to 1 (right wall), ``depth`` from 0.3 (far) to 1 (near).
Depth is the scale of what stands there, so everything on the screen is linear in it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

WIDTH: Final = 640
HEIGHT: Final = 360
FAR: Final = 0.3
_HORIZON: Final = 34.0
_NEAR_EDGE: Final = 372.0
_HALF_WIDTH: Final = 400.0
_METRE: Final = 118.0
"""Pixels of a metre at depth 1."""

Image = NDArray[np.uint8]
Colour = tuple[int, int, int]
"""Blue, green, red."""

_GOODS: Final[tuple[Colour, ...]] = (
    (86, 92, 168),
    (150, 122, 74),
    (82, 142, 108),
    (72, 138, 186),
    (168, 168, 160),
    (122, 90, 128),
    (110, 150, 160),
    (64, 74, 96),
)
"""Muted: a shop through a cheap camera, not a toy."""


def on_screen(x: float, depth: float, up_m: float = 0.0) -> tuple[float, float]:
    """Pixel of a place in the room, ``up_m`` metres above its floor."""
    return (
        WIDTH / 2 + x * depth * _HALF_WIDTH,
        _HORIZON + (_NEAR_EDGE - _HORIZON) * depth - up_m * _METRE * depth,
    )


def metre(depth: float) -> float:
    """Pixels of a metre at a depth."""
    return _METRE * depth


@dataclass(frozen=True, slots=True)
class Occluder:
    """Something in the room that hides whoever is behind it.

    Attributes:
        depth: of its front; people at a smaller depth are behind it.
        mask: 255 where it is seen, shape (HEIGHT, WIDTH).
    """

    depth: float
    mask: Image


@dataclass(frozen=True, slots=True)
class Room:
    """An empty room: its picture, shape (HEIGHT, WIDTH, 3), and what can hide people."""

    picture: Image
    occluders: tuple[Occluder, ...]


@dataclass(slots=True)
class _Easel:
    """A room while it is drawn."""

    picture: Image
    chance: np.random.Generator
    occluders: list[Occluder] = field(default_factory=list)

    def fill(self, corners: list[tuple[float, float]], colour: Colour) -> None:
        """A filled polygon with soft edges."""
        points = np.array(corners, np.float64)
        cv2.fillPoly(self.picture, [np.round(points * 8).astype(np.int32)], colour, cv2.LINE_AA, 3)

    def upright(self, sides: tuple[float, float], depth: float, heights: tuple[float, float], colour: Colour) -> None:
        """A filled rectangle that faces the camera; ``heights`` in metres, lower first."""
        (left, right), (low, high) = sides, heights
        above = [on_screen(left, depth, high), on_screen(right, depth, high)]
        self.fill([*above, on_screen(right, depth, low), on_screen(left, depth, low)], colour)

    def along(self, x: float, depths: tuple[float, float], heights: tuple[float, float], colour: Colour) -> None:
        """A filled rectangle that runs away from the camera; ``depths`` far first, ``heights`` lower first."""
        (far, near), (low, high) = depths, heights
        above = [on_screen(x, far, high), on_screen(x, near, high)]
        self.fill([*above, on_screen(x, near, low), on_screen(x, far, low)], colour)

    def good(self) -> Colour:
        """A colour of goods, a little different each time."""
        blue, green, red = _GOODS[int(self.chance.integers(len(_GOODS)))]
        shade = float(self.chance.uniform(0.75, 1.15))
        return (int(blue * shade), int(green * shade), int(red * shade))


def shop_floor(seed: int) -> Room:
    """A wide room: shelves along both walls and one in the middle."""
    easel = _shell(seed, floor=(150, 158, 162), wall=(186, 190, 192))
    _wall_shelf(easel, -0.97, (0.36, 1.02))
    _wall_shelf(easel, 0.97, (0.36, 1.02))
    _back_shelf(easel, -0.55, 0.55)
    _stocked_block(easel, (-0.2, 0.2), (0.5, 0.66), 1.25)
    return _finished(easel)


def aisle(seed: int) -> Room:
    """A narrow way between two high shelves."""
    easel = _shell(seed, floor=(140, 150, 158), wall=(176, 182, 188))
    _wall_shelf(easel, -0.62, (0.34, 1.1), height_m=2.1)
    _wall_shelf(easel, 0.62, (0.34, 1.1), height_m=2.1)
    _back_shelf(easel, -0.5, 0.5)
    return _finished(easel)


def till(seed: int) -> Room:
    """A counter with a till in front of the back wall."""
    easel = _shell(seed, floor=(132, 142, 156), wall=(196, 192, 184))
    _back_shelf(easel, -0.8, 0.8)
    _wall_shelf(easel, 0.97, (0.4, 1.0))
    _block(easel, (-0.62, 0.3), (0.56, 0.66), 0.98)
    _register(easel)
    return _finished(easel)


def stock_room(seed: int) -> Room:
    """Racks and boxes under a weak lamp."""
    easel = _shell(seed, floor=(112, 116, 118), wall=(138, 142, 146))
    _wall_shelf(easel, -0.9, (0.36, 1.0), height_m=2.2, goods=_carton)
    _wall_shelf(easel, 0.9, (0.36, 1.0), height_m=2.2, goods=_carton)
    for left, near, height in ((-0.3, 0.44, 0.7), (0.12, 0.4, 1.1), (0.3, 0.78, 0.55)):
        _block(easel, (left, left + 0.2), (near - 0.08, near), height, colour=(84, 124, 160))
    return _finished(easel)


def _shell(seed: int, floor: Colour, wall: Colour) -> _Easel:
    """Floor with tiles, side walls, back wall."""
    easel = _Easel(np.zeros((HEIGHT, WIDTH, 3), np.uint8), np.random.default_rng(seed))
    easel.picture[:] = wall
    far_left, far_right = on_screen(-1, FAR), on_screen(1, FAR)
    far_up, right_up = on_screen(-1, FAR, 2.6), on_screen(1, FAR, 2.6)
    side = (int(wall[0] * 0.86), int(wall[1] * 0.86), int(wall[2] * 0.86))
    easel.fill([(0, 0), far_up, far_left, on_screen(-1, 1.1), (0, HEIGHT)], side)
    easel.fill([(WIDTH, 0), right_up, far_right, on_screen(1, 1.1), (WIDTH, HEIGHT)], side)
    easel.fill([far_left, far_right, on_screen(1, 1.1), on_screen(-1, 1.1)], floor)
    joint = (int(floor[0] * 0.9), int(floor[1] * 0.9), int(floor[2] * 0.9))
    for x in np.linspace(-1, 1, 13):
        _line(easel, on_screen(x, FAR), on_screen(x, 1.1), joint)
    for step in range(12):
        depth = FAR + (1.1 - FAR) * (step / 11) ** 1.6
        _line(easel, on_screen(-1, depth), on_screen(1, depth), joint)
    return easel


def _line(easel: _Easel, start: tuple[float, float], end: tuple[float, float], colour: Colour) -> None:
    cv2.line(easel.picture, _pixel(start), _pixel(end), colour, 1, cv2.LINE_AA)


def _pixel(point: tuple[float, float]) -> tuple[int, int]:
    return round(point[0]), round(point[1])


def _carton(easel: _Easel) -> Colour:
    shade = float(easel.chance.uniform(0.7, 1.1))
    return (int(88 * shade), int(126 * shade), int(158 * shade))


def _wall_shelf(
    easel: _Easel,
    x: float,
    depths: tuple[float, float],
    height_m: float = 1.8,
    goods: Callable[[_Easel], Colour] = _Easel.good,
) -> None:
    """A shelf that runs away from the camera along ``x``; people walk beside it, never behind it."""
    far, near = depths
    easel.along(x, depths, (0, height_m), (84, 88, 92))
    rows, places = 4, 22
    edges = far * (near / far) ** np.linspace(0, 1, places + 1)
    row_m = height_m / rows
    for board_m in np.arange(rows) * row_m:
        for left, right in zip(edges[:-1], edges[1:] - 0.004, strict=True):
            top = board_m + row_m * float(easel.chance.uniform(0.55, 0.85))
            easel.along(x, (left, right), (board_m + 0.06, top), goods(easel))
        easel.along(x, depths, (board_m, board_m + 0.05), (176, 180, 182))


def _back_shelf(easel: _Easel, left: float, right: float) -> None:
    """A shelf against the back wall."""
    for board_m in np.arange(4) * 0.46:
        for x in np.arange(left, right - 0.03, 0.055):
            top = board_m + 0.46 * float(easel.chance.uniform(0.5, 0.82))
            easel.upright((x, x + 0.05), FAR, (board_m, top), easel.good())
        _line(easel, on_screen(left, FAR, board_m), on_screen(right, FAR, board_m), (188, 192, 196))


def _block(
    easel: _Easel,
    sides: tuple[float, float],
    depths: tuple[float, float],
    height_m: float,
    colour: Colour = (108, 112, 120),
) -> None:
    """Something free-standing: seen from the front and from above; it hides whoever is behind."""
    (left, right), (far, near) = sides, depths
    before = easel.picture.copy()
    light = (min(255, colour[0] + 46), min(255, colour[1] + 46), min(255, colour[2] + 46))
    edge = [on_screen(right, near, height_m), on_screen(left, near, height_m)]
    easel.fill([on_screen(left, far, height_m), on_screen(right, far, height_m), *edge], light)
    easel.upright(sides, near, (0, height_m), colour)
    _hides(easel, before, near)


def _stocked_block(easel: _Easel, sides: tuple[float, float], depths: tuple[float, float], height_m: float) -> None:
    """A free-standing shelf with goods on the side that is seen."""
    _block(easel, sides, depths, height_m)
    row_m = height_m / 3
    for board_m in 0.06 + np.arange(3) * row_m:
        for x in np.arange(sides[0] + 0.01, sides[1] - 0.03, 0.05):
            top = board_m + row_m * float(easel.chance.uniform(0.5, 0.8))
            easel.upright((x, x + 0.042), depths[1], (board_m, top), easel.good())


def _register(easel: _Easel) -> None:
    """The till's screen, seen from its customers' side of the counter."""
    before = easel.picture.copy()
    easel.upright((-0.12, 0.05), 0.62, (0.98, 1.38), (48, 50, 54))
    easel.upright((-0.108, 0.038), 0.62, (1.08, 1.34), (150, 128, 84))
    _hides(easel, before, 0.66)


def _hides(easel: _Easel, before: Image, depth: float) -> None:
    """What was drawn since ``before`` hides people behind ``depth``."""
    changed = np.any(easel.picture != before, axis=2)
    easel.occluders.append(Occluder(depth, np.where(changed, np.uint8(255), np.uint8(0))))


def _finished(easel: _Easel) -> Room:
    """The lens: a little blur, and light that falls off towards the corners."""
    soft = cv2.GaussianBlur(easel.picture, (3, 3), 0).astype(np.float32)
    rows, columns = np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j]
    light = 1.0 - 0.28 * (rows**2 + columns**2) / 2
    picture = np.clip(soft * light[:, :, None], 0, 255).astype(np.uint8)
    return Room(picture, tuple(sorted(easel.occluders, key=lambda each: each.depth)))
