"""Who sits where: cameras on the places of a view, page by page."""

from collections.abc import Sequence
from typing import Final

from vigint_core.domain.ids import CameraId
from vigint_desktop.ui.rows.grid import AUTO, places_of

MOST_NAMED: Final = 256  # places that a view remembers, with those of cameras that are gone

Seats = tuple[CameraId | None, ...]


def seats(named: Sequence[str], cameras: Sequence[CameraId], layout: str) -> Seats:
    """The cameras of a view in the order of its places, over all pages; None is an empty place.

    ``named`` is the order that was made by hand: ids, and ``""`` for a place left empty. Cameras that it does not name
    take the places of those that are gone, then follow in the owner's order. The automatic layout has no empty place.
    """
    there, newcomers = set(cameras), [camera for camera in cameras if camera not in named]
    taken: list[CameraId | None] = []
    for name in named:
        camera = CameraId(name)
        if name and camera not in there and newcomers:
            camera = newcomers.pop(0)
        taken.append(camera if camera in there and camera not in taken else None)
    taken += newcomers
    if layout == AUTO:
        return tuple(camera for camera in taken if camera is not None)
    last = max((place for place, camera in enumerate(taken) if camera is not None), default=-1)
    return tuple(taken[: last + 1])  # empty places at the very end would only make empty pages


def pages(order: Seats, layout: str) -> int:
    """How many pages a view has; at least one."""
    return max(1, -(-len(order) // places_of(layout, len(order))))


def page(order: Seats, layout: str, number: int) -> Seats:
    """The places of one page (from 0), filled up with empty ones."""
    size = places_of(layout, len(order))
    shown = order[number * size : (number + 1) * size]
    return shown if layout == AUTO else (*shown, *(None for _ in range(size - len(shown))))


def page_of(order: Seats, layout: str, camera: CameraId) -> int | None:
    """The page on which a camera is, or None when the view does not show it."""
    return order.index(camera) // places_of(layout, len(order)) if camera in order else None


def swapped(named: Sequence[str], order: Seats, one: int, other: int) -> tuple[str, ...]:
    """The order by hand after two places changed what they show; a place behind the last one counts as empty.

    Cameras of ``named`` that are gone (or of another group) are remembered: where their place is empty they keep it,
    else they stand at the end, so that they come back when the camera does.
    """
    length = max(len(order), one + 1, other + 1)
    shown = [*(camera or "" for camera in order), *("" for _ in range(length - len(order)))]
    shown[one], shown[other] = shown[other], shown[one]
    gone = dict.fromkeys(name for name in named if name and name not in shown)
    for place, name in enumerate(named[:length]):
        if name in gone and not shown[place]:
            shown[place] = name
            del gone[name]
    return tuple([*shown, *gone][:MOST_NAMED])
