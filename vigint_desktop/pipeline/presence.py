"""What cameras are while nobody looks at them: off by hours or mode, or offline. The desk asks it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from vigint_core.domain.camera import Camera, CameraState
from vigint_core.domain.coverage import Cover, Watch
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import CameraId
from vigint_core.domain.schedule import Mode
from vigint_core.domain.status import CameraStatus
from vigint_core.domain.window import Span

_TELL_EVERY_S: Final = 5.0
_COVERS: Final = {
    CameraState.LIVE: None,
    CameraState.STOPPED: None,
    CameraState.OFF: Cover.OFF,
    CameraState.ASLEEP: Cover.OFF,
}
"""Every other state is offline: nothing was seen, or nothing that can be believed (frozen, black, covered)."""


@dataclass(frozen=True, slots=True)
class _Spell:
    """A cover that goes on, since when, and up to when it was told."""

    cover: Cover
    reason: Code | None
    since_s: float
    told_s: float


class Presence:
    """Spells of all cameras; bounded by their number. Used by the desk's thread alone."""

    def __init__(self) -> None:
        self._spells: dict[CameraId, _Spell] = {}
        self._unwatched: dict[CameraId, _Spell] = {}
        self._over: list[tuple[Watch, float]] = []

    def note(self, status: CameraStatus) -> None:
        """A camera says how it is."""
        camera_id = status.camera_id
        before = self._spells.get(camera_id)
        cover = _COVERS.get(status.state, Cover.OFFLINE)
        reason = status.fault.code if status.fault and cover is Cover.OFFLINE else None
        if before is not None and before.cover is cover:
            self._spells[camera_id] = replace(before, reason=reason or before.reason)
            return
        if before is not None:
            self._over.append(_grown(camera_id, before, max(before.since_s, status.since_s)))
            del self._spells[camera_id]
        if cover is not None:
            self._spells[camera_id] = _Spell(cover, reason, status.since_s, status.since_s)

    def arranged(self, cameras: Iterable[Camera], now_s: float) -> None:
        """These cameras are on the wall; where the plan's mode is AI off, nobody looks whatever they send."""
        off = {camera.id for camera in cameras if camera.plan.mode is Mode.AI_OFF}
        for camera_id in self._unwatched.keys() - off:
            self._over.append(_grown(camera_id, self._unwatched.pop(camera_id), now_s))
        for camera_id in off - self._unwatched.keys():
            self._unwatched[camera_id] = _Spell(Cover.OFF, None, now_s, now_s)

    def due(self, now_s: float) -> list[tuple[Watch, float]]:
        """What is to be written now, each with the Unix time up to which it was written before.

        It is asked again until ``done`` says that it was.
        """
        return [*self._over, *_growing(self._spells, now_s), *_growing(self._unwatched, now_s)]

    def done(self, now_s: float) -> None:
        """Everything that was due at ``now_s`` is written."""
        self._over.clear()
        for spells in (self._spells, self._unwatched):
            for watch, _ in list(_growing(spells, now_s)):
                spells[watch.camera_id] = replace(spells[watch.camera_id], told_s=now_s)

    def end(self, now_s: float) -> None:
        """The program ends: nothing that goes on is known any further."""
        for spells in (self._spells, self._unwatched):
            self._over.extend(_grown(camera_id, spell, now_s) for camera_id, spell in spells.items())
            spells.clear()


def _growing(spells: dict[CameraId, _Spell], now_s: float) -> Iterator[tuple[Watch, float]]:
    for camera_id, spell in spells.items():
        if now_s - spell.told_s >= _TELL_EVERY_S:
            yield _grown(camera_id, spell, now_s)


def _grown(camera_id: CameraId, spell: _Spell, end_s: float) -> tuple[Watch, float]:
    return Watch(camera_id, Span(spell.since_s, end_s), spell.cover, spell.reason), min(spell.told_s, end_s)
