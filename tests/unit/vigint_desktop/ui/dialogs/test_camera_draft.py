"""A camera being edited: credentials never stay in the address, ids stay themselves."""

from dataclasses import replace

import pytest

from vigint_core.domain.camera import Recording, SourceKind, Transport
from vigint_desktop.settings import CameraSettings
from vigint_desktop.ui.dialogs.camera_draft import (
    CameraDraft,
    Field,
    address_key,
    doubts,
    groups_of,
    host_of,
    stored_cameras,
)

LIVE = "rtsp://192.0.2.5/live"


def test_user_and_password_move_out_of_a_pasted_address() -> None:
    draft = CameraDraft(name="Door").with_address(" rtsp://anna:s3cret@192.0.2.5/live ")

    assert (draft.address, draft.user, draft.password) == (LIVE, "anna", "s3cret")
    small = CameraDraft(name="Door", address=LIVE).with_sub_address("rtsp://anna:s3cret@192.0.2.5/sub")
    assert (small.address, small.sub_address, small.password) == (LIVE, "rtsp://192.0.2.5/sub", "s3cret")


def test_an_address_without_credentials_keeps_those_that_were_typed() -> None:
    draft = CameraDraft(user="anna", password="s3cret").with_address(LIVE)

    assert (draft.user, draft.password) == ("anna", "s3cret")


def test_a_draft_does_not_show_its_password() -> None:
    assert "s3cret" not in repr(CameraDraft(user="anna", password="s3cret"))


@pytest.mark.parametrize(
    ("draft", "problems"),
    [
        (CameraDraft(address="0"), {"name": "cameras.no_name"}),
        (CameraDraft(name=" ", address="0"), {"name": "cameras.no_name"}),
        (CameraDraft(name="Door"), {"address": "cameras.no_address"}),
        (CameraDraft(name="Door", address="0"), {}),
        (CameraDraft(name="rtsp://a:b@192.0.2.5/", address="0"), {"name": "cameras.misplaced_address"}),
        (CameraDraft(name="Door", group="rtsp://a:b@192.0.2.5/", address="0"), {"group": "cameras.misplaced_address"}),
        (CameraDraft(name="Door", address="rtsp://"), {"address": "cameras.broken_address"}),
        (CameraDraft(name="Door", address="rtsp://192.0.2.5:port/"), {"address": "cameras.broken_address"}),
        (CameraDraft(name="Door", address="rtsp://192.0.2.5:99999/"), {"address": "cameras.broken_address"}),
        (CameraDraft(name="Door", address="rtsp://[fe80::1/live"), {"address": "cameras.broken_address"}),
        (CameraDraft(name="Door", address="rtsp://192.0.2.5/li ve"), {"address": "cameras.broken_address"}),
        (CameraDraft(name="Door", address="rtsp://[fe80::1]:554/live"), {}),
        (CameraDraft(name="Door", address="/films/a b.mp4"), {}),
        (CameraDraft(name="Door", address=LIVE, sub_address="rtsp://"), {"sub_address": "cameras.broken_address"}),
        (CameraDraft(name="Door", address=LIVE, sub_address="http://a/b"), {"sub_address": "cameras.other_kind"}),
        (CameraDraft(name="Door", address="0", sub_address="http://a/b"), {}),
        (CameraDraft(name="Door", address="0", hours=(60, 60)), {"hours": "cameras.same_hours"}),
        (CameraDraft(name="Door", address="0", hours=(1320, 360)), {}),
    ],
)
def test_what_keeps_it_from_being_stored_is_named(draft: CameraDraft, problems: dict[Field, str]) -> None:
    assert draft.problems == problems
    assert draft.problem == next(iter(problems.values()), "")


@pytest.mark.parametrize(
    ("draft", "found"),
    [
        (CameraDraft(name=" door "), {"name": "cameras.same_name"}),
        (CameraDraft(name="Yard", address="RTSP://192.0.2.5/live"), {"address": "cameras.same_address"}),
        (CameraDraft(name="Yard", address="rtsp://192.0.2.5/LIVE"), {}),
        (CameraDraft(name="Yard", address="192.168.1.20:554/live"), {"address": "cameras.host_alone"}),
        (CameraDraft(name="Yard", address="http://a/v?pwd=x"), {"address": "cameras.secret_in_address"}),
        (
            CameraDraft(name="Yard", address="rtsp://a/1", sub_address="rtsp://A/1"),
            {"sub_address": "cameras.same_streams"},
        ),
        (CameraDraft(name="Yard", address="rtsp://a/1", user="anna"), {"password": "cameras.no_password"}),
        (CameraDraft(name="Yard", address="rtsp://a/1", user="anna", password="x"), {}),
        (CameraDraft("y", "Yard", "rtsp://a/1", "anna", None, has_password=True), {}),
        (CameraDraft("y", "Yard", "rtsp://a/1", "anna", "", has_password=True), {"password": "cameras.no_password"}),
        (CameraDraft(name="Yard", address="0", user="anna"), {}),
    ],
)
def test_what_may_be_a_slip_is_named(draft: CameraDraft, found: dict[Field, str]) -> None:
    assert doubts([CameraDraft(name="Door", address=LIVE), draft], 1) == found


