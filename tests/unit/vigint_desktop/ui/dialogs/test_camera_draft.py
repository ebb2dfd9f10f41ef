"""A camera being edited: credentials never stay in the address, ids stay themselves."""

from vigint_core.domain.camera import SourceKind
from vigint_desktop.settings import CameraSettings
from vigint_desktop.ui.dialogs.camera_draft import CameraDraft, stored_cameras


def test_user_and_password_move_out_of_a_pasted_address() -> None:
    draft = CameraDraft(name="Door").with_address(" rtsp://anna:s3cret@10.0.0.5/live ")

    assert (draft.address, draft.user, draft.password) == ("rtsp://10.0.0.5/live", "anna", "s3cret")


def test_an_address_without_credentials_keeps_those_that_were_typed() -> None:
    draft = CameraDraft(user="anna", password="s3cret").with_address("rtsp://10.0.0.5/live")

    assert (draft.user, draft.password) == ("anna", "s3cret")


def test_what_is_missing_is_named() -> None:
    assert CameraDraft(address="0").problem == "cameras.no_name"
    assert CameraDraft(name=" ").problem == "cameras.no_name"
    assert CameraDraft(name="Door").problem == "cameras.no_address"
    assert CameraDraft(name="Door", address="0").problem == ""


def test_the_kind_follows_from_the_address_and_the_id_from_the_name() -> None:
    made = CameraDraft(name=" Back Door ", address="rtsp://10.0.0.5/live", user=" anna ").settings([])

    assert made == CameraSettings(
        id="back-door", name="Back Door", kind=SourceKind.RTSP, url="rtsp://10.0.0.5/live", user="anna"
    )


def test_a_stored_camera_keeps_its_id_when_it_is_renamed() -> None:
    stored = CameraSettings(id="door", name="Door", kind=SourceKind.USB, url="0")
    draft = CameraDraft.of(stored, has_password=True)

    cameras, passwords = stored_cameras([draft, CameraDraft(name="Door", address="1", password="x")])

    assert [camera.id for camera in cameras] == ["door", "door-2"]
    assert passwords == {"door-2": "x"}


def test_only_changed_passwords_are_stored_and_an_empty_one_removes() -> None:
    drafts = [CameraDraft("a", "A", "0"), CameraDraft("b", "B", "1", password="")]

    assert stored_cameras(drafts)[1] == {"b": ""}


def test_the_password_of_a_camera_that_goes_goes_with_it() -> None:
    assert stored_cameras([CameraDraft("a", "A", "0")], before=["a", "b"])[1] == {"b": ""}


def test_a_new_camera_gets_nothing_that_lies_under_its_name() -> None:
    cameras, passwords = stored_cameras([CameraDraft(name="Door", address="rtsp://elsewhere/live")], before=["door"])

    assert cameras[0].id == "door"
    assert passwords == {"door": ""}
