"""The camera list travels without secrets, and what somebody else wrote is read with care."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from vigint_core.domain.camera import Recording, SourceKind, Transport
from vigint_core.domain.fault import Code, VigintError
from vigint_desktop import camera_list
from vigint_desktop.camera_list import MOST_BYTES, MOST_CAMERAS, holds_secret
from vigint_desktop.settings import CameraSettings

DOOR = CameraSettings(
    id="door",
    name="Door é",
    kind=SourceKind.RTSP,
    url="rtsp://192.0.2.5/main",
    sub_url="rtsp://192.0.2.5/sub",
    user="anna",
    transport=Transport.UDP,
    group="Shop floor",
    sleeps=True,
    recording=Recording.ON_ACTIVITY,
    hours=(1200, 420),
    notes="Staff restock here.",
)
TILL = CameraSettings(id="till", name="Till", kind=SourceKind.USB, url="0")


def listed(*cameras: dict[str, Any], **head: Any) -> str:
    return json.dumps({"format": "vigint-cameras", "version": 1, "cameras": cameras} | head)


def camera(**fields: Any) -> dict[str, Any]:
    return {"id": "door", "name": "Door", "url": "rtsp://192.0.2.5/main"} | fields


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cameras.json"


def refused(file: Path, text: str) -> VigintError:
    file.write_text(text, "utf-8")
    with pytest.raises(VigintError) as caught:
        camera_list.read(file)
    return caught.value


def test_what_is_written_is_read_again_with_everything_but_the_kind(file: Path) -> None:
    assert camera_list.write([DOOR, TILL], file) == 0

    read = camera_list.read(file)

    assert read.stripped == 0
    assert [one.model_dump() for one in read.cameras] == [one.model_dump(exclude={"kind"}) for one in (DOOR, TILL)]


def test_a_list_replaces_the_file_that_was_there_and_leaves_no_other(file: Path) -> None:
    file.write_text("old", "utf-8")
    camera_list.write([DOOR], file)

    assert [one.id for one in camera_list.read(file).cameras] == ["door"]
    assert list(file.parent.iterdir()) == [file]


def test_no_secret_is_ever_written(file: Path) -> None:
    leaky = DOOR.model_copy(update={"url": "rtsp://anna:s3cret@192.0.2.5/main"})
    asking = TILL.model_copy(update={"url": "http://192.0.2.6/video?user=anna&pwd=s3cret"})

    assert camera_list.write([leaky, asking, TILL], file) == 2

    assert "s3cret" not in file.read_text("utf-8")
    assert camera_list.read(file).cameras[0].url == "rtsp://192.0.2.5/main"


def test_a_sign_in_in_an_address_that_is_read_is_dropped_and_counted(file: Path) -> None:
    file.write_text(listed(camera(sub_url="rtsp://bob:s3cret@192.0.2.5/sub"), camera(id="till")), "utf-8")

    read = camera_list.read(file)

    assert read.stripped == 1
    assert read.cameras[0].sub_url == "rtsp://192.0.2.5/sub"
    assert "s3cret" not in repr(read)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not json",
        "[1, 2]",
        "[" * 5000,
        '{"version": 1, "cameras": []}',
        listed(format="another"),
        listed(version=0),
        listed(version="one"),
        listed(cameras=None),
        listed(extra=1),
        listed(camera(password="s3cret")),
        listed(camera(name=" ")),
        listed(camera(url="")),
        listed(camera(id="../door")),
        listed(camera(transport="sctp")),
        listed(camera(hours=[0, 1440])),
        listed(camera(name="x" * 201)),
        listed(*[camera(id=f"c{n}") for n in range(MOST_CAMERAS + 1)]),
    ],
)
def test_what_is_no_list_is_refused(file: Path, text: str) -> None:
    error = refused(file, text)

    assert error.code is Code.CAMERA_LIST_UNREADABLE
    assert "s3cret" not in str(error)


def test_a_newer_list_is_refused_as_one_whatever_else_stands_in_it(file: Path) -> None:
    assert refused(file, listed({"lens": 3}, version=2)).code is Code.CAMERA_LIST_NEWER


def test_a_file_without_end_is_not_read_to_its_end(file: Path) -> None:
    assert refused(file, " " * (MOST_BYTES + 1)).code is Code.CAMERA_LIST_UNREADABLE


def test_what_is_not_a_file_is_refused_at_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for place in (tmp_path, pipe, tmp_path / "gone"):
        with pytest.raises(VigintError) as caught:
            camera_list.read(place)
        assert caught.value.code is Code.CAMERA_LIST_UNREADABLE


def test_a_folder_that_is_gone_is_said(tmp_path: Path) -> None:
    with pytest.raises(VigintError) as caught:
        camera_list.write([DOOR], tmp_path / "gone" / "cameras.json")

    assert caught.value.code is Code.CAMERA_LIST_NOT_WRITTEN


def test_a_list_that_cannot_take_its_place_leaves_nothing_behind(tmp_path: Path) -> None:
    taken = tmp_path / "cameras.json"
    taken.mkdir()
    with pytest.raises(VigintError):
        camera_list.write([DOOR], taken)

    assert list(tmp_path.iterdir()) == [taken]


@pytest.mark.parametrize(
    ("address", "holds"),
    [
        ("rtsp://192.0.2.5/live", False),
        ("rtsp://a:b@192.0.2.5/live", True),
        ("http://192.0.2.5/v?user=a&password=b", True),
        ("http://192.0.2.5/v?loginuse=a&loginpas=b", True),
        ("rtsp://192.0.2.5/user=a_password=b_channel=1_stream=0.sdp", True),
        ("http://192.0.2.5/v?channel=1", False),
        ("0", False),
        ("/home/shop/film.mp4", False),
    ],
)
def test_an_address_with_a_secret_in_it_is_recognised(address: str, holds: bool) -> None:
    assert holds_secret(address) is holds


def test_the_documents_example_is_a_list(file: Path) -> None:
    document = Path(__file__).parents[3] / "docs" / "camera-list.md"
    file.write_text(document.read_text("utf-8").split("```json")[1].split("```")[0], "utf-8")
    (one,) = camera_list.read(file).cameras

    assert (one.id, one.hours) == ("door", (1320, 360))
    fields = document.read_text("utf-8").split("| field |")[1]
    assert [name for name in type(one).model_fields if f"`{name}`" not in fields] == []
