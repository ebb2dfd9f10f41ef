"""A camera’s fields: pasted passwords move, options fold, and what is wrong stands beside its field."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from tests.fakes.cameras_desk import DOOR, STOCK, TILL, CamerasDesk, open_cameras, paste, said
from tests.fakes.controls import FakeControls
from vigint_core.domain.camera import Recording, SourceKind, Transport
from vigint_desktop.bridge import Bridge
from vigint_desktop.settings import LONGEST_NOTES, CameraSettings, Settings
from vigint_desktop.ui.dialogs.draft_model import DRAFT_ROW_ROLE
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme


def test_a_camera_is_added_by_keys_with_a_pasted_address(desk: CamerasDesk, qtbot: QtBot) -> None:
    page = desk.page
    QTest.keyClick(page, Qt.Key.Key_A, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(page.form.name.hasFocus, timeout=30_000)
    QTest.keyClicks(page.form.name, "Garage")
    paste(page.form.address, "rtsp://bob:pa55@192.0.2.9/ch1")

    assert page.form.address.text() == "rtsp://192.0.2.9/ch1"
    assert (page.form.user.text(), page.form.password.line.text()) == ("bob", "pa55")
    assert page.form.remark_of("address") == "An RTSP camera on the network."
    assert desk.saved()[3] == CameraSettings(
        id="garage", name="Garage", kind=SourceKind.RTSP, url="rtsp://192.0.2.9/ch1", user="bob"
    )
    assert desk.passwords() == {"garage": "pa55"}


def test_a_password_in_the_small_streams_address_goes_the_same_way(desk: CamerasDesk) -> None:
    form = desk.page.form
    form.more.unfold()
    paste(form.options.sub_address, "rtsp://carl:n3w@192.0.2.5/sub")

    assert form.options.sub_address.text() == "rtsp://192.0.2.5/sub"
    assert (form.user.text(), form.password.line.text()) == ("carl", "n3w")
    assert desk.saved()[0].sub_url == "rtsp://192.0.2.5/sub"
    assert desk.passwords() == {"door": "n3w"}


def test_what_did_not_change_is_stored_as_it_was(qtbot: QtBot, bridge: Bridge, words: Texts, theme: Theme) -> None:
    odd = DOOR.model_copy(
        update={
            "sub_url": "rtsp://192.0.2.5/sub",
            "transport": Transport.UDP,
            "sleeps": True,
            "recording": Recording.CONTINUOUS,
            "hours": (1320, 360),
            "notes": "Staff pass here.",
        }
    )
    controls = FakeControls(settings=Settings(cameras=(odd, TILL, STOCK)))
    desk = CamerasDesk(controls, bridge, open_cameras(controls, bridge, words, theme))
    for place in (1, 2, 0):
        desk.page.list.choose(place)

    assert desk.saved() == (odd, TILL, STOCK)
    assert controls.applied[0][1].camera_passwords is None


def test_every_option_is_stored(desk: CamerasDesk) -> None:
    form, options = desk.page.form, desk.page.form.options
    QTest.mouseClick(form.more.button, Qt.MouseButton.LeftButton)
    QTest.keyClicks(options.sub_address, "rtsp://192.0.2.5/sub")
    options.transport.setFocus()
    QTest.keyClick(options.transport, Qt.Key.Key_Down)
    options.recording.setFocus()
    QTest.keyClick(options.recording, Qt.Key.Key_Down)
    QTest.keyClick(options.at_hours, Qt.Key.Key_Space)
    options.start.setFocus()
    options.start.setSelectedSection(options.start.Section.HourSection)
    QTest.keyClicks(options.start, "22")
    QTest.keyClick(options.sleeps, Qt.Key.Key_Space)
    QTest.keyClicks(options.notes.edit, "Staff pass here.")
    form.group_line.selectAll()
    QTest.keyClicks(form.group, "Back yard")

    assert form.remark_of("hours") == "Over midnight, to the next day."
    stored = desk.saved()[0]
    assert stored == DOOR.model_copy(
        update={
            "sub_url": "rtsp://192.0.2.5/sub",
            "transport": Transport.UDP,
            "recording": Recording.ON_ACTIVITY,
            "hours": (22 * 60, 20 * 60),
            "sleeps": True,
            "notes": "Staff pass here.",
            "group": "Back yard",
        }
    )


def test_an_address_typed_into_the_wrong_field_is_refused_with_its_password(desk: CamerasDesk) -> None:
    form = desk.page.form
    form.group_line.selectAll()
    QTest.keyClicks(form.group, "rtsp://anna:s3cret@192.0.2.5/")
    form.address.setFocus()
    desk.dialog.accept()

    assert form.remark_of("group") == "An address belongs into the field below."
    assert desk.controls.applied == []


def test_a_group_is_chosen_or_typed_and_never_completed_by_itself(desk: CamerasDesk) -> None:
    page, form = desk.page, desk.page.form
    page.list.choose(1)
    QTest.keyClicks(form.group, "Fro")
    assert page.drafts[1].group == "Fro"
    page.list.choose(2)
    assert [form.group.itemText(row) for row in range(form.group.count())] == ["Front", "Fro"]
    form.group.setFocus()
    QTest.keyClick(form.group, Qt.Key.Key_Down)

    assert page.drafts[2].group == "Front"
    assert page.model.index(2).data(DRAFT_ROW_ROLE).about == "Front · 192.0.2.7"


def test_options_are_folded_and_what_differs_is_said(desk: CamerasDesk) -> None:
    form = desk.page.form
    assert not form.options.isVisible()
    form.more.unfold()
    form.options.sleeps.click()
    form.more.button.click()

    assert "sleeps at times" in said(form.more)
    desk.page.list.choose(1)
    assert "sleeps at times" not in said(form.more)


@pytest.mark.parametrize(("place", "transport", "small"), [(0, True, True), (1, False, False), (2, False, True)])
def test_only_what_makes_sense_for_the_kind_is_offered(
    desk: CamerasDesk, place: int, transport: bool, small: bool
) -> None:
    desk.page.list.choose(place)
    desk.page.form.more.unfold()
    options = desk.page.form.options

    assert (options.transport_row.isVisible(), options.sub_row.isVisible()) == (transport, small)


def test_a_new_camera_is_not_scolded_before_it_is_saved(desk: CamerasDesk) -> None:
    page = desk.page
    page.add_button.click()
    assert (page.form.remark_of("name"), page.form.remark_of("address")) == ("", "")
    page.list.choose(0)

    desk.dialog.accept()

    assert desk.controls.applied == []
    assert page.list.place == 3
    assert page.form.remark_of("name") == "Give the camera a name."
    assert page.form.remark_of("address") == "Enter the camera’s address."
    assert page.form.name.hasFocus()
    assert desk.dialog.problem.isVisible()
    QTest.keyClicks(page.form.name, "Yard")
    assert page.form.remark_of("name") == ""
    assert not desk.dialog.problem.isVisible()


def test_a_problem_in_a_folded_field_is_brought_into_sight(desk: CamerasDesk) -> None:
    form = desk.page.form
    form.more.unfold()
    QTest.keyClicks(form.options.sub_address, "http://192.0.2.5/sub")
    form.more.button.click()

    desk.dialog.accept()

    assert form.options.sub_address.isVisible()
    assert form.remark_of("sub_address") == "Both streams must be of the same kind."


def test_an_address_is_not_called_broken_while_it_is_typed(desk: CamerasDesk) -> None:
    form = desk.page.form
    form.address.setFocus()
    form.address.selectAll()
    QTest.keyClicks(form.address, "rtsp://")
    assert form.remark_of("address") == "An RTSP camera on the network."
    form.user.setFocus()

    assert form.remark_of("address") == "This address is not complete."


def test_a_video_file_is_chosen(desk: CamerasDesk, tmp_path: Path) -> None:
    desk.page.add_button.click()
    desk.page.form.file_button.click()
    chooser = desk.page.form.findChild(QFileDialog)
    chooser.fileSelected.emit(str(tmp_path / "film.mp4"))
    chooser.close()

    assert desk.page.form.address.text() == str(tmp_path / "film.mp4")
    assert desk.page.form.remark_of("address") == "A video file, played in a loop."


def test_notes_that_are_too_long_keep_the_dialog_open_and_are_led_to(desk: CamerasDesk, qtbot: QtBot) -> None:
    form = desk.page.form
    form.more.unfold()
    form.options.notes.show_text("a" * (LONGEST_NOTES + 1))
    form.more.button.click()

    desk.dialog.accept()

    assert desk.controls.applied == []
    assert desk.dialog.problem.text() == "These notes are too long."
    qtbot.waitUntil(form.options.notes.edit.hasFocus, timeout=30_000)
    assert "501 of 500 characters: too long" in said(form.options)


def test_each_camera_shows_its_own_notes(desk: CamerasDesk) -> None:
    form = desk.page.form
    form.options.notes.show_text("Staff pass here.")
    assert "notes" in form.options.summary(form.draft)

    desk.page.list.choose(1)
    assert form.options.notes.text == ""
    desk.page.list.choose(0)
    assert form.options.notes.text == "Staff pass here."
