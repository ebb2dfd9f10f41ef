"""What the owner drew on a camera's picture: zones and lines, and how its gate is set.

Places are shares of the picture's width and height, from the upper left corner, 0 to 1: they hold for both streams of a
camera and for every size of its picture.
"""

from dataclasses import dataclass
from enum import StrEnum

Point = tuple[float, float]
"""``(x, y)`` as shares of the picture's width and height."""


class ZoneUse(StrEnum):
    """What a zone is for.

    WATCH: where something is watched; with one such zone, movement elsewhere opens no gate. IGNORE: movement in it
    counts for nothing. PRIVACY: what it covers never leaves the machine.
    """

    WATCH = "watch"
    IGNORE = "ignore"
    PRIVACY = "privacy"


class ZoneKind(StrEnum):
    """What a watch zone shows; decides which types of incident may happen there."""

    AISLE = "aisle"
    HIGH_VALUE = "high_value"
    SELF_CHECKOUT = "self_checkout"
    TILL = "till"
    EXIT = "exit"
    STOCK_ROOM = "stock_room"
    OUTDOORS = "outdoors"


class Crossing(StrEnum):
    """Which way over a line counts, seen from its start towards its end."""

    BOTH = "both"
    TO_LEFT = "to_left"
    TO_RIGHT = "to_right"


@dataclass(frozen=True, slots=True)
class Zone:
    """A polygon on the picture.

    Attributes:
        id: stable identity within the camera; names may change.
        points: at least three corners in order; the last one joins the first.
        kind: of a watch zone, else None.
        dwell_s: of a watch zone: movement that stays in it longer than this is an incident while the rules are armed;
            None for never.
    """

    id: str
    name: str
    use: ZoneUse
    points: tuple[Point, ...]
    kind: ZoneKind | None = None
    dwell_s: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line on the picture; crossing it is an incident while the rules are armed."""

    id: str
    name: str
    start: Point
    end: Point
    crossing: Crossing = Crossing.BOTH


@dataclass(frozen=True, slots=True)
class Scene:
    """How a camera's picture is to be taken.

    Attributes:
        sensitivity: of the gate; above 1 it opens on less, below 1 on more.
        occupied_s: who stops and stands keeps the gate open for at most this long.
        drawn_on: width and height of the picture that zones and lines were drawn on, or None without any.
        unlocked: the owner lets the privacy zones be seen in exports. Never in what is sent.
    """

    zones: tuple[Zone, ...] = ()
    lines: tuple[Line, ...] = ()
    sensitivity: float = 1.0
    occupied_s: float = 20.0
    drawn_on: tuple[int, int] | None = None
    unlocked: bool = False

    def of(self, use: ZoneUse) -> tuple[Zone, ...]:
        """The zones of one use, in order."""
        return tuple(zone for zone in self.zones if zone.use is use)
