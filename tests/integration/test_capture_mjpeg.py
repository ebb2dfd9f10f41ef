"""Capture against an HTTP camera."""

import threading
import time
from itertools import islice, pairwise

import numpy as np
import pytest

from tests.fakes.http_peer import Reply, http_peer
from tests.fakes.mjpeg_server import Dialect, mjpeg_server
from tests.fakes.sink import RecordingSink
from tests.fakes.sources import RecordingTap
from tests.fakes.waiting import wait_until
from vigint_core.clock import SystemClock
from vigint_core.domain.camera import Camera, SourceKind
from vigint_core.domain.fault import Code, Fault, VigintError
from vigint_core.domain.frame import Moment, Picture
from vigint_core.domain.ids import CameraId
from vigint_core.media.clip import encode_still
from vigint_desktop.capture.check import check_camera
from vigint_desktop.capture.pyav_source import open_stream
from vigint_desktop.capture.source import arrivals
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


DIALECTS = {
    "no length": Dialect(length_error=None),
    "the boundary named with its dashes": Dialect(boundary="--frame"),
    "the boundary in quotes": Dialect(boundary='"frame"'),
    "another boundary than it names": Dialect(boundary="other"),
    "no boundary named": Dialect(boundary=""),
    "bare newlines": Dialect(newline="\n"),
    "pictures of which half is lost": Dialect(keeps=0.5),
    "no type worth the name": Dialect("application/octet-stream", boundary=""),
}
"""How cameras differ."""


def pictures_of(url: str) -> int:
    """Open a stream and take five pictures. Raises VigintError."""
    source = open_stream(camera(url), "", threading.Event(), SystemClock())
    try:
        return sum(len(each.frames) for each in islice((each for each in arrivals(source) if each.frames), 5))
    finally:
        source.close()


@pytest.mark.parametrize("name", DIALECTS)
def test_a_camera_with_its_own_idea_of_the_protocol_plays(name: str, pictures: list[bytes]) -> None:
    with mjpeg_server(pictures, 20.0, dialect=DIALECTS[name]) as server:
        assert pictures_of(server.url) == 5


@pytest.mark.parametrize("error", [-100, 100])
def test_a_camera_that_is_mistaken_about_lengths_cannot_be_read(error: int, pictures: list[bytes]) -> None:
    with (
        mjpeg_server(pictures, 20.0, dialect=Dialect(length_error=error)) as server,
        pytest.raises(VigintError) as caught,
    ):
        pictures_of(server.url)
    assert caught.value.code is Code.CAMERA_FAILED


ANSWERS = {
    "a page": (Reply(200, b"<html>sign in here</html>", {"Content-Type": "text/html"}), Code.CAMERA_NOT_VIDEO),
    "nothing": (Reply(200, b"", {"Content-Type": "image/jpeg"}), Code.CAMERA_NOT_VIDEO),
    "bytes": (Reply(200, bytes(range(256)) * 40, {"Content-Type": "video/mp4"}), Code.CAMERA_NOT_VIDEO),
    "not found": (Reply(404), Code.CAMERA_NOT_FOUND),
    "forbidden": (Reply(403), Code.CAMERA_UNAUTHORIZED),
    "too many viewers": (Reply(503), Code.CAMERA_REFUSED),
}
"""What an address gives that is no stream, and what is said of it."""


def refusal(reply: Reply) -> Code:
    """What is said of an address that gives this."""
    with http_peer() as peer:
        peer.plays(reply)
        with pytest.raises(VigintError) as caught:
            pictures_of(peer.url)
    return caught.value.code


@pytest.mark.parametrize("name", ANSWERS)
def test_what_is_no_stream_is_named(name: str) -> None:
    reply, code = ANSWERS[name]
    assert refusal(reply) is code


def test_the_address_of_a_single_picture_is_no_stream(pictures: list[bytes]) -> None:
    assert refusal(Reply(200, pictures[0], {"Content-Type": "image/jpeg"})) is Code.CAMERA_NOT_VIDEO
