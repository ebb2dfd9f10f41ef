"""Capture against a real RTSP server: pictures, cuts, a cable pulled and put back, passwords, loss, silence, a hang."""

import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import av
import pytest

from tests.fakes.camera_wall import ALWAYS, TILE, camera_wall, sizes_of_clip
from tests.fakes.rtsp_server import rtsp_server, rtsp_servers
from tests.fakes.silent_server import absent_server, silent_server
from tests.fakes.waiting import wait_until
from vigint_core.clock import SystemClock
from vigint_core.domain.camera import Camera, CameraState, SourceKind, Transport
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.ids import CameraId
from vigint_core.media.clip import mux
from vigint_desktop.capture.check import check_camera
from vigint_desktop.capture.opening import CameraOpener
from vigint_desktop.capture.pyav_source import open_stream
from vigint_desktop.capture.source import Demand, Reading, Source, StreamFacts
from vigint_desktop.capture.worker import Retrying

PASSWORD = "pa55 w/ord:@#"
BACK_WITHIN_S = 10.0  # generous; a quiet machine needs less than 3 s


@pytest.fixture
def film(footage: Path) -> Path:
    return footage / "incident" / "Normal_82.mp4"


@pytest.mark.slow
def test_a_camera_fills_tile_gate_and_rings_and_its_packets_make_a_clip(film: Path, tmp_path: Path) -> None:
    with rtsp_server(film) as server, camera_wall() as wall:
        seat = wall.seat("door", server.url)
        assert seat.reaches(CameraState.LIVE)
        assert seat.decodes(60)
        frame = seat.channels.mailbox.take()
        assert frame
        assert (frame.width, frame.height) == TILE
        assert wait_until(lambda: len(seat.tap.looks) >= 12)  # by the clock, however fast a backlog is decoded
        assert wait_until(lambda: len(seat.channels.pictures.between(ALWAYS.start_s, ALWAYS.end_s)) >= 6)
        cut = seat.cut()
        assert cut
        mux(cut, tmp_path / "clip.mp4")
        with av.open(str(tmp_path / "clip.mp4")) as clip:
            assert len(list(clip.decode(video=0))) == len(cut.packets)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_codec_plays_over_tcp_and_udp(variants: Path, tmp_path: Path) -> None:
    files = {
        "h264": "sub_360p15_400k.mp4",
        "night": "night_ir_noise.mp4",
        "drift": "light_drift.mp4",
        "h265": "hevc_360p10.mp4",
        "mjpeg": "mjpeg_5fps.avi",
        "1080p": "wall_1080p25_4M.mp4",
    }
    with rtsp_servers({name: {"file": variants / file} for name, file in files.items()}) as server:
        for transport in Transport:
            with camera_wall() as wall:
                seats = [wall.seat(name, server.address(name), transport=transport) for name in files]
                for seat in seats:
                    assert seat.decodes(20, timeout_s=60.0), seat.camera.name
                    assert CameraState.FAILED not in seat.states, seat.camera.name
                    cut = seat.cut()
                    assert cut, seat.camera.name
                    assert len(sizes_of_clip(cut, tmp_path / f"{seat.camera.name}.mp4")) == 1


@pytest.mark.slow
def test_a_camera_plays_over_a_network_that_loses_packets(film: Path) -> None:
    with rtsp_server(film, loss=0.05) as server, camera_wall() as wall:
        seat = wall.seat("door", server.url, transport=Transport.UDP)
        assert seat.decodes(90, timeout_s=60.0)
        assert CameraState.FAILED not in seat.states
        assert seat.codes == []


def test_a_camera_that_knows_only_udp_says_so_over_tcp(film: Path) -> None:
    with rtsp_server(film, transports="udp") as server, camera_wall() as wall:
        seat = wall.seat("door", server.url)
        assert seat.reaches(CameraState.FAILED)
        assert seat.codes == [Code.CAMERA_TRANSPORT]


@pytest.mark.slow
def test_a_cable_pulled_is_a_named_fault_and_put_back_the_camera_is_live_again(film: Path) -> None:
    with rtsp_server(film) as server, camera_wall() as wall:
        seat = wall.seat("door", server.url)
        assert seat.reaches(CameraState.LIVE)
        server.kill()
        assert seat.reaches(CameraState.FAILED)
        assert wall.sink.wait_for(lambda _: seat.codes[-1] is Code.CAMERA_UNREACHABLE)
        server.start()
        assert seat.reaches(CameraState.LIVE)
        assert seat.open_codes == set()
        assert seat.channels.counters.reconnects == 1
        assert seat.tap.losses == 1


@pytest.mark.slow
def test_after_ten_seconds_of_absence_a_camera_is_back_soon_after_it_answers(variants: Path) -> None:
    """With the program's own pauses between tries, a second before a key frame; the figure is for the benchmark."""
    clock = SystemClock()
    file = variants / "sub_360p15_400k.mp4"
    with rtsp_server(file, start=16) as server, camera_wall(Retrying()) as wall:
        seat = wall.seat("door", server.url)
        assert seat.reaches(CameraState.LIVE)
        server.kill()
        assert seat.reaches(CameraState.FAILED)
        assert not seat.reaches(CameraState.LIVE, timeout_s=10.0), "nobody answers"
        server.start()
        answers_s = clock.monotonic()
        assert seat.reaches(CameraState.LIVE)
        back_s = clock.monotonic() - answers_s
    print(f"live {back_s:.2f} s after it answers")
    assert back_s < BACK_WITHIN_S


