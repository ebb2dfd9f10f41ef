"""A camera asked over ONVIF, of every kind: its streams, its picture, its clock, and how it says no."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis.strategies import characters, text

from tests.fakes.onvif_device import OnvifDevice, onvif_device
from tests.fakes.onvif_words import MEDIA2, MEDIA_ONLY, Mood, Stream
from vigint_core.clock import SystemClock
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.sign_in import SignIn
from vigint_core.domain.status import FoundStream
from vigint_desktop.discovery.onvif import MOST_PROFILES, OnvifCamera, without_sign_in
from vigint_desktop.discovery.soap import DeviceLink
from vigint_desktop.discovery.tether import Tether

MAIN = Stream("rtsp://127.0.0.1:554/main", width=1920, height=1080)
SUB = Stream("rtsp://127.0.0.1:554/sub", "SubStream", 640, 360, frames_per_s="15")
FOUND = (
    FoundStream("rtsp://127.0.0.1:554/main", "MainStream", "H264", 1920, 1080, 25.0),
    FoundStream("rtsp://127.0.0.1:554/sub", "SubStream", "H264", 640, 360, 15.0),
)
LOCKED = Mood(user="guard", password="hunter2 & <more>")
JPEG = b"\xff\xd8\xff\xe0 a picture"


@contextmanager
def asking(device: OnvifDevice, password: str = LOCKED.password, user: str = "guard") -> Iterator[OnvifCamera]:
    with Tether(30.0) as tether:
        link = DeviceLink(SignIn(user, password), tether)
        try:
            yield OnvifCamera(device.service_url, link, SystemClock())
        finally:
            link.close()


def streams_of(device: OnvifDevice) -> tuple[FoundStream, ...]:
    with asking(device) as camera:
        camera.greet()
        return camera.streams()


@pytest.mark.parametrize(
    "mood",
    [
        LOCKED,
        replace(LOCKED, services=MEDIA_ONLY),
        replace(LOCKED, services=MEDIA_ONLY, old=True),
        replace(LOCKED, refuses=MEDIA2),
        replace(LOCKED, http="digest"),
        replace(LOCKED, ahead_s=3600.0),
        replace(LOCKED, ahead_s=-40 * 365 * 86_400.0),  # its battery is empty: it began in the year it was built for
        replace(LOCKED, home="192.0.2.9"),
        Mood(),
    ],
    ids=["media2", "media", "old", "refuses media2", "digest", "ahead", "behind", "lost", "open"],
)
def test_streams_come_from_cameras_of_every_kind_the_largest_first(mood: Mood) -> None:
    with onvif_device(SUB, MAIN, mood=mood) as device:
        assert streams_of(device) == FOUND


def test_a_camera_says_what_it_is() -> None:
    with onvif_device(MAIN, mood=LOCKED) as device, asking(device) as camera:
        camera.greet()
        assert camera.model() == "Acme IPC-42"


@pytest.mark.parametrize("mood", [LOCKED, replace(LOCKED, http="digest"), replace(LOCKED, ahead_s=2.5e11)])
@pytest.mark.parametrize(("user", "password"), [("guard", "wrong"), ("nobody", LOCKED.password), ("", "")])
def test_a_wrong_password_is_told_apart_from_everything_else(mood: Mood, user: str, password: str) -> None:
    with onvif_device(MAIN, mood=mood) as device, asking(device, password, user) as camera:
        with pytest.raises(VigintError) as caught:
            camera.greet()
        assert caught.value.code is Code.CAMERA_UNAUTHORIZED
        assert device.heard.questions.count("GetServices") <= 1  # trying again and again locks accounts


def test_no_sign_in_goes_to_another_machine_on_the_word_of_a_device() -> None:
    with onvif_device(MAIN, mood=replace(LOCKED, home="192.0.2.9")) as device:
        assert streams_of(device) == FOUND[:1]
    assert device.heard.questions.count("GetStreamUri") == 1


def test_the_same_stream_under_two_profiles_is_one() -> None:
    with onvif_device(MAIN, replace(MAIN, name="Again"), mood=LOCKED) as device:
        assert len(streams_of(device)) == 1


def test_of_endless_profiles_only_so_many_are_asked() -> None:
    many = [replace(SUB, url=f"rtsp://127.0.0.1/{number}") for number in range(MOST_PROFILES + 5)]
    with onvif_device(*many, mood=LOCKED) as device:
        assert len(streams_of(device)) == MOST_PROFILES


def test_numbers_that_can_not_be_are_none() -> None:
    odd = Stream("rtsp://127.0.0.1/odd", "A\nB", -640, 10**9, frames_per_s="many")
    with onvif_device(odd, mood=LOCKED) as device:
        assert streams_of(device) == (FoundStream("rtsp://127.0.0.1/odd", "A B", "H264", 0, 0, 0.0),)


@pytest.mark.parametrize("streams", [(), (Stream("http://127.0.0.1/main"),), (Stream(""),)])
def test_a_camera_without_a_stream_for_us(streams: tuple[Stream, ...]) -> None:
    with onvif_device(*streams, mood=LOCKED) as device, pytest.raises(VigintError) as caught:
        streams_of(device)
    assert caught.value.code is Code.DISCOVERY_NO_STREAM


def test_a_password_is_shown_to_nobody_who_asks_for_it_in_clear() -> None:
    with onvif_device(MAIN, mood=replace(LOCKED, http="basic")) as device, pytest.raises(VigintError) as caught:
        streams_of(device)
    assert caught.value.code is Code.CAMERA_UNAUTHORIZED
    assert device.heard.basic == 0


@pytest.mark.parametrize("http", ["", "digest"])
def test_its_picture_is_fetched_with_the_sign_in(http: str) -> None:
    with onvif_device(MAIN, SUB, mood=replace(LOCKED, snapshot=JPEG, http=http)) as device, asking(device) as camera:
        camera.greet()
        camera.streams()
        assert camera.snapshot(1000) == JPEG
        assert camera.snapshot(len(JPEG) - 1) == b""  # too large


@pytest.mark.parametrize("snapshot", [b"", b"<html>"])
def test_what_is_no_picture_is_none(snapshot: bytes) -> None:
    with onvif_device(MAIN, mood=replace(LOCKED, snapshot=snapshot)) as device, asking(device) as camera:
        camera.greet()
        camera.streams()
        assert camera.snapshot(1000) == b""


def test_before_any_stream_there_is_no_picture() -> None:
    with onvif_device(mood=LOCKED) as device, asking(device) as camera:
        assert camera.snapshot(1000) == b""


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("rtsp://192.0.2.5:554/main", "rtsp://192.0.2.7:554/main"),
        ("rtsp://guard:p@ss@192.0.2.5/main?channel=1&subtype=0", "rtsp://192.0.2.7/main?channel=1&subtype=0"),
        ("rtsp://192.0.2.5/main?user=guard&password=x&channel=1#now", "rtsp://192.0.2.7/main?channel=1"),
        ("rtsps://192.0.2.5/", "rtsps://192.0.2.7/"),
        (" rtsp://0.0.0.0:8554/main\n", "rtsp://192.0.2.7:8554/main"),
        ("rtsp://guard:x@/main", "rtsp://192.0.2.7/main"),
        ("rtsp://192.0.2.5/user=guard_password=x_channel=1_stream=0.sdp", ""),
        ("http://192.0.2.5/main", ""),
        ("rtsp://[::1/main", ""),
        ("rtsp://192.0.2.5:many/", ""),
    ],
)
def test_an_address_is_kept_without_what_opens_it(told: str, kept: str) -> None:
    assert without_sign_in(told, "192.0.2.7") == kept


@given(text(), text(alphabet="rtsp:/@?&=%[]0.a"))
def test_no_address_however_odd_breaks_it(anything: str, shaped: str) -> None:
    for told in (anything, f"rtsp://{anything}", f"rtsp://{shaped}", shaped):
        kept = without_sign_in(told, "192.0.2.7")
        assert kept == "" or kept.startswith(("rtsp://192.0.2.7", "rtsps://192.0.2.7"))


@given(text(min_size=4, alphabet=characters(categories=["L", "N"])), text(min_size=8, alphabet="QXZ"))
def test_no_password_before_the_host_is_kept(user: str, password: str) -> None:
    assert password not in without_sign_in(f"rtsp://{user}:{password}@192.0.2.5/main?channel=1", "192.0.2.7")
