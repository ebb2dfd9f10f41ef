"""Small pictures and windows made of them, at times that a test chooses."""

import numpy as np

from tests.fakes.clock import NOON_S
from vigint_core.domain.frame import Moment, Picture
from vigint_core.domain.ids import CameraId, WindowId
from vigint_core.domain.window import GateEvidence, Span, Window

DOOR = CameraId("door")
WIDTH, HEIGHT = 64, 36


def moment(mono_s: float) -> Moment:
    """A moment on a machine whose monotonic clock shows 1000 at noon."""
    return Moment(mono_s, NOON_S + mono_s - 1000.0, mono_s - 1000.0)


def picture(mono_s: float, camera_id: CameraId = DOOR) -> Picture:
    """A picture whose brightness tells its time: luma is the second modulo 200, plus 20."""
    yuv = np.full((HEIGHT * 3 // 2, WIDTH), 128, np.uint8)
    yuv[:HEIGHT] = int(mono_s) % 200 + 20
    yuv.flags.writeable = False
    return Picture(camera_id, moment(mono_s), WIDTH, HEIGHT, yuv)


def pictures(start_s: float, end_s: float, camera_id: CameraId = DOOR) -> tuple[Picture, ...]:
    """Two a second over ``[start_s, end_s)`` of monotonic time."""
    return tuple(picture(float(at_s), camera_id) for at_s in np.arange(start_s, end_s, 0.5))


def window(name: str = "w1", camera_id: CameraId = DOOR, start_s: float = 1000.0, length_s: float = 10.0) -> Window:
    """A window of ``length_s`` from ``start_s`` of monotonic time, with five seconds of lead."""
    end_s = start_s + length_s
    return Window(
        id=WindowId(name),
        camera_id=camera_id,
        camera_name=camera_id.title(),
        span=Span(moment(start_s).wall_s, moment(end_s).wall_s),
        pictures=pictures(start_s, end_s, camera_id),
        lead=pictures(start_s - 5.0, start_s, camera_id),
        evidence=GateEvidence(2.0, 0.5),
        due_mono_s=end_s,
    )


class PicturesInMemory:
    """The watcher's ``Pictures``: whatever the test puts in."""

    def __init__(self) -> None:
        self.kept: list[Picture] = []

    def between(self, start_mono_s: float, end_mono_s: float) -> tuple[Picture, ...]:
        """Those of ``[start, end)`` of monotonic time, in order."""
        return tuple(p for p in self.kept if start_mono_s <= p.at.mono_s < end_mono_s)
