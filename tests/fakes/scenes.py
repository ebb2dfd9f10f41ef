"""Grey pictures of a drawn shop, as the gate is shown them: what happens in them is known exactly."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Place = tuple[float, float]


def _nowhere(at_s: float) -> Place | None:
    return None


def _unchanged(at_s: float) -> float:
    return 1.0


def _firm(at_s: float) -> Place:
    return (0.0, 0.0)


@dataclass(frozen=True)
class Scene:
    """A shop floor before shelves, 320 px wide unless said otherwise.

    Attributes:
        noise: standard deviation of the sensor's noise in grey levels at this size.
        person: centre of a person at a time, in px, or None when nobody is there.
        person_height: px; the width is a third of it.
        contrast: how much darker than the floor the person is, in grey levels.
        light: gain of the whole picture at a time.
        lamp: gain of a soft spot over the left half at a time.
        shake: the camera's shift in px at a time.
        clock: whether a clock is burnt in, that changes every second.
        wind: how far a plant (a sixth of the picture, upper right) is blown, in px at a time.
        rain: drops in each picture, each a short bright streak.
        key_frame_s: every so often the codec redraws everything a little differently; 0: never.
    """

    width: int = 320
    height: int = 180
    noise: float = 1.5
    person: Callable[[float], Place | None] = _nowhere
    person_height: int = 60
    contrast: float = 60
    light: Callable[[float], float] = _unchanged
    lamp: Callable[[float], float] = _unchanged
    shake: Callable[[float], Place] = _firm
    clock: bool = False
    key_frame_s: float = 0.0
    wind: Callable[[float], Place] = _firm
    rain: int = 0
    seed: int = 1
    _generator: np.random.Generator = field(init=False, repr=False)
    _empty: NDArray[np.float32] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_generator", np.random.default_rng(self.seed))
        object.__setattr__(self, "_empty", self._shop())

    def at(self, at_s: float) -> Grey:
        """The picture at a time."""
        picture = self._empty.copy()
        if (place := self.person(at_s)) is not None:
            self._draw_person(picture, place)
        self._draw_plant(picture, self.wind(at_s))
        self._draw_rain(picture)
        picture *= self.light(at_s) * self._lamp(at_s)
        right, down = self.shake(at_s)
        move = np.array([[1, 0, right], [0, 1, down]], np.float32)
        picture = cv2.warpAffine(picture, move, (self.width, self.height), borderMode=cv2.BORDER_REFLECT)
        picture += self._redrawn(at_s) + self._generator.normal(0, self.noise, picture.shape)
        grey = np.clip(picture, 0, 255).astype(np.uint8)
        if self.clock:
            cv2.putText(grey, f"14:32:{int(at_s) % 60:02}", (8, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.45, 255, 1)
        return grey

    def looks(self, times: list[float]) -> Iterator[tuple[float, Grey]]:
        """The pictures at some times."""
        for at_s in times:
            yield at_s, self.at(at_s)

    def _shop(self) -> NDArray[np.float32]:
        picture = np.full((self.height, self.width), 150, np.float32)
        picture[: self.height // 2] = 175
        drawn = np.random.default_rng(7)
        for left in range(0, self.width, 12):
            tops = drawn.integers(4, self.height // 2, 3)
            shades = drawn.integers(60, 220, 3)
            for top, shade in zip(tops, shades, strict=True):
                cv2.rectangle(picture, (left, int(top)), (left + 8, int(top) + 9), float(shade), -1)
        return picture

    def _draw_person(self, picture: NDArray[np.float32], place: Place) -> None:
        x, y = place
        tall, wide = self.person_height / 2, self.person_height / 6
        shade = 150 - self.contrast
        # 4 fractional bits: a slow walker moves by parts of a pixel
        centre = (round(x * 16), round((y + tall * 0.2) * 16))
        cv2.ellipse(picture, centre, (round(wide * 16), round(tall * 12.8)), 0, 0, 360, shade, -1, cv2.LINE_AA, 4)
        head = (round(x * 16), round((y - tall * 0.75) * 16))
        cv2.circle(picture, head, round(wide * 11), shade + 25, -1, cv2.LINE_AA, 4)

    def _draw_plant(self, picture: NDArray[np.float32], blown: Place) -> None:
        """Leaves, blown by parts of a pixel; nothing where nothing blows."""
        if self.wind is _firm:
            return
        tall, wide = self.height // 3, self.width // 4
        leaves = np.random.default_rng(11).normal(110, 35, (tall // 3 + 1, wide // 3 + 1)).astype(np.float32)
        leaves = cv2.resize(leaves, (wide, tall), interpolation=cv2.INTER_LINEAR)
        move = np.array([[1, 0, blown[0]], [0, 1, blown[1]]], np.float32)
        left = self.width - wide - 8
        picture[8 : 8 + tall, left : left + wide] = cv2.warpAffine(
            leaves, move, (wide, tall), borderMode=cv2.BORDER_REFLECT
        )

    def _draw_rain(self, picture: NDArray[np.float32]) -> None:
        for x, y in self._generator.integers((0, 0), (self.width, self.height), (self.rain, 2)):
            cv2.line(picture, (int(x), int(y)), (int(x) + 1, int(y) + 7), 200.0, 1, cv2.LINE_AA)

    def _lamp(self, at_s: float) -> NDArray[np.float32]:
        across = np.linspace(0, 1, self.width, dtype=np.float32)
        return 1 + (np.float32(self.lamp(at_s)) - 1) * np.clip(1.5 - 2 * across, 0, 1)[None, :]

    def _redrawn(self, at_s: float) -> NDArray[np.float32]:
        """What the codec left out or added since the last key frame: coarse, low and the same until the next one."""
        if not self.key_frame_s:
            return np.zeros((self.height, self.width), np.float32)
        drawn = np.random.default_rng(1000 + int(at_s / self.key_frame_s))
        coarse = drawn.normal(0, 3, (self.height // 8, self.width // 8)).astype(np.float32)
        return np.asarray(cv2.resize(coarse, (self.width, self.height), interpolation=cv2.INTER_LINEAR), np.float32)
