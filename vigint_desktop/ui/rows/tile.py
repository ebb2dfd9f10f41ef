"""What a tile says about its camera."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from vigint_core.domain.camera import Camera, CameraState
from vigint_core.domain.ids import CameraId
from vigint_core.domain.status import CameraStatus, Health
from vigint_core.domain.verdict import Severity
from vigint_desktop.ui.rows.clocks import clock, length
from vigint_desktop.ui.rows.words import Words

LATE_S = 2.0  # an older picture is told to be old
_HEALTH: Final = {
    CameraState.CONNECTING: Health.UNKNOWN,
    CameraState.LIVE: Health.OK,
    CameraState.STALLED: Health.DEGRADED,
    CameraState.FROZEN: Health.DOWN,
    CameraState.BLACK: Health.DOWN,
    CameraState.COVERED: Health.DOWN,
    CameraState.UNAUTHORIZED: Health.DOWN,
    CameraState.UNSUPPORTED: Health.DOWN,
    CameraState.FAILED: Health.DOWN,
    CameraState.ASLEEP: Health.NOT_CONFIGURED,
    CameraState.OFF: Health.NOT_CONFIGURED,
    CameraState.STOPPED: Health.NOT_CONFIGURED,
}
_WIDE_PX: Final = 320  # from here on there is room for the word of the gate
_AGE_PX: Final = 220  # and from here for how old a picture is that is not live; below, it stands over the picture
_CLOCK_PX: Final = 420  # and from here for the clock
_AWAITED: Final = "…"


class TileWish(StrEnum):
    """What a hand on a tile asks for, beside what the wall does itself."""

    SNAPSHOT = "snapshot"
    COPY = "copy"
    CLIP_30 = "clip_30"
    CLIP_60 = "clip_60"
    CONFIRM_VIEW = "confirm_view"
    ZONES = "zones"


@dataclass(frozen=True, slots=True)
class TileRow:
    """A tile in words.

    Attributes:
        state: None until the camera was heard of.
        cause, remedy: of the camera's fault, or of its state; empty while there is nothing to explain.
        retry_at_mono_s: when it is tried again, monotonic, or None.
        number: the digit that brings this camera alone on the wall; 0 for none.
    """

    camera_id: CameraId
    name: str
    demo: bool
    state: CameraState | None
    state_word: str
    cause: str = ""
    remedy: str = ""
    retry_at_mono_s: float | None = None
    number: int = 0

    @property
    def live(self) -> bool:
        """Whether its pictures are now, and worth looking at."""
        return self.state is CameraState.LIVE

    @property
    def veiled(self) -> bool:
        """Whether the picture must not pass for what happens now. A new view is now: only its owner can judge it."""
        return not self.live and self.state is not CameraState.COVERED

    @property
    def can_confirm(self) -> bool:
        """Whether its owner may say that the new view is meant."""
        return self.state is CameraState.COVERED


@dataclass(frozen=True, slots=True)
class TileMarks:
    """What a tile shows beside its camera's state.

    Attributes:
        moving: the gate is open.
        saving: the decoder leaves something out.
        recording: packets go to disk.
        severity: of the gravest incident of the last minute.
        zoom: how much larger than fitted the picture is; ``native`` when a pixel of it is one of the screen.
    """

    moving: bool = False
    saving: bool = False
    recording: bool = False
    severity: Severity | None = None
    zoom: float = 1.0
    native: bool = False


@dataclass(frozen=True, slots=True)
class BandRow:
    """Everything in the band above a picture, as it is painted: equal rows look the same."""

    number: str
    name: str
    said: str
    health: Health
    rests: bool
    clock: str
    tags: tuple[str, ...]
    recording: bool
    severity: Severity | None


def tile_row(camera: Camera, status: CameraStatus | None, words: Words, number: int = 0) -> TileRow:
    """The row for one camera; without a status its state is unknown, and said to be."""
    state = status.state if status else None
    fault = status.fault if status and not status.state.rests else None
    return TileRow(
        camera_id=camera.id,
        name=camera.name,
        demo=camera.is_demo,
        state=state,
        state_word=words(f"camera.{state}" if state else "camera.unknown"),
        cause=words.cause(fault.code) if fault else _about(state, words),
        remedy=words.remedy(fault.code) if fault else "",
        retry_at_mono_s=status.retry_at_mono_s if status else None,
        number=number,
    )


def band_row(
    row: TileRow, marks: TileMarks, age_s: float | None, wall_s: float | None, words: Words, px: int
) -> BandRow:
    """The band of a tile ``px`` pixels wide; age and Unix time are those of its picture, if there is one."""
    late = row.live and is_late(age_s)
    return BandRow(
        number=str(row.number) if row.number else "",
        name=row.name,
        said=" · ".join(filter(None, _said(row, marks, age_s, words, px))),
        health=Health.DEGRADED if late or (row.live and marks.saving) else health_of(row.state),
        rests=row.state is not None and row.state.rests,
        clock=clock(wall_s) if wall_s is not None and px >= _CLOCK_PX else "",
        tags=tuple(filter(None, (words("tile.demo") if row.demo else "", _zoom_word(marks, words)))),
        recording=marks.recording,
        severity=marks.severity,
    )


def health_of(state: CameraState | None) -> Health:
    """How a camera in this state is."""
    return Health.UNKNOWN if state is None else _HEALTH[state]


def is_late(age_s: float | None) -> bool:
    """Whether a picture of this age must not pass for live."""
    return age_s is not None and age_s > LATE_S


def age_word(age_s: float | None, words: Words) -> str:
    """``12 s old``, or "" while the picture is fresh or there is none."""
    if age_s is None or not is_late(age_s):
        return ""
    return words("tile.age", age=length(age_s, words))


def state_word(row: TileRow, age_s: float | None, words: Words) -> str:
    """The state, except that a live camera whose picture is old is called late."""
    return words("camera.late") if row.live and is_late(age_s) else row.state_word


def explanation(row: TileRow, age_s: float | None, now_mono_s: float, words: Words, px: int) -> tuple[str, ...]:
    """What stands over the picture of a tile ``px`` pixels wide, the weightiest first; nothing while it is live.

    A live camera that has just come on screen has no picture yet: three points say that one is being waited for.
    """
    if row.live:
        return () if age_s is not None else (_AWAITED,)
    age = age_word(age_s, words) if px < _AGE_PX else ""
    lines = (row.cause or row.state_word, age, row.remedy, retry_word(row.retry_at_mono_s, now_mono_s, words))
    return tuple(line for line in lines if line)


def retry_word(retry_at_mono_s: float | None, now_mono_s: float, words: Words) -> str:
    """``Trying again in 8 s.``, or "" when nothing is planned."""
    if retry_at_mono_s is None:
        return ""
    left_s = retry_at_mono_s - now_mono_s
    return words("tile.retry_in", seconds=int(left_s) + 1) if left_s > 0 else words("tile.retrying")


def _about(state: CameraState | None, words: Words) -> str:
    """Why a camera shows nothing new although nothing is wrong with it."""
    return words(f"tile.about.{state}") if state is not None and state.rests else ""


def _said(row: TileRow, marks: TileMarks, age_s: float | None, words: Words, px: int) -> tuple[str, ...]:
    """In a small tile the hairline alone tells of movement, and "saving" stands for "live"."""
    wide = px >= _WIDE_PX
    moving = words("tile.moving") if wide and marks.moving and row.live else ""
    saving = words("tile.saving") if marks.saving and row.state is not None and row.state.has_picture else ""
    state = "" if saving and row.live and not wide and not is_late(age_s) else state_word(row, age_s, words)
    age = age_word(age_s, words) if row.live or px >= _AGE_PX else ""
    return (moving, saving, state, age)


def _zoom_word(marks: TileMarks, words: Words) -> str:
    if marks.zoom == 1.0:
        return ""
    return words("tile.zoom_native" if marks.native else "tile.zoom", factor=f"{marks.zoom:.1f}")
