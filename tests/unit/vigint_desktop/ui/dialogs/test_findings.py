"""What a found camera becomes: which streams are taken, what it is called, and where its password goes."""

import pytest

from vigint_core.domain.sign_in import SignIn
from vigint_core.domain.status import FoundCamera, FoundStream
from vigint_desktop.ui.dialogs.camera_draft import CameraDraft
from vigint_desktop.ui.dialogs.findings import draft_of, known_as, main_and_sub, name_of, stream_words
from vigint_desktop.ui.text import Texts


def stream(width: int = 0, height: int = 0, **fields: object) -> FoundStream:
    known = {"url": "rtsp://192.0.2.5/s", "name": "", "codec": "", "frames_per_s": 0.0} | fields
    return FoundStream(width=width, height=height, **known)  # type: ignore[arg-type]


def camera(name: str = "", hardware: str = "", host: str = "192.0.2.5") -> FoundCamera:
    return FoundCamera("s", "key", "http://192.0.2.5/onvif", host, name, hardware)


@pytest.mark.parametrize(
    ("sizes", "main", "sub"),
    [
        ([(1920, 1080)], 0, None),
        ([(1920, 1080), (640, 360)], 0, 1),
        ([(640, 360), (1920, 1080)], 1, 0),
        ([(3840, 2160), (1920, 1080), (704, 576), (320, 240)], 0, 2),
        ([(1920, 1080), (1280, 720)], 0, 1),
        ([(1920, 1080), (1600, 900)], 0, None),
        ([(1920, 1080), (160, 90)], 0, None),
        ([(1920, 1080), (0, 0)], 0, None),
        ([(0, 0), (0, 0)], 0, None),
        ([(1920, 1080), (1920, 1080)], 0, None),
    ],
)
def test_streams_are_chosen_by_size(sizes: list[tuple[int, int]], main: int, sub: int | None) -> None:
    assert main_and_sub([stream(*size) for size in sizes]) == (main, sub)


@pytest.mark.parametrize(
    ("told", "words_of_it"),
    [
        (stream(1920, 1080, codec="H264", frames_per_s=25.0), "1920 × 1080, H.264, 25/s"),
        (stream(codec="JPEG"), "MJPEG"),
        (stream(640, 360, codec="VP9"), "640 × 360, VP9"),
        (stream(name="Profile_1"), "Profile_1"),
        (stream(), "rtsp://192.0.2.5/s"),
    ],
)
def test_a_stream_in_a_line(told: FoundStream, words_of_it: str, words: Texts) -> None:
    assert stream_words(told, words) == words_of_it


def test_it_is_called_as_it_calls_itself_and_told_apart_by_its_host() -> None:
    assert name_of(camera("Yard", "IPC-1"), set()) == "Yard"
    assert name_of(camera("", "IPC-1"), set()) == "IPC-1"
    assert name_of(camera(), set()) == "192.0.2.5"
    assert name_of(camera("Yard"), {"Yard"}) == "Yard 192.0.2.5"
    assert name_of(camera(), {"192.0.2.5"}) == "192.0.2.5"


def test_one_at_the_same_host_is_known() -> None:
    here = [CameraDraft(name="Film", address="/a.mp4"), CameraDraft(name="Door", address="rtsp://192.0.2.5:554/live")]

    assert known_as(camera(), here) == "Door"
    assert known_as(camera(host="192.0.2.6"), here) == ""
    assert known_as(camera(host=""), here) == ""


def test_the_password_goes_into_its_own_field() -> None:
    main = stream(1920, 1080, url="rtsp://x:y@192.0.2.5/main")
    made = draft_of("Yard", main, stream(url="rtsp://192.0.2.5/sub"), SignIn("anna", "s3cret"))

    assert made == CameraDraft(
        name="Yard", address="rtsp://192.0.2.5/main", sub_address="rtsp://192.0.2.5/sub", user="anna", password="s3cret"
    )
    assert draft_of("Yard", main, None, SignIn()).changed_password == ""
    assert "s3cret" not in repr(SignIn("anna", "s3cret"))