@pytest.mark.slow
def test_a_stream_that_ends_is_opened_again(film: Path) -> None:
    with rtsp_server(film, once=True) as server, camera_wall() as wall:
        seat = wall.seat("door", server.url)
        assert wall.sink.wait_for(lambda _: bool(seat.codes))
        assert seat.codes == [Code.CAMERA_LOST]
        assert wait_until(lambda: seat.channels.counters.reconnects == 1)


@pytest.mark.slow
def test_the_password_opens_the_camera_and_is_written_nowhere(
    film: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with rtsp_server(film, "guard", PASSWORD) as server, camera_wall() as wall:
        right = check_camera(
            "c", Camera(CameraId("a"), "A", SourceKind.RTSP, server.url, "guard"), PASSWORD, SystemClock()
        )
        assert right.ok
        seat = wall.seat("door", server.url, f"not {PASSWORD}")
        assert seat.reaches(CameraState.UNAUTHORIZED)
        assert seat.retry_at_mono_s is None
    said = capfd.readouterr()
    written = f"{wall.sink.events} {right} {caplog.text} {said.out} {said.err}"
    assert PASSWORD not in written
    assert "pa55" not in written


@pytest.mark.slow
def test_a_password_changed_at_the_camera_stops_the_tries_until_it_is_changed_here(film: Path) -> None:
    with rtsp_server(film, "guard", "old") as server, camera_wall() as wall:
        seat = wall.seat("door", server.url, "old")
        assert seat.reaches(CameraState.LIVE)
        server.kill()
        server.password = "new"
        server.start()
        assert seat.reaches(CameraState.UNAUTHORIZED)
        assert seat.retry_at_mono_s is None
        assert seat.open_codes == {Code.CAMERA_UNAUTHORIZED}
        wall.supervisor.change(seat.camera, "new")
        assert seat.reaches(CameraState.LIVE)
        assert seat.open_codes == set()


@pytest.mark.slow
def test_a_camera_that_freezes_is_stalled_then_silent_and_live_when_it_goes_on(film: Path) -> None:
    with rtsp_server(film) as server, camera_wall() as wall:
        seat = wall.seat("door", server.url)
        assert seat.reaches(CameraState.LIVE)
        server.freeze()
        assert seat.reaches(CameraState.STALLED)
        assert seat.reaches(CameraState.FAILED)
        assert seat.codes == [Code.CAMERA_SILENT]
        server.thaw()
        assert seat.reaches(CameraState.LIVE)
        assert seat.open_codes == set()


class HangingSource:
    """A real stream whose reader stops answering after some packets, as a library can that hangs in C."""

    def __init__(self, source: Source, packets: int, released: threading.Event) -> None:
        self._source = source
        self._packets = packets
        self._released = released

    @property
    def facts(self) -> StreamFacts:
        return self._source.facts

    def reads(self) -> Iterator[Reading]:
        for number, reading in enumerate(self._source.reads()):
            if number == self._packets:
                self._released.wait(100.0)
                return
            yield reading

    def want(self, demand: Demand) -> None:
        self._source.want(demand)

    def close(self) -> None:
        self._source.close()


class HangsOnce:
    """An opener whose first stream hangs."""

    def __init__(self) -> None:
        self.released = threading.Event()
        self._opener = CameraOpener(SystemClock())
        self._opened = 0

    def __call__(self, camera: Camera, password: str, interrupt: threading.Event) -> Source:
        source = self._opener(camera, password, interrupt)
        self._opened += 1
        return HangingSource(source, 20, self.released) if self._opened == 1 else source


@pytest.mark.slow
def test_a_reader_that_hangs_is_replaced_and_counted(film: Path) -> None:
    opener = HangsOnce()
    with rtsp_server(film) as server, camera_wall(opener=opener) as wall:
        seat = wall.seat("door", server.url)
        assert seat.reaches(CameraState.STALLED)
        assert wall.sink.wait_for(lambda _: seat.codes == [Code.CAMERA_STUCK], timeout_s=60.0)
        assert seat.reaches(CameraState.LIVE)
        assert seat.channels.counters.replaced == 1
        assert seat.open_codes == set()
        assert seat.decodes(60)
        opener.released.set()


def test_nobody_at_the_address_is_unreachable() -> None:
    nobody = Camera(CameraId("door"), "Door", SourceKind.RTSP, "rtsp://127.0.0.1:9/camera")
    assert check_camera("c", nobody, PASSWORD, SystemClock()).code is Code.CAMERA_UNREACHABLE


@pytest.mark.slow
def test_an_address_where_nobody_answers_at_all_is_unreachable() -> None:
    with absent_server() as port, pytest.raises(VigintError) as caught:
        open_stream(
            Camera(CameraId("door"), "Door", SourceKind.RTSP, f"rtsp://127.0.0.1:{port}/camera"),
            "",
            threading.Event(),
            SystemClock(),
        )
    assert caught.value.code is Code.CAMERA_UNREACHABLE


@pytest.mark.slow
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
