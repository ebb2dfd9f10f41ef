"""The people of the demo: where they go, what they do there, and how they are drawn. Not one of them is real."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from vigint_desktop.capture.demo_room import Colour, metre, on_screen

_STEPS_PER_S: Final = 1.7
_SUBPIXEL: Final = 4
"""Bits of a pixel's fraction in the drawing calls: limbs move smoothly at 10 frames a second."""


class Doing(Enum):
    """What the arms do."""

    NOTHING = 0
    REACHING = 1
    POCKETING = 2
    CARRYING = 3


@dataclass(frozen=True, slots=True)
class Step:
    """A person is at ``(x, depth)`` at ``at_s`` of the scene, and ``doing`` this from then until the next step."""

    at_s: float
    x: float
    depth: float
    doing: Doing = Doing.NOTHING


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, from the first step to the last; outside of these times not in the picture.

    Attributes:
        faces: the side on which the arm acts: -1 left, 1 right.
    """

    steps: tuple[Step, ...]
    coat: Colour
    trousers: Colour
    hair: Colour = (38, 42, 52)
    tall_m: float = 1.72
    faces: int = 1


@dataclass(frozen=True, slots=True)
class Pose:
    """Where somebody is and how they stand at one moment; ``stride`` is 0 for standing, 1 for walking."""

    x: float
    depth: float
    stride: float
    doing: Doing
    doing_share: float
    at_s: float


def pose(person: Person, at_s: float) -> Pose | None:
    """How a person stands at a time of the scene; None while they are not there."""
    steps = person.steps
    if not steps[0].at_s <= at_s < steps[-1].at_s:
        return None
    index = max(i for i, step in enumerate(steps) if step.at_s <= at_s)
    here, there = steps[index], steps[index + 1]
    share = (at_s - here.at_s) / (there.at_s - here.at_s)
    distance = math.hypot(there.x - here.x, (there.depth - here.depth) * 2)
    return Pose(
        here.x + (there.x - here.x) * share,
        here.depth + (there.depth - here.depth) * share,
        1.0 if distance > 0.02 else 0.0,
        here.doing,
        math.sin(math.pi * share),
        at_s,
    )


def draw(picture: NDArray[np.uint8], person: Person, pose: Pose) -> None:
    """Draw a person into a picture, shape (height, width, 3), BGR."""
    foot_x, foot_y = on_screen(pose.x, pose.depth)
    _Figure(picture, person, pose, foot_x, foot_y, metre(pose.depth) * person.tall_m).draw()


@dataclass(frozen=True, slots=True)
class _Figure:
    """A person on the screen; ``tall`` in pixels. Offsets below are shares of it, upwards positive."""

    picture: NDArray[np.uint8]
    person: Person
    pose: Pose
    foot_x: float
    foot_y: float
    tall: float

    def draw(self) -> None:
        """From the floor upwards."""
        self._shadow()
        swing = 0.11 * self.pose.stride * math.sin(2 * math.pi * _STEPS_PER_S * self.pose.at_s / 2)
        far_leg, near_leg = _shaded(self.person.trousers, 0.72), self.person.trousers
        self._limb([(-0.03, 0.5), (-0.035 - swing * 0.5, 0.26), (-0.04 - swing, 0.01)], 0.085, far_leg)
        self._limb([(0.03, 0.5), (0.035 + swing * 0.5, 0.26), (0.04 + swing, 0.0)], 0.085, near_leg)
        self._limb(self._arm(-self.person.faces, -swing, Doing.NOTHING), 0.058, _shaded(self.person.coat, 0.7))
        self._torso()
        self._head()
        arm = self._arm(self.person.faces, swing, self.pose.doing)
        self._limb(arm, 0.058, _shaded(self.person.coat, 0.88))
        self._dot(arm[-1], 0.026, (132, 158, 196))
        if self.pose.doing is Doing.CARRYING:
            self._box(arm[-1])
        elif self.pose.doing is Doing.REACHING or (self.pose.doing is Doing.POCKETING and self.pose.doing_share < 0.9):
            self._dot((arm[-1][0] + 0.02 * self.person.faces, arm[-1][1] + 0.01), 0.03, (70, 96, 190))

    def _arm(self, side: int, swing: float, doing: Doing) -> list[tuple[float, float]]:
        """Shoulder, elbow, hand."""
        shoulder = (0.095 * side, 0.79)
        share = self.pose.doing_share
        if doing is Doing.REACHING:
            return [
                shoulder,
                (side * (0.13 + 0.06 * share), 0.68 + 0.06 * share),
                (side * (0.14 + 0.2 * share), 0.56 + 0.26 * share),
            ]
        if doing is Doing.POCKETING:
            return [shoulder, (side * 0.17, 0.63), (side * (0.15 - 0.11 * share), 0.58 - 0.06 * share)]
        if doing is Doing.CARRYING:
            return [shoulder, (side * 0.14, 0.62), (side * 0.08, 0.56)]
        return [shoulder, (side * 0.125 - swing * 0.4, 0.63), (side * 0.13 - swing * 1.1, 0.48)]

    def _shadow(self) -> None:
        soft = self.picture.copy()
        axes = (max(2, round(self.tall * 0.17)), max(1, round(self.tall * 0.045)))
        cv2.ellipse(soft, (round(self.foot_x), round(self.foot_y)), axes, 0, 0, 360, (60, 62, 64), -1, cv2.LINE_AA)
        cv2.addWeighted(soft, 0.45, self.picture, 0.55, 0, dst=self.picture)

    def _torso(self) -> None:
        outline = [(-0.1, 0.8), (-0.06, 0.84), (0.06, 0.84), (0.1, 0.8), (0.085, 0.46), (-0.085, 0.46)]
        lit = [(0.0, 0.84), (0.06, 0.84), (0.1, 0.8), (0.085, 0.46), (0.02, 0.46)]
        self._fill(outline, _shaded(self.person.coat, 0.82))
        self._fill(lit, self.person.coat)

    def _head(self) -> None:
        self._limb([(0.0, 0.84), (0.0, 0.88)], 0.05, (112, 138, 176))
        self._dot((0.0, 0.925), 0.062, self.person.hair)
        self._dot((0.012 * self.person.faces, 0.91), 0.05, (136, 164, 204))

    def _box(self, hand: tuple[float, float]) -> None:
        left, low = -0.13, hand[1] - 0.08
        self._fill([(left, low + 0.17), (left + 0.26, low + 0.17), (left + 0.26, low), (left, low)], (86, 126, 162))

    def _limb(self, joints: Sequence[tuple[float, float]], thick: float, colour: Colour) -> None:
        points = [np.array([self._at(joint) for joint in joints])]
        width = max(1, round(thick * self.tall))
        cv2.polylines(
            self.picture, points, isClosed=False, color=colour, thickness=width, lineType=cv2.LINE_AA, shift=_SUBPIXEL
        )

    def _fill(self, outline: Sequence[tuple[float, float]], colour: Colour) -> None:
        cv2.fillPoly(self.picture, [np.array([self._at(each) for each in outline])], colour, cv2.LINE_AA, _SUBPIXEL)

    def _dot(self, centre: tuple[float, float], radius: float, colour: Colour) -> None:
        size = max(1, round(radius * self.tall * 2**_SUBPIXEL))
        cv2.circle(self.picture, self._at(centre), size, colour, -1, cv2.LINE_AA, _SUBPIXEL)

    def _at(self, offset: tuple[float, float]) -> tuple[int, int]:
        """Fixed-point pixel of an offset from between the feet."""
        scale = 2**_SUBPIXEL
        return round((self.foot_x + offset[0] * self.tall) * scale), round(
            (self.foot_y - offset[1] * self.tall) * scale
        )


def _shaded(colour: Colour, share: float) -> Colour:
    return (int(colour[0] * share), int(colour[1] * share), int(colour[2] * share))
