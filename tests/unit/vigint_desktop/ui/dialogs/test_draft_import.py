"""A list that comes in: what is there stays, what comes brings no password, and what was done is said."""

from vigint_desktop.camera_list import CameraList, ListedCamera
from vigint_desktop.ui.dialogs.camera_draft import CameraDraft, stored_cameras
from vigint_desktop.ui.dialogs.draft_import import imported
from vigint_desktop.ui.text import Texts


def camera(camera_id: str, url: str, user: str = "") -> ListedCamera:
    return ListedCamera(id=camera_id, name=camera_id.title(), url=url, user=user)


HERE = [CameraDraft("door", "Door", "rtsp://192.0.2.5/live", has_password=True)]


def test_the_same_address_is_skipped_and_what_is_there_stays() -> None:
    come = imported(CameraList((camera("gate", "RTSP://192.0.2.5/live"),), 0), HERE)

    assert (come.drafts, come.skipped) == ((), ("Gate",))


def test_an_address_twice_in_the_file_comes_in_once() -> None:
    come = imported(CameraList((camera("a", "0"), camera("b", "0")), 0), [])

    assert [draft.name for draft in come.drafts] == ["A"]
    assert come.skipped == ("B",)


def test_another_camera_under_a_taken_id_gets_one_of_its_own_and_no_password() -> None:
    come = imported(CameraList((camera("door", "rtsp://192.0.2.9/live"),), 0), HERE)
    cameras, passwords = stored_cameras([*HERE, *come.drafts], before=["door"])

    assert [one.id for one in cameras] == ["door", "door-2"]
    assert passwords == {"door-2": ""}


def test_an_id_is_kept_where_it_is_free_so_that_history_is_found_again() -> None:
    come = imported(CameraList((camera("c17", "rtsp://192.0.2.9/live"),), 0), HERE)

    assert stored_cameras(come.drafts)[0][0].id == "c17"


def test_what_was_done_is_said(words: Texts) -> None:
    many = tuple(camera(f"c{n}", "rtsp://192.0.2.5/live") for n in range(5))
    come = imported(CameraList((camera("yard", "rtsp://192.0.2.9/a", "anna"), *many), 1), HERE)

    assert come.said(words) == (
        "Cameras added: 1. Left as they are, because their address is in the list already: 5 (C0, C1, C2, …). "
        "A sign-in in an address was dropped: 1. Passwords are never in such a file; enter them before you save."
    )
    assert imported(CameraList((), 0), HERE).said(words) == "Cameras added: 0."
