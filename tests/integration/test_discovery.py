"""From nothing to a camera on the wall: searched for, found, asked with its password, seen, and tested. Real RTSP."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.fakes.onvif_device import LOOPBACK, OnvifDevice, onvif_device
from tests.fakes.onvif_words import Mood, Stream
from tests.fakes.rtsp_server import RtspServer, rtsp_servers
from tests.fakes.silent_server import silent_server
from tests.fakes.sink import RecordingSink
from vigint_core.clock import SystemClock
from vigint_core.domain.camera import Camera, SourceKind
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import CameraId
from vigint_core.domain.sign_in import SignIn
from vigint_core.domain.status import CheckResult, FoundCamera, FoundStreams
from vigint_desktop import program as module
from vigint_desktop.capture.check import check_camera
from vigint_desktop.discovery.found_streams import StreamSurvey
from vigint_desktop.discovery.search import Discovery
from vigint_desktop.logsetup import Redactor
from vigint_desktop.paths import Paths
from vigint_desktop.pipeline.enquiries import Enquiries
from vigint_desktop.program import Program, Surroundings
from vigint_desktop.secrets import FileSecrets
from vigint_desktop.settings import AnalysisPlace, Settings

PASSWORD = "pa55 w/ord:@#"
LOCKED = Mood(user="guard", password=PASSWORD)
SIGN_IN = SignIn("guard", PASSWORD)


@dataclass
class Desk:
    """The desktop's side."""

    sink: RecordingSink
    enquiries: Enquiries

    def found(self) -> FoundCamera:
        """The first camera that a search told of."""
        assert self.sink.wait_for(lambda sink: bool(sink.of(FoundCamera)))
        return self.sink.of(FoundCamera)[0]

    def ended(self, check_id: str) -> CheckResult:
        """How a search or a check ended."""
        assert self.sink.wait_for(lambda sink: any(r.check_id == check_id for r in sink.of(CheckResult)))
        return next(r for r in self.sink.of(CheckResult) if r.check_id == check_id)

    def streams(self) -> FoundStreams:
        """What the first question brought."""
        assert self.sink.wait_for(lambda sink: bool(sink.of(FoundStreams)))
        return self.sink.of(FoundStreams)[0]


@contextmanager
def desk(device: OnvifDevice) -> Iterator[Desk]:
    sink, clock = RecordingSink(), SystemClock()
    enquiries = Enquiries(sink, clock, Discovery(clock, lambda: [LOOPBACK], device.group), StreamSurvey(clock))
    for worker in enquiries.workers:
        worker.start()
    try:
        yield Desk(sink, enquiries)
    finally:
        stopped = [worker.stop(timeout_s=30.0) for worker in enquiries.workers]
        assert all(stopped)


@pytest.fixture(scope="module")
def cameras(footage: Path) -> Iterator[RtspServer]:
    """A camera with two streams behind a password."""
    film = footage / "incident" / "Shoplifting_1.mp4"
    with rtsp_servers({"main": {"file": film}, "sub": {"file": film}}, "guard", PASSWORD) as server:
        yield server


@pytest.fixture
def device(cameras: RtspServer) -> Iterator[OnvifDevice]:
    main = Stream(cameras.address("main"), width=1920, height=1080)
    sub = Stream(cameras.address("sub"), "SubStream")
    with onvif_device(main, sub, mood=replace(LOCKED)) as device:
        yield device


def test_from_a_search_to_a_tested_camera(device: OnvifDevice) -> None:
    with desk(device) as here:
        here.enquiries.discover("s1", 30.0)
        found = here.found()
        here.enquiries.ask_streams("q1", found, SIGN_IN)  # while the search goes on
        told = here.streams()
        here.enquiries.stop("s1")
        search = here.ended("s1")
        main, sub = told.streams
        chosen = Camera(CameraId("till"), found.name, SourceKind.RTSP, main.url, "guard", sub_url=sub.url)
        here.enquiries.check_camera("c1", chosen, PASSWORD)
        tested = here.ended("c1")
    assert (found.name, found.hardware, found.host) == ("Till camera", "IPC-42", LOOPBACK)
    assert (search.ok, search.facts[-1]) == (True, ("discovery.found_one", {"count": "1"}))
    assert (told.code, told.model, told.picture[:2]) == (None, "Acme IPC-42", b"\xff\xd8")
    assert (tested.ok, tested.code) == (True, None)
    assert PASSWORD not in repr(here.sink.events)


