"""Capture against a real RTSP server: pictures, cuts, a cable pulled and put back, passwords, silence."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import av
import pytest

from tests.fakes.rtsp_server import rtsp_server
from tests.fakes.silent_server import silent_server
from tests.fakes.sink import RecordingSink
from tests.fakes.sources import RecordingTap
from tests.fakes.waiting import wait_until
from vigint_core.clock import SystemClock
from vigint_core.domain.camera import Camera, CameraState, SourceKind
from vigint_core.domain.fault import Code, Fault
from vigint_core.domain.ids import CameraId
from vigint_core.domain.status import CameraStatus
from vigint_core.domain.window import Span
from vigint_core.media.clip import mux
from vigint_core.policy.retry import BackOff
from vigint_desktop.capture.check import check_camera
from vigint_desktop.capture.supervisor import Supervisor
from vigint_desktop.capture.worker import Retrying

PASSWORD = "pa55 w/ord:@#"
SOON = Retrying(BackOff(first_s=0.2, most_s=0.2))


class Wall:
    """One camera on a running supervisor."""

    def __init__(self, url: str, password: str = "", kind: SourceKind = SourceKind.RTSP) -> None:
        self.camera = Camera(CameraId("door"), "Door", kind, url, "guard" if password else "")
        self.sink, self.tap = RecordingSink(), RecordingTap()
        self.supervisor = Supervisor(self.sink, SystemClock(), retrying=SOON)
        self.channels = self.supervisor.add(self.camera, password, self.tap)
        self.supervisor.show_at(self.camera.id, 320, 240)
        self.supervisor.start()

    def reaches(self, state: CameraState, timeout_s: float = 30.0) -> bool:
        return self.sink.wait_for(lambda sink: self._state(sink) is state, timeout_s)

    def decodes(self, frames: int, timeout_s: float = 30.0) -> bool:
        return wait_until(lambda: self.channels.counters.decoded >= frames, timeout_s)

    def _state(self, sink: RecordingSink) -> CameraState | None:
        told = sink.of(CameraStatus)
        return told[-1].state if told else None


@pytest.fixture
def walls() -> Iterator[list[Wall]]:
    """Walls that are taken down at the end."""
    walls: list[Wall] = []
    yield walls
    for wall in walls:
        assert wall.supervisor.stop(timeout_s=30.0)


def up(walls: list[Wall], url: str, password: str = "", kind: SourceKind = SourceKind.RTSP) -> Wall:
    wall = Wall(url, password, kind)
    walls.append(wall)
    return wall


@pytest.fixture
def film(footage: Path) -> Path:
    return footage / "incident" / "Normal_82.mp4"


@pytest.mark.slow
def test_a_camera_fills_tile_gate_and_rings_and_its_packets_make_a_clip(
    film: Path, walls: list[Wall], tmp_path: Path
) -> None:
    with rtsp_server(film) as server:
        wall = up(walls, server.url)
        assert wall.reaches(CameraState.LIVE)
        assert wall.decodes(60)
        frame = wall.channels.mailbox.take()
        assert frame
        assert (frame.width, frame.height) == (320, 240)
        assert len(wall.tap.looks) >= 12
        assert len(wall.channels.pictures.between(0, 1e12)) >= 6
        cut = wall.channels.packets.cut(Span(0, 1e12))
        assert cut
        mux(cut, tmp_path / "clip.mp4")
        with av.open(str(tmp_path / "clip.mp4")) as clip:
            assert len(list(clip.decode(video=0))) == len(cut.packets)
        walls.clear()
        assert wall.supervisor.stop(timeout_s=30.0)


@pytest.mark.slow
def test_a_cable_pulled_is_a_named_fault_and_put_back_the_camera_is_live_again(film: Path, walls: list[Wall]) -> None:
    with rtsp_server(film) as server:
        wall = up(walls, server.url)
        assert wall.reaches(CameraState.LIVE)
        server.kill()
        assert wall.reaches(CameraState.FAILED)
        assert wall.sink.wait_for(lambda sink: sink.last(Fault).code is Code.CAMERA_UNREACHABLE)
        server.start()
        assert wall.reaches(CameraState.LIVE)
        assert wall.sink.open_faults() == set()
        assert wall.channels.counters.reconnects == 1
        assert wall.tap.losses == 1


@pytest.mark.slow
def test_a_stream_that_ends_is_opened_again(film: Path, walls: list[Wall]) -> None:
    with rtsp_server(film, once=True) as server:
        wall = up(walls, server.url)
        assert wall.sink.wait_for(lambda sink: bool(sink.of(Fault)))
        assert wall.sink.last(Fault).code is Code.CAMERA_LOST
        assert wall.sink.wait_for(lambda _: wall.channels.counters.reconnects == 1)


@pytest.mark.slow
def test_the_password_opens_the_camera_and_is_written_nowhere(
    film: Path, walls: list[Wall], caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with rtsp_server(film, "guard", PASSWORD) as server:
        right = check_camera(
            "c", Camera(CameraId("a"), "A", SourceKind.RTSP, server.url, "guard"), PASSWORD, SystemClock()
        )
        assert right.ok
        wall = up(walls, server.url, f"not {PASSWORD}")
        assert wall.reaches(CameraState.UNAUTHORIZED)
        assert wall.sink.last(CameraStatus).retry_at_mono_s is None
    said = capfd.readouterr()
    written = f"{wall.sink.events} {right} {caplog.text} {said.out} {said.err}"
    assert PASSWORD not in written
    assert "pa55" not in written


def test_nobody_at_the_address_is_unreachable() -> None:
    nobody = Camera(CameraId("door"), "Door", SourceKind.RTSP, "rtsp://127.0.0.1:9/camera")
    assert check_camera("c", nobody, PASSWORD, SystemClock()).code is Code.CAMERA_UNREACHABLE


@pytest.mark.parametrize(
    ("kind", "scheme"), [(SourceKind.RTSP, "rtsp"), (SourceKind.MJPEG, "http")], ids=["rtsp", "http"]
)
def test_a_camera_that_accepts_and_stays_silent_is_not_waited_for_without_end(kind: SourceKind, scheme: str) -> None:
    with silent_server() as port:
        silent = Camera(CameraId("door"), "Door", kind, f"{scheme}://127.0.0.1:{port}/camera")
        clock = SystemClock()
        began_s = clock.monotonic()
        result = check_camera("c", replace(silent, user="guard"), PASSWORD, clock)
    assert result.code is Code.CAMERA_SILENT
    assert clock.monotonic() - began_s < 20.0
    assert "pa55" not in repr(result)
