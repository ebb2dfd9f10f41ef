"""The list of cameras: chosen, moved, dragged and removed with keys and mouse."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.fakes.cameras_desk import CamerasDesk, said
from vigint_desktop.ui.dialogs.draft_model import DRAFT_ROW_ROLE


def test_the_first_camera_is_shown(desk: CamerasDesk) -> None:
    form = desk.page.form

    assert (desk.page.list.place, desk.names) == (0, ["Door", "Till", "Stock"])
    assert (form.name.text(), form.address.text(), form.user.text()) == ("Door", "rtsp://192.0.2.5/live", "anna")
    assert (form.group.currentText(), form.password.line.placeholderText()) == ("Front", "stored; type to replace it")


def test_a_camera_is_moved_with_alt_and_an_arrow_and_stays_chosen(desk: CamerasDesk) -> None:
    desk.page.list.setFocus()
    QTest.keyClick(desk.page.list, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert desk.names == ["Till", "Door", "Stock"]
    assert (desk.page.list.place, desk.page.form.name.text()) == (1, "Door")

    QTest.keyClick(desk.page.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(desk.page.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert desk.names == ["Door", "Till", "Stock"]


def test_the_arrows_alone_choose(desk: CamerasDesk) -> None:
    desk.page.list.setFocus()
    QTest.keyClick(desk.page.list, Qt.Key.Key_Down)

    assert (desk.page.list.place, desk.page.form.name.text()) == (1, "Till")
    assert desk.names == ["Door", "Till", "Stock"]


def middle_of(desk: CamerasDesk, place: int) -> QPoint:
    return desk.page.list.visualRect(desk.page.model.index(place)).center()


def test_a_camera_is_dragged_to_its_place(desk: CamerasDesk) -> None:
    ground = desk.page.list.viewport()
    QTest.mousePress(ground, Qt.MouseButton.LeftButton, pos=middle_of(desk, 0))
    QTest.mouseMove(ground, middle_of(desk, 1))
    QTest.mouseMove(ground, middle_of(desk, 2))
    QTest.mouseRelease(ground, Qt.MouseButton.LeftButton, pos=middle_of(desk, 2))

    assert desk.names == ["Till", "Stock", "Door"]
    assert (desk.page.list.place, desk.page.form.name.text()) == (2, "Door")
    assert [camera.id for camera in desk.saved()] == ["till", "stock", "door"]


def test_a_drag_ends_where_it_began_with_escape_and_the_dialog_stays(desk: CamerasDesk) -> None:
    ground = desk.page.list.viewport()
    desk.page.list.setFocus()
    QTest.mousePress(ground, Qt.MouseButton.LeftButton, pos=middle_of(desk, 0))
    QTest.mouseMove(ground, middle_of(desk, 2))
    assert desk.names == ["Till", "Stock", "Door"]
    QTest.keyClick(desk.page.list, Qt.Key.Key_Escape)
    QTest.mouseMove(ground, middle_of(desk, 1))
    QTest.mouseRelease(ground, Qt.MouseButton.LeftButton, pos=middle_of(desk, 1))

    assert desk.names == ["Door", "Till", "Stock"]
    assert desk.dialog.isVisible()


def test_a_click_that_trembles_moves_nothing(desk: CamerasDesk) -> None:
    ground = desk.page.list.viewport()
    QTest.mousePress(ground, Qt.MouseButton.LeftButton, pos=middle_of(desk, 1))
    QTest.mouseMove(ground, middle_of(desk, 1) + QPoint(1, 1))
    QTest.mouseRelease(ground, Qt.MouseButton.LeftButton, pos=middle_of(desk, 1))

    assert desk.names == ["Door", "Till", "Stock"]


def test_the_buttons_move_and_know_the_ends(desk: CamerasDesk) -> None:
    page = desk.page
    assert (page.up_button.isEnabled(), page.down_button.isEnabled()) == (False, True)
    page.down_button.click()
    page.down_button.click()

    assert desk.names == ["Till", "Stock", "Door"]
    assert (page.up_button.isEnabled(), page.down_button.isEnabled()) == (True, False)
    page.up_button.click()
    assert desk.names == ["Till", "Door", "Stock"]


def test_delete_removes_and_the_last_one_leaves_a_page_that_teaches(desk: CamerasDesk) -> None:
    desk.page.list.setFocus()
    for _ in range(4):
        QTest.keyClick(desk.page.list, Qt.Key.Key_Delete)

    assert desk.names == []
    assert not desk.page.remove_button.isEnabled()
    assert "No camera is set up." in said(desk.page)
    assert desk.saved() == ()
    assert desk.passwords() == {"door": "", "till": "", "stock": ""}


def test_what_may_be_a_slip_is_seen_in_the_list(desk: CamerasDesk) -> None:
    page = desk.page
    page.list.choose(1)
    page.form.name.selectAll()
    QTest.keyClicks(page.form.name, "door")

    remarks = [page.model.index(place).data(DRAFT_ROW_ROLE).remark for place in range(3)]
    assert remarks == ["Another camera has this name."] * 2 + [""]
    assert page.form.remark_of("name") == "Another camera has this name."
    assert page.problem == ""