def test_a_camera_says_in_words_what_works(cameras: RtspServer) -> None:
    url = cameras.address("main").replace(LOOPBACK, "localhost")
    camera = Camera(CameraId("till"), "Till", SourceKind.RTSP, url, "guard", sub_url=cameras.address("sub"))

    result = check_camera("c1", camera, PASSWORD, SystemClock())

    facts = dict(result.facts)
    assert (result.ok, result.code) == (True, None)
    assert [key.removeprefix("camera.") for key in facts] == [
        "resolved", "reached", "connected", "signed_in", "stream", "transport", "rate", "first_picture", "measured",
        *(key for key in ("key_frames", "key_frames_far", "key_frames_rare") if f"camera.{key}" in facts),
        "sub_stream",
    ]  # fmt: skip
    assert facts["camera.resolved"]["host"] == "localhost"
    assert LOOPBACK in facts["camera.resolved"]["address"].split(", "), "beside ::1, where the machine has that"
    assert facts["camera.stream"]["codec"] == "H264"
    announced, measured = (float(facts[f"camera.{key}"]["rate"]) for key in ("rate", "measured"))
    assert measured == pytest.approx(announced, rel=0.1)


def test_a_wrong_password_is_told_after_what_works(cameras: RtspServer) -> None:
    camera = Camera(CameraId("till"), "Till", SourceKind.RTSP, cameras.address("main"), "guard")
    result = check_camera("c1", camera, "wrong", SystemClock())
    assert (result.ok, result.code) == (False, Code.CAMERA_UNAUTHORIZED)
    assert [key for key, _ in result.facts] == ["camera.reached", "camera.connected"]


def test_a_sub_stream_that_is_not_there_is_told_apart(cameras: RtspServer) -> None:
    gone = cameras.address("gone")
    camera = Camera(CameraId("till"), "Till", SourceKind.RTSP, cameras.address("main"), "guard", sub_url=gone)
    result = check_camera("c1", camera, PASSWORD, SystemClock())
    assert (result.ok, result.code, result.facts[-1][0]) == (False, Code.CAMERA_NOT_FOUND, "camera.sub_failed")


@pytest.mark.slow
def test_a_silent_camera_takes_the_connection_and_nothing_else() -> None:
    with silent_server() as port:
        result = check_camera(
            "c1", Camera(CameraId("till"), "Till", SourceKind.RTSP, f"rtsp://{LOOPBACK}:{port}/"), "", SystemClock()
        )
    assert (result.code, [key for key, _ in result.facts]) == (Code.CAMERA_SILENT, ["camera.reached"])


def test_a_wrong_password_of_a_found_camera(device: OnvifDevice) -> None:
    with desk(device) as here:
        here.enquiries.discover("s1", 30.0)
        here.enquiries.ask_streams("q1", here.found(), SignIn("guard", "wrong"))
        told = here.streams()
    assert (told.streams, told.code) == ((), Code.CAMERA_UNAUTHORIZED)


@pytest.mark.slow
def test_a_question_and_a_test_that_nobody_waits_for_end(device: OnvifDevice) -> None:
    device.mood.trickles = True
    with desk(device) as here, silent_server() as port:
        found = FoundCamera("s1", device.key, device.service_url, LOOPBACK, "", "")
        here.enquiries.ask_streams("q1", found, SIGN_IN)
        here.enquiries.check_camera(
            "c1", Camera(CameraId("till"), "Till", SourceKind.RTSP, f"rtsp://{LOOPBACK}:{port}/"), ""
        )
        for errand in ("q1", "c1"):
            here.enquiries.stop(errand)
        assert here.streams().code is Code.PIPELINE_STOPPED
        assert here.ended("c1").code in {Code.PIPELINE_STOPPED, Code.CAMERA_SILENT}  # it can't leave the library


def test_the_program_keeps_no_password_of_a_question(
    device: OnvifDevice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "Discovery", lambda clock: Discovery(clock, lambda: [LOOPBACK], device.group))
    sink, paths, redactor = RecordingSink(), Paths.under(tmp_path).made(), Redactor()
    around = Surroundings(paths, FileSecrets(paths.secrets_file), sink, SystemClock(), redactor, "en")
    program = Program(around, Settings(analysis=AnalysisPlace.OFF))
    program.open()
    try:
        program.start()
        program.discover("s1", 30.0)
        assert sink.wait_for(lambda sink: bool(sink.of(FoundCamera)))
        program.ask_streams("q1", sink.last(FoundCamera), "guard", PASSWORD)
        assert sink.wait_for(lambda sink: bool(sink.of(FoundStreams)))
        program.stop_check("q1")
        program.stop_discovery("s1")
        assert sink.wait_for(lambda sink: bool(sink.of(CheckResult)))
    finally:
        program.stop()
        program.close()

    assert len(sink.last(FoundStreams).streams) == 2
    assert PASSWORD not in repr(sink.events) + redactor.clean(PASSWORD)
    kept = [file.name for file in tmp_path.rglob("*") if file.is_file() and PASSWORD.encode() in file.read_bytes()]
    assert kept == []
