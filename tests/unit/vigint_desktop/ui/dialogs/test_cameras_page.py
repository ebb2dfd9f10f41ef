"""The cameras page: everything can be done with keys, nothing changes before Save, and no password is ever shown."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.fakes.controls import FakeControls
from vigint_core.domain.camera import Recording, SourceKind, Transport
from vigint_core.domain.fault import Code
from vigint_core.domain.status import CheckResult
from vigint_core.texts import LANGUAGES, Language
from vigint_desktop import camera_list
from vigint_desktop.bridge import Bridge
from vigint_desktop.settings import CameraSettings, Settings
from vigint_desktop.ui.dialogs.camera_draft import CameraDraft
from vigint_desktop.ui.dialogs.cameras_page import CamerasPage
from vigint_desktop.ui.dialogs.draft_model import DRAFT_ROW_ROLE
from vigint_desktop.ui.dialogs.settings import SettingsDialog
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme

DOOR = CameraSettings(
    id="door", name="Door", kind=SourceKind.RTSP, url="rtsp://10.0.0.5/live", user="anna", group="Front"
)
TILL = CameraSettings(id="till", name="Till", kind=SourceKind.USB, url="0")
STOCK = CameraSettings(id="stock", name="Stock", kind=SourceKind.MJPEG, url="http://10.0.0.7/video")


@dataclass
class Desk:
    controls: FakeControls
    bridge: Bridge
    dialog: SettingsDialog

    @property
    def page(self) -> CamerasPage:
        return self.dialog.cameras

    @property
    def names(self) -> list[str]:
        return [draft.name for draft in self.page.drafts]

    def saved(self) -> tuple[CameraSettings, ...]:
        self.dialog.accept()
        ((settings, _),) = self.controls.applied
        return settings.cameras

    def passwords(self) -> dict[str, str]:
        return dict(self.controls.applied[0][1].camera_passwords or {})


def opened(controls: FakeControls, bridge: Bridge, texts: Texts, theme: Theme) -> SettingsDialog:
    dialog = SettingsDialog(controls, bridge, texts, theme, controls.apply)
    dialog.show_page("cameras")
    dialog.show()
    dialog.activateWindow()
    return dialog


@pytest.fixture
def desk(qtbot: QtBot, bridge: Bridge, words: Texts, theme: Theme) -> Iterator[Desk]:
    controls = FakeControls(settings=Settings(cameras=(DOOR, TILL, STOCK)))
    controls.stored = replace(controls.stored, camera_ids_with_password=frozenset({"door"}))
    dialog = opened(controls, bridge, words, theme)
    qtbot.waitUntil(dialog.isActiveWindow, timeout=30_000)
    yield Desk(controls, bridge, dialog)
    if shiboken6.isValid(dialog):  # it deletes itself when it is closed
        dialog.reject()


def paste(line: QLineEdit, text: str) -> None:
    QApplication.clipboard().setText(text)
    line.selectAll()
    line.paste()


def said(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if not label.isHidden())


# -- the list ------------------------------------------------------------------------------------------------------


def test_the_first_camera_is_shown(desk: Desk) -> None:
    form = desk.page.form

    assert (desk.page.list.place, desk.names) == (0, ["Door", "Till", "Stock"])
    assert (form.name.text(), form.address.text(), form.user.text()) == ("Door", "rtsp://10.0.0.5/live", "anna")
    assert (form.group.currentText(), form.password.line.placeholderText()) == ("Front", "stored; type to replace it")


def test_a_camera_is_moved_with_alt_and_an_arrow_and_stays_chosen(desk: Desk) -> None:
    desk.page.list.setFocus()
    QTest.keyClick(desk.page.list, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert desk.names == ["Till", "Door", "Stock"]
    assert (desk.page.list.place, desk.page.form.name.text()) == (1, "Door")

    QTest.keyClick(desk.page.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(desk.page.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert desk.names == ["Door", "Till", "Stock"]


def test_the_arrows_alone_choose(desk: Desk) -> None:
    desk.page.list.setFocus()
    QTest.keyClick(desk.page.list, Qt.Key.Key_Down)

    assert (desk.page.list.place, desk.page.form.name.text()) == (1, "Till")
    assert desk.names == ["Door", "Till", "Stock"]


def middle_of(desk: Desk, place: int) -> QPoint:
    return desk.page.list.visualRect(desk.page.model.index(place)).center()


def test_a_camera_is_dragged_to_its_place(desk: Desk) -> None:
    ground = desk.page.list.viewport()
    QTest.mousePress(ground, Qt.MouseButton.LeftButton, pos=middle_of(desk, 0))
    QTest.mouseMove(ground, middle_of(desk, 1))
    QTest.mouseMove(ground, middle_of(desk, 2))
    QTest.mouseRelease(ground, Qt.MouseButton.LeftButton, pos=middle_of(desk, 2))

    assert desk.names == ["Till", "Stock", "Door"]
    assert (desk.page.list.place, desk.page.form.name.text()) == (2, "Door")
    assert [camera.id for camera in desk.saved()] == ["till", "stock", "door"]


def test_a_drag_ends_where_it_began_with_escape_and_the_dialog_stays(desk: Desk) -> None:
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


def test_a_click_that_trembles_moves_nothing(desk: Desk) -> None:
    ground = desk.page.list.viewport()
    QTest.mousePress(ground, Qt.MouseButton.LeftButton, pos=middle_of(desk, 1))
    QTest.mouseMove(ground, middle_of(desk, 1) + QPoint(1, 1))
    QTest.mouseRelease(ground, Qt.MouseButton.LeftButton, pos=middle_of(desk, 1))

    assert desk.names == ["Door", "Till", "Stock"]


def test_the_buttons_move_and_know_the_ends(desk: Desk) -> None:
    page = desk.page
    assert (page.up_button.isEnabled(), page.down_button.isEnabled()) == (False, True)
    page.down_button.click()
    page.down_button.click()

    assert desk.names == ["Till", "Stock", "Door"]
    assert (page.up_button.isEnabled(), page.down_button.isEnabled()) == (True, False)
    page.up_button.click()
    assert desk.names == ["Till", "Door", "Stock"]


def test_delete_removes_and_the_last_one_leaves_a_page_that_teaches(desk: Desk) -> None:
    desk.page.list.setFocus()
    for _ in range(4):
        QTest.keyClick(desk.page.list, Qt.Key.Key_Delete)

    assert desk.names == []
    assert not desk.page.remove_button.isEnabled()
    assert "No camera is set up." in said(desk.page)
    assert desk.saved() == ()
    assert desk.passwords() == {"door": "", "till": "", "stock": ""}


def test_what_may_be_a_slip_is_seen_in_the_list(desk: Desk) -> None:
    page = desk.page
    page.list.choose(1)
    page.form.name.selectAll()
    QTest.keyClicks(page.form.name, "door")

    remarks = [page.model.index(place).data(DRAFT_ROW_ROLE).remark for place in range(3)]
    assert remarks == ["Another camera has this name."] * 2 + [""]
    assert page.form.remark_of("name") == "Another camera has this name."
    assert page.problem == ""


# -- the form ------------------------------------------------------------------------------------------------------


def test_a_camera_is_added_by_keys_with_a_pasted_address(desk: Desk, qtbot: QtBot) -> None:
    page = desk.page
    QTest.keyClick(page, Qt.Key.Key_A, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(page.form.name.hasFocus, timeout=30_000)
    QTest.keyClicks(page.form.name, "Garage")
    paste(page.form.address, "rtsp://bob:pa55@10.0.0.9/ch1")

    assert page.form.address.text() == "rtsp://10.0.0.9/ch1"
    assert (page.form.user.text(), page.form.password.line.text()) == ("bob", "pa55")
    assert page.form.remark_of("address") == "An RTSP camera on the network."
    assert desk.saved()[3] == CameraSettings(
        id="garage", name="Garage", kind=SourceKind.RTSP, url="rtsp://10.0.0.9/ch1", user="bob"
    )
    assert desk.passwords() == {"garage": "pa55"}


def test_a_password_in_the_small_streams_address_goes_the_same_way(desk: Desk) -> None:
    form = desk.page.form
    form.more.unfold()
    paste(form.options.sub_address, "rtsp://carl:n3w@10.0.0.5/sub")

    assert form.options.sub_address.text() == "rtsp://10.0.0.5/sub"
    assert (form.user.text(), form.password.line.text()) == ("carl", "n3w")
    assert desk.saved()[0].sub_url == "rtsp://10.0.0.5/sub"
    assert desk.passwords() == {"door": "n3w"}


def test_what_did_not_change_is_stored_as_it_was(qtbot: QtBot, bridge: Bridge, words: Texts, theme: Theme) -> None:
    odd = DOOR.model_copy(
        update={
            "sub_url": "rtsp://10.0.0.5/sub",
            "transport": Transport.UDP,
            "sleeps": True,
            "recording": Recording.CONTINUOUS,
            "hours": (1320, 360),
        }
    )
    controls = FakeControls(settings=Settings(cameras=(odd, TILL, STOCK)))
    desk = Desk(controls, bridge, opened(controls, bridge, words, theme))
    for place in (1, 2, 0):
        desk.page.list.choose(place)

    assert desk.saved() == (odd, TILL, STOCK)
    assert controls.applied[0][1].camera_passwords is None


def test_every_option_is_stored(desk: Desk) -> None:
    form, options = desk.page.form, desk.page.form.options
    QTest.mouseClick(form.more.button, Qt.MouseButton.LeftButton)
    QTest.keyClicks(options.sub_address, "rtsp://10.0.0.5/sub")
    options.transport.setFocus()
    QTest.keyClick(options.transport, Qt.Key.Key_Down)
    options.recording.setFocus()
    QTest.keyClick(options.recording, Qt.Key.Key_Down)
    QTest.keyClick(options.at_hours, Qt.Key.Key_Space)
    options.start.setFocus()
    options.start.setSelectedSection(options.start.Section.HourSection)
    QTest.keyClicks(options.start, "22")
    QTest.keyClick(options.sleeps, Qt.Key.Key_Space)
    form.group_line.selectAll()
    QTest.keyClicks(form.group, "Back yard")

    assert form.remark_of("hours") == "Over midnight, to the next day."
    stored = desk.saved()[0]
    assert stored == DOOR.model_copy(
        update={
            "sub_url": "rtsp://10.0.0.5/sub",
            "transport": Transport.UDP,
            "recording": Recording.ON_ACTIVITY,
            "hours": (22 * 60, 20 * 60),
            "sleeps": True,
            "group": "Back yard",
        }
    )


def test_a_group_is_chosen_or_typed_and_never_completed_against_ones_will(desk: Desk) -> None:
    page, form = desk.page, desk.page.form
    page.list.choose(1)
    QTest.keyClicks(form.group, "Fro")
    assert page.drafts[1].group == "Fro"
    page.list.choose(2)
    assert [form.group.itemText(row) for row in range(form.group.count())] == ["Front", "Fro"]
    form.group.setFocus()
    QTest.keyClick(form.group, Qt.Key.Key_Down)

    assert page.drafts[2].group == "Front"
    assert page.model.index(2).data(DRAFT_ROW_ROLE).about == "Front · 10.0.0.7"


def test_options_are_folded_and_what_differs_is_said(desk: Desk) -> None:
    form = desk.page.form
    assert not form.options.isVisible()
    form.more.unfold()
    form.options.sleeps.click()
    form.more.button.click()

    assert "sleeps at times" in said(form.more)
    desk.page.list.choose(1)
    assert "sleeps at times" not in said(form.more)


@pytest.mark.parametrize(("place", "transport", "small"), [(0, True, True), (1, False, False), (2, False, True)])
def test_only_what_makes_sense_for_the_kind_is_offered(desk: Desk, place: int, transport: bool, small: bool) -> None:
    desk.page.list.choose(place)
    desk.page.form.more.unfold()
    options = desk.page.form.options

    assert (options.transport_row.isVisible(), options.sub_row.isVisible()) == (transport, small)


def test_the_wheel_over_a_choice_changes_nothing(desk: Desk) -> None:
    desk.page.form.more.unfold()
    for field in (desk.page.form.options.recording, desk.page.form.group, desk.page.form.options.start):
        assert field.focusPolicy() is Qt.FocusPolicy.StrongFocus

    assert desk.page.drafts[0] == CameraDraft.of(DOOR, has_password=True)


def test_a_new_camera_is_not_scolded_before_it_is_saved(desk: Desk) -> None:
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


def test_a_problem_in_a_folded_field_is_brought_into_sight(desk: Desk) -> None:
    form = desk.page.form
    form.more.unfold()
    QTest.keyClicks(form.options.sub_address, "http://10.0.0.5/sub")
    form.more.button.click()

    desk.dialog.accept()

    assert form.options.sub_address.isVisible()
    assert form.remark_of("sub_address") == "Both streams must be of the same kind."


def test_an_address_is_not_called_broken_while_it_is_typed(desk: Desk) -> None:
    form = desk.page.form
    form.address.setFocus()
    form.address.selectAll()
    QTest.keyClicks(form.address, "rtsp://")
    assert form.remark_of("address") == "An RTSP camera on the network."
    form.user.setFocus()

    assert form.remark_of("address") == "This address is not complete."


def test_a_video_file_is_chosen(desk: Desk, tmp_path: Path) -> None:
    desk.page.add_button.click()
    desk.page.form.file_button.click()
    chooser = desk.page.form.findChild(QFileDialog)
    chooser.fileSelected.emit(str(tmp_path / "film.mp4"))
    chooser.close()

    assert desk.page.form.address.text() == str(tmp_path / "film.mp4")
    assert desk.page.form.remark_of("address") == "A video file, played in a loop."


# -- passwords -----------------------------------------------------------------------------------------------------


def test_a_stored_password_is_removed_when_asked(desk: Desk) -> None:
    desk.page.form.password.remove_button.click()
    desk.page.list.choose(1)
    desk.page.list.choose(0)
    assert desk.page.form.password.line.placeholderText() == "will be removed"
    QTest.keyClicks(desk.page.form.name, "x")  # another change does not bring it back
    desk.dialog.accept()

    assert desk.passwords() == {"door": ""}


def test_going_from_camera_to_camera_changes_neither(desk: Desk) -> None:
    page = desk.page
    before = page.drafts
    QTest.keyClicks(page.form.password.line, "typed")
    page.list.choose(1)
    assert page.form.password.line.text() == ""
    page.list.choose(0)

    assert page.form.password.line.text() == "typed"
    assert page.drafts == [replace(before[0], password="typed"), *before[1:]]


def test_no_password_is_seen_anywhere(desk: Desk, tmp_path: Path) -> None:
    page = desk.page
    paste(page.form.address, "rtsp://anna:s3cr3tword@10.0.0.5/live")
    page.files.write_out(page.drafts, tmp_path / "cameras.json")
    shown = [w.text() for w in desk.dialog.findChildren(QLabel)] + [
        w.text() for w in desk.dialog.findChildren(QAbstractButton)
    ]
    for widget in desk.dialog.findChildren(QWidget):
        shown += [widget.toolTip(), widget.accessibleName(), widget.accessibleDescription(), widget.statusTip()]
    for line in desk.dialog.findChildren(QLineEdit):
        shown += [line.displayText(), line.placeholderText()]
    rows = [page.model.index(place) for place in range(page.model.rowCount())]
    shown += [str(row.data(role)) for row in rows for role in range(int(Qt.ItemDataRole.UserRole) + 1)]
    shown += [repr(page.drafts), (tmp_path / "cameras.json").read_text("utf-8")]
    desk.dialog.accept()
    ((settings, secrets),) = desk.controls.applied
    shown += [settings.model_dump_json(), repr(settings), repr(secrets)]

    assert "10.0.0.5" in "".join(shown)
    assert not [text for text in shown if "s3cr3tword" in text]
    assert desk.passwords() == {"door": "s3cr3tword"}


# -- tests of a camera ---------------------------------------------------------------------------------------------


def test_a_camera_is_tested_as_it_is_typed(desk: Desk) -> None:
    form = desk.page.form
    paste(form.address, "rtsp://10.0.0.7/live")
    form.check.button.click()

    ((check_id, camera, password),) = desk.controls.camera_checks
    assert (camera.id, camera.url, password) == ("door", "rtsp://10.0.0.7/live", None)
    facts = (("camera.connected", {"name": "Door"}), ("camera.first_picture", {"ms": "812"}))
    desk.bridge.publish(CheckResult(check_id, ok=True, facts=facts))
    assert form.check.answer.text() == "Door answers.\nThe first picture was there after 812 ms."

    desk.page.list.choose(1)
    assert form.check.answer.text() == ""


def test_what_works_is_said_before_what_does_not(desk: Desk, words: Texts) -> None:
    form = desk.page.form
    form.check.button.click()
    ((check_id, *_),) = desk.controls.camera_checks
    facts = (("camera.connected", {"name": "Door"}),)
    desk.bridge.publish(CheckResult(check_id, ok=False, facts=facts, code=Code.CAMERA_UNAUTHORIZED))

    first, second = form.check.answer.text().split("\n")
    assert first == "Door answers."
    assert second == f"{words.cause(Code.CAMERA_UNAUTHORIZED)} {words.remedy(Code.CAMERA_UNAUTHORIZED)}"


def test_a_test_of_an_unfinished_camera_says_what_is_missing(desk: Desk) -> None:
    desk.page.add_button.click()
    desk.page.form.check.button.click()

    assert desk.controls.camera_checks == []
    assert desk.page.form.remark_of("address") == "Enter the camera’s address."
    assert desk.page.form.check.button.text() == "&Test"


@pytest.mark.parametrize("change", ["other camera", "typed", "removed", "stopped"])
def test_a_test_is_given_up_when_the_camera_changes(desk: Desk, change: str) -> None:
    page = desk.page
    page.form.check.button.click()
    ((check_id, *_),) = desk.controls.camera_checks
    match change:
        case "other camera":
            page.list.choose(1)
        case "typed":
            QTest.keyClicks(page.form.address, "2")
        case "removed":
            page.remove_button.click()
        case _:
            page.form.check.button.click()

    assert desk.controls.stopped_checks == [check_id]
    desk.bridge.publish(CheckResult(check_id, ok=True, facts=()))
    assert page.form.check.answer.text() == ""


def test_a_test_goes_on_while_the_camera_is_only_moved(desk: Desk) -> None:
    desk.page.form.check.button.click()
    desk.page.down_button.click()

    assert desk.controls.stopped_checks == []


# -- files ---------------------------------------------------------------------------------------------------------


def test_a_list_is_exported_and_imported_elsewhere(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "cameras.json"
    desk.page.add_button.click()
    desk.page.export_button.click()
    chooser = desk.page.findChildren(QFileDialog)[-1]
    chooser.fileSelected.emit(str(file))
    chooser.close()
    assert desk.page.note.text() == (
        f"Cameras written to {file}: 3. There is no password in it. Left out, because something is missing: 1."
    )
    desk.page.remove_button.click()

    for _ in range(2):
        desk.page.list.choose(0)
        desk.page.remove_button.click()
    desk.page.import_button.click()
    chooser = desk.page.findChildren(QFileDialog)[-1]
    chooser.fileSelected.emit(str(file))
    chooser.close()

    assert desk.names == ["Stock", "Door", "Till"]
    assert desk.page.note.text() == (
        "Cameras added: 2. Left as they are, because their address is in the list already: 1 (Stock). "
        "Passwords are never in such a file; enter them before you save."
    )
    assert [camera.id for camera in desk.saved()] == ["stock", "door", "till"]
    assert desk.passwords() == {"door": "", "till": ""}  # nothing stored is handed to what a file says


def test_cancel_undoes_an_import(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "cameras.json"
    camera_list.write([STOCK.model_copy(update={"url": "http://10.0.0.8/video"})], file)
    desk.page.files.take_in(file, desk.page.drafts)
    assert len(desk.names) == 4
    desk.dialog.reject()

    assert desk.controls.applied == []


@pytest.mark.parametrize(
    ("content", "code"),
    [("{}", Code.CAMERA_LIST_UNREADABLE), ('{"format": "vigint-cameras", "version": 2}', Code.CAMERA_LIST_NEWER)],
)
def test_a_file_that_is_no_list_is_refused_in_words(
    desk: Desk, words: Texts, tmp_path: Path, content: str, code: Code
) -> None:
    file = tmp_path / "cameras.json"
    file.write_text(content, "utf-8")
    desk.page.files.take_in(file, desk.page.drafts)

    assert desk.page.note.text() == f"{words.cause(code)} {words.remedy(code)}"
    assert desk.page.note.objectName() == "problem"
    assert len(desk.names) == 3


def test_a_place_that_cannot_be_written_is_said(desk: Desk, words: Texts, tmp_path: Path) -> None:
    desk.page.files.write_out(desk.page.drafts, tmp_path / "gone" / "cameras.json")

    assert words.cause(Code.CAMERA_LIST_NOT_WRITTEN) in desk.page.note.text()


def test_an_exported_file_is_plain_to_read(desk: Desk, tmp_path: Path) -> None:
    desk.page.files.write_out(desk.page.drafts, tmp_path / "cameras.json")
    body = json.loads((tmp_path / "cameras.json").read_text("utf-8"))

    assert (body["format"], body["version"], len(body["cameras"])) == ("vigint-cameras", 1, 3)


# -- keys and names ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_fields_in_sight_have_the_same_key(
    language: Language, bridge: Bridge, theme: Theme, qtbot: QtBot
) -> None:
    controls = FakeControls(settings=Settings(cameras=(DOOR, TILL)))
    dialog = opened(controls, bridge, Texts(language), theme)
    dialog.cameras.form.more.unfold()
    dialog.cameras.form.check.button.click()  # Stop is in sight instead of Test
    texts = [w.text() for kind in (QLabel, QAbstractButton) for w in dialog.findChildren(kind) if w.isVisible()]
    keys = sorted(text[text.index("&") + 1].casefold() for text in texts if "&" in text)
    dialog.reject()

    assert len(keys) > 12
    assert [one for one, other in pairwise(keys) if one == other] == []


def test_every_field_has_a_name_for_those_who_do_not_see_it(desk: Desk) -> None:
    desk.page.form.more.unfold()
    fields = [*desk.page.form.findChildren(QLineEdit), desk.page.list, desk.page.form.options.recording]
    silent = [
        field
        for field in fields
        if not field.accessibleName() and not field.parentWidget().accessibleName() and field.isVisible()
    ]

    assert silent == []


def test_tab_goes_through_the_page_in_the_order_of_reading(desk: Desk) -> None:
    page, form = desk.page, desk.page.form
    wanted = [page.find_button, page.add_button, page.list, page.remove_button, page.down_button]
    wanted += [page.import_button, page.export_button, form.name, form.group, form.address, form.file_button]
    wanted += [form.user, form.password.line, form.password.remove_button, form.check.button, form.more.button]
    page.find_button.setFocus()
    gone: list[QWidget | None] = []
    for _ in wanted:
        gone.append(QApplication.focusWidget())
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)

    assert gone == wanted
