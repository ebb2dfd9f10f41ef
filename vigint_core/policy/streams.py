"""Which of a camera's two streams serves the tile, and which one gate and pictures.

The sub stream is cheap to decode, so it serves whatever its pixels suffice for; the main stream serves the rest, and
everything while the sub stream is away. The gate stays on one stream as long as that lives: another one's pictures are
a little different everywhere, which looks like movement.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_SUFFICES_TO: Final = 1.1
"""A picture may be enlarged this much before anybody sees it."""
_SLACK: Final = 0.05
"""Around that border the stream in use stays in use: a tile whose size trembles changes nothing."""


class Stream(StrEnum):
    """One of a camera's streams."""

    MAIN = "main"
    SUB = "sub"


@dataclass(frozen=True, slots=True)
class Extent:
    """Width and height in pixels; 0 x 0 where there is nothing, or nothing is known."""

    width: int = 0
    height: int = 0

    def scale_into(self, tile: "Extent") -> float:
        """How much a picture of this size is enlarged to fill the tile without losing its shape."""
        return min(tile.width / self.width, tile.height / self.height)

    def __bool__(self) -> bool:
        return self.width > 0 and self.height > 0


@dataclass(frozen=True, slots=True)
class Supply:
    """What a camera with two streams has to offer.

    Attributes:
        main_lost, sub_lost: whether a stream has failed or stands still; not while it is opened for the first time.
        sub_size: pixels of the sub stream, once they are known.
    """

    main_lost: bool = False
    sub_lost: bool = False
    sub_size: Extent = Extent()


@dataclass(frozen=True, slots=True)
class Service:
    """Who serves what: ``tile`` is wanted on the tile, ``watch`` feeds the gate and the pictures."""

    tile: Stream
    watch: Stream


def serve(tile: Extent, supply: Supply, before: Service | None) -> Service:
    """Who is to serve a tile of ``tile`` device pixels (0 x 0: not on screen) from now on."""
    if supply.sub_lost and not supply.main_lost:
        return Service(Stream.MAIN, Stream.MAIN)
    if supply.main_lost or not tile or not supply.sub_size:
        return Service(Stream.SUB, Stream.SUB)
    border = _SUFFICES_TO
    if before is not None:
        border += _SLACK if before.tile is Stream.SUB else -_SLACK
    suffices = supply.sub_size.scale_into(tile) <= border
    return Service(Stream.SUB if suffices else Stream.MAIN, Stream.SUB)
