"""A wall without a window: real cameras on a running supervisor, and what a test can see and wait for of each."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import av

from tests.fakes.sink import RecordingSink
from tests.fakes.sources import RecordingTap
from tests.fakes.waiting import wait_until
from vigint_core.clock import SystemClock
from vigint_core.domain.camera import Camera, CameraState, SourceKind, Transport
from vigint_core.domain.fault import Code, Fault
from vigint_core.domain.ids import CameraId
from vigint_core.domain.status import CameraStatus
from vigint_core.domain.window import Span
from vigint_core.media.clip import mux
from vigint_core.media.packets import PacketCut
from vigint_core.policy.retry import BackOff
from vigint_desktop.capture.channels import Channels
from vigint_desktop.capture.source import Opener
from vigint_desktop.capture.supervisor import Supervisor
from vigint_desktop.capture.worker import Retrying

SOON: Final = Retrying(BackOff(first_s=0.2, most_s=0.2))
TILE: Final = (320, 240)
ALWAYS: Final = Span(0, 1e12)


@dataclass(slots=True)
class Seat:
    """One camera of the wall."""

    camera: Camera
    channels: Channels
    sink: RecordingSink
    tap: RecordingTap = field(default_factory=RecordingTap)

    @property
    def states(self) -> list[CameraState]:
        """Every state it was in, in order."""
        return [each.state for each in self.sink.of(CameraStatus) if each.camera_id == self.camera.id]

    @property
    def codes(self) -> list[Code]:
        """Every fault it had, in order."""
        return [each.code for each in self.sink.of(Fault) if each.source == self.camera.id]

    @property
    def open_codes(self) -> set[Code]:
        """The faults it has now."""
        return {code for source, code in self.sink.open_faults() if source == self.camera.id}

    @property
    def retry_at_mono_s(self) -> float | None:
        """When it will be tried again by itself, as told last."""
        return [each for each in self.sink.of(CameraStatus) if each.camera_id == self.camera.id][-1].retry_at_mono_s

    def reaches(self, state: CameraState, timeout_s: float = 30.0) -> bool:
        """Whether it comes to be in a state."""
        return self.sink.wait_for(lambda _: self.states[-1:] == [state], timeout_s)

    def decodes(self, frames: int, timeout_s: float = 30.0) -> bool:
        """Whether that many frames come out of its decoder, from the first one on."""
        return wait_until(lambda: self.channels.counters.decoded >= frames, timeout_s)

    def cut(self) -> PacketCut | None:
        """All that its packet ring can give."""
        return self.channels.packets.cut(ALWAYS)


class CameraWall:
    """Cameras on one supervisor."""

    def __init__(self, retrying: Retrying = SOON, opener: Opener | None = None) -> None:
        self.sink = RecordingSink()
        self.supervisor = Supervisor(self.sink, SystemClock(), opener, retrying)

    def seat(
        self,
        name: str,
        url: str | Path,
        password: str = "",
        kind: SourceKind = SourceKind.RTSP,
        transport: Transport = Transport.TCP,
    ) -> Seat:
        """Put a camera on the wall; one with a password is the guard's."""
        user = "guard" if password else ""
        camera = Camera(CameraId(name), name, kind, str(url), user, transport=transport)
        tap = RecordingTap()
        channels = self.supervisor.add(camera, password, tap)
        self.supervisor.show_at(camera.id, *TILE)
        return Seat(camera, channels, self.sink, tap)

    def seat_file(self, name: str, file: Path) -> Seat:
        """Put a file on the wall."""
        return self.seat(name, file, kind=SourceKind.FILE)


@contextmanager
def camera_wall(retrying: Retrying = SOON, opener: Opener | None = None) -> Iterator[CameraWall]:
    """A wall that runs, and is taken down at the end."""
    wall = CameraWall(retrying, opener)
    wall.supervisor.start()
    try:
        yield wall
    finally:
        assert wall.supervisor.stop(timeout_s=30.0)


def sizes_of_clip(cut: PacketCut, file: Path) -> set[tuple[int, int]]:
    """Make a clip of a cut, play it, and say which sizes its pictures have."""
    mux(cut, file)
    sizes = set()
    with av.open(str(file)) as clip:
        for packet in clip.demux(video=0):
            try:
                sizes |= {(picture.width, picture.height) for picture in packet.decode()}
            except av.FFmpegError:
                continue  # the damage is in the packets that were received
    return sizes
