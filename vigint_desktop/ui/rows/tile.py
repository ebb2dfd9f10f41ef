"""What a tile says about its camera."""

from dataclasses import dataclass

from vigint_core.domain.camera import Camera, CameraState
from vigint_core.domain.ids import CameraId
from vigint_core.domain.status import CameraStatus
from vigint_desktop.ui.rows.clocks import length
from vigint_desktop.ui.rows.words import Words

LATE_S = 2.0  # an older picture is told to be old


@dataclass(frozen=True, slots=True)
class TileRow:
    """A tile in words.

    Attributes:
        state: None until the camera was heard of.
        cause, remedy: of the camera's fault, empty while there is none.
        retry_at_mono_s: when it is tried again, monotonic, or None.
    """

    camera_id: CameraId
    name: str
    demo: bool
    state: CameraState | None
    state_word: str
    cause: str = ""
    remedy: str = ""
    retry_at_mono_s: float | None = None

    @property
    def live(self) -> bool:
        """Whether its pictures are now."""
        return self.state is CameraState.LIVE


def tile_row(camera: Camera, status: CameraStatus | None, words: Words) -> TileRow:
    """The row for one camera; without a status its state is unknown, and said to be."""
    fault = status.fault if status else None
    return TileRow(
        camera_id=camera.id,
        name=camera.name,
        demo=camera.is_demo,
        state=status.state if status else None,
        state_word=words(f"camera.{status.state}" if status else "camera.unknown"),
        cause=words.cause(fault.code) if fault else "",
        remedy=words.remedy(fault.code) if fault else "",
        retry_at_mono_s=status.retry_at_mono_s if status else None,
    )


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


def retry_word(retry_at_mono_s: float | None, now_mono_s: float, words: Words) -> str:
    """``Trying again in 8 s.``, or "" when nothing is planned."""
    if retry_at_mono_s is None:
        return ""
    left_s = retry_at_mono_s - now_mono_s
    return words("tile.retry_in", seconds=int(left_s) + 1) if left_s > 0 else words("tile.retrying")
