"""Capture against an HTTP camera."""

import time
from itertools import pairwise

import numpy as np
import pytest

from tests.fakes.mjpeg_server import mjpeg_server
from tests.fakes.sink import RecordingSink
from tests.fakes.sources import RecordingTap
from tests.fakes.waiting import wait_until
from vigint_core.clock import SystemClock
from vigint_core.domain.camera import Camera, SourceKind
from vigint_core.domain.fault import Code, Fault
from vigint_core.domain.frame import Moment, Picture
from vigint_core.domain.ids import CameraId
from vigint_core.media.clip import encode_still
from vigint_desktop.capture.check import check_camera
from vigint_desktop.capture.supervisor import Supervisor

PASSWORD = "pä55 word"


@pytest.fixture
def pictures() -> list[bytes]:
    """Three JPEGs, one brighter than the other."""
    planes = [np.full((180 * 3 // 2, 320), 40 + 60 * number, np.uint8) for number in range(3)]
    return [encode_still(Picture(CameraId("x"), Moment(0, 0, 0), 320, 180, yuv)) for yuv in planes]


def camera(url: str, user: str = "") -> Camera:
    return Camera(CameraId("door"), "Door", SourceKind.MJPEG, url, user)


def test_an_http_camera_is_described(pictures: list[bytes]) -> None:
    with mjpeg_server(pictures) as server:
        result = check_camera("c", camera(server.url), "", SystemClock())
    assert result.ok
    assert ("camera.stream", {"codec": "MJPEG", "width": "320", "height": "180"}) in result.facts
    assert "camera.rate" not in dict(result.facts)  # the protocol does not say


def test_a_password_is_asked_for_and_refused(pictures: list[bytes]) -> None:
    with mjpeg_server(pictures, user="guard", password=PASSWORD) as server:
        assert check_camera("c", camera(server.url, "guard"), PASSWORD, SystemClock()).ok
        for user, password in (("guard", "wrong"), ("", "")):
            result = check_camera("c", camera(server.url, user), password, SystemClock())
            assert result.code is Code.CAMERA_UNAUTHORIZED


def test_pictures_follow_the_clock_and_the_end_is_a_loss(pictures: list[bytes]) -> None:
    sink, tap = RecordingSink(), RecordingTap()
    supervisor = Supervisor(sink, SystemClock())
    with mjpeg_server(pictures, frames_per_s=5.0) as server:
        supervisor.add(camera(server.url), "", tap)
        begun_s = time.monotonic()
        supervisor.start()
        try:
            assert wait_until(lambda: len(tap.looks) >= 1)
            seen_s = time.monotonic()
            assert wait_until(lambda: len(tap.looks) >= 8)
            least_s, looks = time.monotonic() - seen_s, len(tap.looks)
            assert wait_until(lambda: len(tap.looks) >= looks + 2)  # one was perhaps on its way already
            server.ended.set()
            assert sink.wait_for(lambda _: bool(sink.of(Fault)))
        finally:
            assert supervisor.stop(timeout_s=30.0)
    assert all(later > earlier for earlier, later in pairwise(tap.looks))
    assert least_s - 0.05 <= tap.looks[-1] - tap.looks[0] <= time.monotonic() - begun_s
