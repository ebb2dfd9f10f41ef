"""The four scenes of the demo: who comes when, and one finished picture for each moment of the loop."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from vigint_desktop.capture import demo_room
from vigint_desktop.capture.demo_people import Doing, Person, Step, draw, pose
from vigint_desktop.capture.demo_room import HEIGHT, WIDTH, Image, Room

FRAMES_PER_S: Final = 10
LOOP_S: Final = 40.0
"""One round of a scene; nobody is in the picture for at least ten seconds of it."""
_NOISE_FIELDS: Final = 7
"""Different fields of sensor noise that take turns; more would only take longer to draw."""


@dataclass(frozen=True, slots=True)
class Script:
    """A scene as it is written: which room, who comes."""

    name: str
    room: Room
    people: tuple[Person, ...]
    seed: int


class Scene:
    """Draws the pictures of one script. The same script gives the same pictures."""

    def __init__(self, script: Script) -> None:
        chance = np.random.default_rng(script.seed)
        self._script = script
        fields = np.rint(chance.normal(0, 2.6, (_NOISE_FIELDS, HEIGHT, WIDTH))).astype(np.int8)
        self._brighter = [cv2.merge([field.clip(0).astype(np.uint8)] * 3) for field in fields]
        self._darker = [cv2.merge([(-field).clip(0).astype(np.uint8)] * 3) for field in fields]

    def picture(self, number: int) -> Image:
        """Picture ``number`` of the loop, from 0, shape (HEIGHT, WIDTH, 3), BGR."""
        at_s = number / FRAMES_PER_S
        picture = self._script.room.picture.copy()
        self._people(picture, at_s)
        _caption(picture, f"{self._script.name}   {int(at_s // 60):02d}:{at_s % 60:04.1f}")
        noise = (number * 3 + number // _NOISE_FIELDS) % _NOISE_FIELDS
        cv2.add(picture, self._brighter[noise], dst=picture)
        cv2.subtract(picture, self._darker[noise], dst=picture)
        return picture

    def _people(self, picture: Image, at_s: float) -> None:
        """From the far end to the near one, so that who is nearer hides who is behind."""
        room = self._script.room
        poses = [(here, person) for person in self._script.people if (here := pose(person, at_s))]
        poses.sort(key=lambda each: each[0].depth)
        waiting = list(room.occluders)
        for here, person in poses:
            while waiting and waiting[0].depth <= here.depth:
                cv2.copyTo(room.picture, waiting.pop(0).mask, picture)
            draw(picture, person, here)
        for occluder in waiting:
            cv2.copyTo(room.picture, occluder.mask, picture)


def _caption(picture: Image, text: str) -> None:
    """The line that recorders burn into their pictures: the scene, and its own clock."""
    cv2.rectangle(picture, (0, HEIGHT - 18), (10 + 7 * len(text), HEIGHT), (24, 24, 24), -1)
    cv2.putText(picture, text, (6, HEIGHT - 5), cv2.FONT_HERSHEY_SIMPLEX, 0.38, (226, 226, 226), 1, cv2.LINE_AA)


_FLOOR: Final = (
    Person(
        (
            Step(2, -0.95, 0.32),
            Step(6, -0.62, 0.52),
            Step(7, -0.62, 0.52, Doing.REACHING),
            Step(10, -0.62, 0.52),
            Step(14, -0.4, 0.88),
            Step(15.5, -0.4, 0.88),
            Step(20, 0.5, 1.25),
        ),
        coat=(126, 84, 62),
        trousers=(62, 58, 66),
        faces=-1,
    ),
    Person(
        (
            Step(5, 0.95, 0.33),
            Step(11, 0.45, 0.6),
            Step(14, 0.45, 0.6, Doing.REACHING),
            Step(16, 0.45, 0.6),
            Step(23, 0.9, 0.32),
        ),
        coat=(74, 76, 150),
        trousers=(92, 84, 76),
        hair=(52, 84, 116),
        tall_m=1.64,
    ),
)
_AISLE: Final = (
    Person(
        (
            Step(8, 0.1, 0.31),
            Step(13, -0.22, 0.62),
            Step(15, -0.22, 0.62, Doing.REACHING),
            Step(18, -0.22, 0.62, Doing.POCKETING),
            Step(20, -0.22, 0.62),
            Step(21.5, -0.22, 0.62),
            Step(26, 0.05, 1.3),
        ),
        coat=(96, 98, 104),
        trousers=(70, 56, 44),
        faces=-1,
    ),
)
_TILL: Final = (
    Person(
        (
            Step(1, -0.95, 0.42),
            Step(4, -0.3, 0.46),
            Step(12, -0.3, 0.46, Doing.REACHING),
            Step(15, -0.3, 0.46),
            Step(24, -0.3, 0.46),
            Step(27, -0.95, 0.42),
        ),
        coat=(92, 132, 92),
        trousers=(60, 60, 60),
        hair=(28, 30, 34),
        tall_m=1.68,
    ),
    Person(
        (
            Step(6, 0.6, 1.28),
            Step(10, -0.02, 0.76),
            Step(13, -0.02, 0.76, Doing.REACHING),
            Step(16, -0.02, 0.76),
            Step(19, -0.02, 0.76),
            Step(23, 0.75, 1.3),
        ),
        coat=(150, 120, 90),
        trousers=(104, 88, 70),
        faces=-1,
    ),
)
_STOCK: Final = (
    Person(
        (
            Step(14, -0.1, 0.31),
            Step(19, -0.5, 0.66, Doing.NOTHING),
            Step(21, -0.5, 0.66, Doing.REACHING),
            Step(24, -0.5, 0.66, Doing.CARRYING),
            Step(29, 0.0, 0.31),
        ),
        coat=(150, 104, 70),
        trousers=(84, 76, 72),
        faces=-1,
        tall_m=1.78,
    ),
)

_SCRIPTS: Final[dict[str, Callable[[], Script]]] = {
    "floor": lambda: Script("SHOP FLOOR", demo_room.shop_floor(11), _FLOOR, 11),
    "aisle": lambda: Script("AISLE 3", demo_room.aisle(12), _AISLE, 12),
    "till": lambda: Script("TILL 1", demo_room.till(13), _TILL, 13),
    "stock": lambda: Script("STOCK ROOM", demo_room.stock_room(14), _STOCK, 14),
}
NAMES: Final = tuple(_SCRIPTS)


def scene(name: str) -> Scene:
    """One of ``NAMES``; draws its room, some 50 ms. Raises KeyError for another name."""
    return Scene(_SCRIPTS[name]())
