"""A camera with two streams against a real RTSP server: sizes come and go, streams are lost, UDP loses packets."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from tests.fakes.rtsp_server import RtspServer, rtsp_server, rtsp_servers
from tests.fakes.sink import RecordingSink
from tests.fakes.sources import RecordingTap
from tests.fakes.waiting import wait_until
from vigint_core.clock import SystemClock
from vigint_core.domain.camera import Camera, CameraState, SourceKind, Transport
from vigint_core.domain.fault import Code, Fault
from vigint_core.domain.frame import Frame
from vigint_core.domain.ids import CameraId
from vigint_core.domain.status import CameraStatus
from vigint_desktop.capture.supervisor import Supervisor

MAIN, SUB = (640, 360), (320, 180)
FPS = 15


def film(file: Path, size: tuple[int, int], *, still: bool = False) -> Path:
    """Six seconds of a bar that walks over a grained wall, a key frame a second; or of a wall that stands still."""
    width, height = size
    wall = np.random.default_rng(2).integers(60, 180, (9, 16, 3)).astype(np.uint8)
    wall = wall.repeat(height // 9, 0).repeat(width // 16, 1)
    with av.open(str(file), "w") as out:
        stream = out.add_stream("libx264", rate=FPS, options={"crf": "26", "preset": "veryfast", "bf": "0"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.gop_size = FPS
        for number in range(6 * FPS):
            picture = wall.copy()
            if not still:
                left = number * width // (6 * FPS)
                picture[:, left : left + width // 16] = 230
            frame = av.VideoFrame.from_ndarray(picture[:height, :width], "bgr24")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return file


class Wall:
    """One camera on a running supervisor."""

    def __init__(self, camera: Camera) -> None:
        self.camera, self.sink, self.tap = camera, RecordingSink(), RecordingTap()
        self.supervisor = Supervisor(self.sink, SystemClock())
        self.channels = self.supervisor.add(camera, "", self.tap)
        self.supervisor.start()
        self.shown: list[Frame] = []

    def show_at(self, size: tuple[int, int]) -> None:
        self.supervisor.show_at(self.camera.id, *size)

    def shows(self, width: int) -> bool:
        """Whether frames of this width come."""
        return wait_until(lambda: self._taken_width() == width, every_s=0.01)

    def is_in(self, state: CameraState, fault: Code | None = None) -> bool:
        def so(sink: RecordingSink) -> bool:
            told = sink.of(CameraStatus)
            return bool(told) and told[-1].state is state and (told[-1].fault and told[-1].fault.code) is fault

        return self.sink.wait_for(so)

    def _taken_width(self) -> int:
        frame = self.channels.mailbox.take()
        if frame is None:
            return 0
        self.shown.append(frame)
        return frame.width


@pytest.fixture
def walls() -> Iterator[list[Wall]]:
    """Walls that are taken down at the end."""
    walls: list[Wall] = []
    yield walls
    for wall in walls:
        assert wall.supervisor.stop(timeout_s=30.0)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RtspServer]:
    files = {"main": film(tmp_path / "main.mp4", MAIN), "sub": film(tmp_path / "sub.mp4", SUB)}
    with rtsp_servers({name: {"file": file} for name, file in files.items()}) as server:
        yield server


def both(server: RtspServer, *, sub: str = "sub") -> Camera:
    return Camera(CameraId("door"), "Door", SourceKind.RTSP, server.address("main"), sub_url=server.address(sub))


@pytest.mark.slow
def test_the_stream_follows_the_tile_both_ways_and_time_only_goes_on(server: RtspServer, walls: list[Wall]) -> None:
    wall = Wall(both(server))
    walls.append(wall)
    wall.show_at(SUB)
    assert wall.is_in(CameraState.LIVE)
    assert wall.shows(SUB[0])
    for _ in range(2):
        wall.show_at(MAIN)
        assert wall.shows(MAIN[0])
        wall.show_at(SUB)
        assert wait_until(lambda: wall.channels.mailbox.showing == "sub")
    assert wall.shows(SUB[0])
    numbers = [frame.number for frame in wall.shown]
    times = [frame.at.mono_s for frame in wall.shown]
    assert numbers == sorted(set(numbers))
    assert times == sorted(times)
    assert wall.tap.shapes == {(180, 320)}, "the gate saw the sub stream alone"
    assert wall.tap.losses == 0
    assert wall.sink.of(Fault) == []


@pytest.mark.slow
def test_a_camera_unplugged_and_back_has_both_streams_again(server: RtspServer, walls: list[Wall]) -> None:
    wall = Wall(both(server))
    walls.append(wall)
    wall.show_at(MAIN)
    assert wall.shows(MAIN[0])
    server.kill()
    assert wall.is_in(CameraState.FAILED, Code.CAMERA_UNREACHABLE)
    server.start()
    assert wall.is_in(CameraState.LIVE)
    assert wall.shows(MAIN[0])
    assert wait_until(lambda: wall.channels.sub_counters.opened == 2)
    assert wait_until(lambda: wall.sink.open_faults() == set())


@pytest.mark.slow
def test_a_sub_stream_that_does_not_exist_is_stood_in_for(server: RtspServer, walls: list[Wall]) -> None:
    wall = Wall(both(server, sub="nowhere"))
    walls.append(wall)
    wall.show_at(SUB)
    assert wall.is_in(CameraState.LIVE, Code.CAMERA_SUB_LOST)
    assert wall.shows(SUB[0])
    assert wait_until(lambda: len(wall.tap.looks) > 5)


@pytest.mark.slow
def test_udp_that_loses_packets_plays_on_and_counts_them(tmp_path: Path, walls: list[Wall]) -> None:
    file = film(tmp_path / "main.mp4", MAIN)
    with rtsp_server(file, transports="udp", loss=0.03) as server:
        camera = Camera(CameraId("door"), "Door", SourceKind.RTSP, server.url, transport=Transport.UDP)
        wall = Wall(camera)
        walls.append(wall)
        wall.show_at(SUB)
        assert wall.is_in(CameraState.LIVE)
        assert wait_until(lambda: wall.channels.counters.decoded > 60)
        assert wait_until(lambda: wall.channels.counters.failed > 0)
        assert wall.channels.counters.replaced == 0


@pytest.mark.slow
def test_a_camera_that_sends_one_picture_for_ever_is_frozen(tmp_path: Path, walls: list[Wall]) -> None:
    with rtsp_server(film(tmp_path / "still.mp4", SUB, still=True)) as server:
        wall = Wall(Camera(CameraId("door"), "Door", SourceKind.RTSP, server.url))
        walls.append(wall)
        assert wall.is_in(CameraState.LIVE)
        assert wall.is_in(CameraState.FROZEN, Code.CAMERA_FROZEN)
