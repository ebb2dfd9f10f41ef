"""Cameras as they were met, all at once on one wall: each plays whatever its answers look like, or says why not."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.annexb import Film, film_of
from tests.fakes.camera_wall import Seat, camera_wall
from tests.fakes.rtsp_camera import RtspCamera, rtsp_camera
from tests.fakes.rtsp_quirks import QUIRKS, answers_of, broadcast_of
from vigint_core.clock import SystemClock
from vigint_core.domain.camera import CameraState
from vigint_core.domain.fault import Code
from vigint_desktop.capture.check import check_camera

pytestmark = pytest.mark.timeout(600)  # the first test makes the variants

PASSWORD = "pä55 w/ord:@#"
LOCKED = "longse"
PLAYING = sorted(QUIRKS.keys() - {LOCKED})


class Peers:
    """Cameras that were met, playing a film."""

    def __init__(self, footage: Path, films: dict[str, Film]) -> None:
        self.folder = footage / "robustness" / "rtsp-quirks"
        self._films = films

    @contextmanager
    def met(self, name: str, user: str = "", password: str = "") -> Iterator[RtspCamera]:
        """One of them; a locked one lets in who knows the password."""
        answers = answers_of(QUIRKS[name], self.folder, user, password)
        with rtsp_camera(answers, broadcast_of(self._films)) as camera:
            yield camera


@pytest.fixture(scope="module")
def peers(footage: Path, variants: Path) -> Peers:
    films = {"h264": "sub_360p15_400k.mp4", "hevc": "hevc_360p10.mp4"}
    return Peers(footage, {codec: film_of(variants / file) for codec, file in films.items()})


@pytest.fixture(scope="module")
def seats(peers: Peers) -> Iterator[dict[str, Seat]]:
    """All of them on one wall, asked over the transport that they answered with."""
    with ExitStack() as running, camera_wall() as wall:
        cameras = {name: running.enter_context(peers.met(name)) for name in QUIRKS}
        made = {name: wall.seat(name, met.url, transport=QUIRKS[name].transport) for name, met in cameras.items()}
        for name in PLAYING:  # their sockets are this fixture's, and not of the test that happens to be running
            assert made[name].decodes(1), name
        yield made


@pytest.mark.parametrize("name", PLAYING)
def test_it_plays(name: str, seats: dict[str, Seat]) -> None:
    seat = seats[name]
    assert seat.decodes(15)
    assert CameraState.LIVE in seat.states
    assert seat.codes == []
    assert seat.cut()


def test_every_captured_answer_is_played(peers: Peers) -> None:
    parts = ("describe", "setup", "play", "options", "teardown", "refusal")
    played = {getattr(quirk, part) for quirk in QUIRKS.values() for part in parts} - {""}
    assert played == {file.stem for file in peers.folder.glob("*.txt") if not file.stem.startswith("LICENSE")}


def test_sound_and_other_streams_are_not_asked_for(peers: Peers) -> None:
    with peers.met("dahua h264") as camera, camera_wall() as wall:
        assert wall.seat("door", camera.url).decodes(5)
        assert camera.asked.count("SETUP") == 1


def test_a_refusal_before_anything_else_is_a_wrong_password_and_is_not_tried_again(seats: dict[str, Seat]) -> None:
    seat = seats[LOCKED]
    assert seat.reaches(CameraState.UNAUTHORIZED)
    assert seat.codes == [Code.CAMERA_UNAUTHORIZED]
    assert seat.retry_at_mono_s is None


@pytest.mark.parametrize(
    ("password", "code"), [(PASSWORD, None), ("wrong", Code.CAMERA_UNAUTHORIZED)], ids=["right", "wrong"]
)
def test_the_password_is_proven_without_being_sent(password: str, code: Code | None, peers: Peers) -> None:
    with peers.met(LOCKED, "guard", PASSWORD) as camera, camera_wall() as wall:
        seat = wall.seat("door", camera.url, password)
        assert seat.reaches(CameraState.UNAUTHORIZED if code else CameraState.LIVE)
        described = check_camera("c", replace(seat.camera, name="again"), password, SystemClock())
    assert described.code is code
    assert PASSWORD not in f"{seat.sink.events} {described}"