ASKING = "http://192.0.2.6/v?user=anna&pwd=s3cret"
ASKED = "http://192.0.2.6/v?user={user}&pwd={password}"


def test_a_password_that_a_camera_wants_in_its_address_is_kept_apart_too() -> None:
    typed = CameraDraft(name="Yard").with_address(ASKING).with_sub_address(ASKING + "&small=1")
    cameras, passwords = stored_cameras([typed])
    assert (cameras[0].url, cameras[0].sub_url, cameras[0].user) == (ASKED, ASKED + "&small=1", "anna")
    assert passwords == {cameras[0].id: "s3cret"}
    assert doubts([typed], 0) == {}


def test_a_password_that_was_stored_in_an_address_leaves_it() -> None:
    stored = CameraSettings(id="yard", name="Yard", kind=SourceKind.MJPEG, url=ASKING)
    cameras, passwords = stored_cameras([CameraDraft.of(stored, has_password=False)])
    assert (cameras[0].url, cameras[0].user, passwords) == (ASKED, "anna", {"yard": "s3cret"})
    assert CameraDraft.of(stored, has_password=True).address == ASKING, "nobody knows which of the two is right"


def test_two_new_cameras_are_not_called_alike() -> None:
    assert doubts([CameraDraft(), CameraDraft()], 0) == {}


def test_the_kind_follows_from_the_address_and_the_id_from_the_name() -> None:
    made = CameraDraft(name=" Back Door ", address=LIVE, user=" anna ", group=" Yard ").settings([])

    assert made == CameraSettings(
        id="back-door", name="Back Door", kind=SourceKind.RTSP, url=LIVE, user="anna", group="Yard"
    )


def test_a_stored_camera_that_was_not_changed_is_stored_as_it_was() -> None:
    stored = CameraSettings(
        id="door",
        name="Door",
        kind=SourceKind.RTSP,
        url=LIVE,
        user="anna",
        sub_url="rtsp://192.0.2.5/sub",
        transport=Transport.UDP,
        group="Yard",
        sleeps=True,
        recording=Recording.ON_ACTIVITY,
        hours=(1320, 360),
    )

    assert CameraDraft.of(stored, has_password=True).settings(["door"]) == stored


def test_a_small_stream_is_kept_only_where_there_can_be_one() -> None:
    draft = CameraDraft(name="Door", address=LIVE, sub_address="rtsp://192.0.2.5/sub")

    assert draft.settings([]).sub_url == "rtsp://192.0.2.5/sub"
    assert replace(draft, address="0").settings([]).sub_url == ""


def test_a_stored_camera_keeps_its_id_when_it_is_renamed() -> None:
    stored = CameraSettings(id="door", name="Door", kind=SourceKind.USB, url="0")
    draft = replace(CameraDraft.of(stored, has_password=True), name="Gate")

    cameras, passwords = stored_cameras([draft, CameraDraft(name="Door", address="1", password="x")])

    assert [(camera.id, camera.name) for camera in cameras] == [("door", "Gate"), ("door-2", "Door")]
    assert passwords == {"door-2": "x"}


def test_an_id_that_is_wished_for_is_taken_if_it_is_free() -> None:
    wishes = [CameraDraft("till", "Till", "0"), CameraDraft(name="A", address="1", wanted_id="till")]
    wishes += [CameraDraft(name="B", address="2", wanted_id="yard")]

    assert [camera.id for camera in stored_cameras(wishes)[0]] == ["till", "till-2", "yard"]


def test_only_changed_passwords_are_stored_and_an_empty_one_removes() -> None:
    drafts = [CameraDraft("a", "A", "0"), CameraDraft("b", "B", "1", password="")]

    assert stored_cameras(drafts)[1] == {"b": ""}


def test_the_password_of_a_camera_that_goes_goes_with_it() -> None:
    assert stored_cameras([CameraDraft("a", "A", "0")], before=["a", "b"])[1] == {"b": ""}


@pytest.mark.parametrize("wanted", ["", "door"])
def test_a_new_camera_gets_nothing_that_lies_under_its_name(wanted: str) -> None:
    new = CameraDraft(name="Door", address="rtsp://elsewhere/live", wanted_id=wanted)
    cameras, passwords = stored_cameras([new], before=["door"])

    assert cameras[0].id == "door"
    assert passwords == {"door": ""}


def test_groups_are_named_once_in_the_order_of_the_cameras() -> None:
    drafts = [CameraDraft(group=name) for name in ("Yard", "", " Till ", "Yard")]

    assert groups_of(drafts) == ["Yard", "Till"]


@pytest.mark.parametrize(
    ("address", "host"),
    [(LIVE, "192.0.2.5"), ("rtsp://[fe80::1]:554/a", "fe80::1"), ("rtsp://[bad", ""), ("0", ""), ("/films/a.mp4", "")],
)
def test_the_host_of_an_address(address: str, host: str) -> None:
    assert host_of(address) == host


def test_case_counts_in_a_path_alone() -> None:
    assert address_key("RTSP://Cam/Live") == address_key("rtsp://cam/Live") != address_key("rtsp://cam/live")
    assert address_key("rtsp://cam") == address_key("rtsp://cam/")
    assert address_key("/Films/A.mp4") != address_key("/films/a.mp4")
