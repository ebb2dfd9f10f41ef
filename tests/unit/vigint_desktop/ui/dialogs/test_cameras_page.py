"""The cameras page: nothing changes before Save, no password is ever shown, everything has a key and a name."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.fakes.cameras_desk import DOOR, TILL, CamerasDesk, open_cameras, paste
from tests.fakes.controls import FakeControls
from vigint_core.domain.fault import Code
from vigint_core.domain.status import CheckResult
from vigint_core.domain.zone import Scene, Zone, ZoneUse
from vigint_core.texts import LANGUAGES, Language
from vigint_desktop.bridge import Bridge
from vigint_desktop.settings import Settings
from vigint_desktop.ui.dialogs.camera_draft import CameraDraft
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme


def test_a_stored_password_is_removed_when_asked(desk: CamerasDesk) -> None:
    desk.page.form.password.remove_button.click()
    desk.page.list.choose(1)
    desk.page.list.choose(0)
    assert desk.page.form.password.line.placeholderText() == "will be removed"
    QTest.keyClicks(desk.page.form.name, "x")  # another change does not bring it back
    desk.dialog.accept()

    assert desk.passwords() == {"door": ""}


def test_going_from_camera_to_camera_changes_neither(desk: CamerasDesk) -> None:
    page = desk.page
    before = page.drafts
    QTest.keyClicks(page.form.password.line, "typed")
    page.list.choose(1)
    assert page.form.password.line.text() == ""
    page.list.choose(0)

    assert page.form.password.line.text() == "typed"
    assert page.drafts == [replace(before[0], password="typed"), *before[1:]]


def test_no_password_is_seen_anywhere(desk: CamerasDesk, tmp_path: Path) -> None:
    page = desk.page
    paste(page.form.address, "rtsp://anna:s3cr3tword@192.0.2.5/live")
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

    assert "192.0.2.5" in "".join(shown)
    assert not [text for text in shown if "s3cr3tword" in text]
    assert desk.passwords() == {"door": "s3cr3tword"}


def test_a_camera_is_tested_as_it_is_typed(desk: CamerasDesk) -> None:
    form = desk.page.form
    paste(form.address, "rtsp://192.0.2.7/live")
    form.check.button.click()

    ((check_id, camera, password),) = desk.controls.camera_checks
    assert (camera.id, camera.url, password) == ("door", "rtsp://192.0.2.7/live", None)
    facts = (("camera.connected", {"name": "Door"}), ("camera.first_picture", {"ms": "812"}))
    desk.bridge.publish(CheckResult(check_id, ok=True, facts=facts))
    assert form.check.answer.text() == "Door answers.\nThe first picture was there after 812 ms."

    desk.page.list.choose(1)
    assert form.check.answer.text() == ""


def test_what_works_is_said_before_what_does_not(desk: CamerasDesk, words: Texts) -> None:
    form = desk.page.form
    form.check.button.click()
    ((check_id, *_),) = desk.controls.camera_checks
    facts = (("camera.connected", {"name": "Door"}),)
    desk.bridge.publish(CheckResult(check_id, ok=False, facts=facts, code=Code.CAMERA_UNAUTHORIZED))

    first, second = form.check.answer.text().split("\n")
    assert first == "Door answers."
    assert second == f"{words.cause(Code.CAMERA_UNAUTHORIZED)} {words.remedy(Code.CAMERA_UNAUTHORIZED)}"


def test_a_test_of_an_unfinished_camera_says_what_is_missing(desk: CamerasDesk) -> None:
    desk.page.add_button.click()
    desk.page.form.check.button.click()

    assert desk.controls.camera_checks == []
    assert desk.page.form.remark_of("address") == "Enter the camera’s address."
    assert desk.page.form.check.button.text() == "&Test"


@pytest.mark.parametrize("change", ["other camera", "typed", "removed", "stopped"])
def test_a_test_is_given_up_when_the_camera_changes(desk: CamerasDesk, change: str) -> None:
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


def test_a_test_goes_on_while_the_camera_is_only_moved(desk: CamerasDesk) -> None:
    desk.page.form.check.button.click()
    desk.page.down_button.click()

    assert desk.controls.stopped_checks == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_fields_in_sight_have_the_same_key(
    language: Language, bridge: Bridge, theme: Theme, qtbot: QtBot
) -> None:
    controls = FakeControls(settings=Settings(cameras=(DOOR, TILL)))
    dialog = open_cameras(controls, bridge, Texts(language), theme)
    dialog.cameras.form.more.unfold()
    dialog.cameras.form.check.button.click()  # Stop is in sight instead of Test
    texts = [w.text() for kind in (QLabel, QAbstractButton) for w in dialog.findChildren(kind) if w.isVisible()]
    keys = sorted(text[text.index("&") + 1].casefold() for text in texts if "&" in text)
    dialog.reject()

    assert len(keys) > 12
    assert [one for one, other in pairwise(keys) if one == other] == []


def test_every_field_has_a_name_for_those_who_do_not_see_it(desk: CamerasDesk) -> None:
    desk.page.form.more.unfold()
    fields = [*desk.page.form.findChildren(QLineEdit), desk.page.list, desk.page.form.options.recording]
    silent = [
        field
        for field in fields
        if not field.accessibleName() and not field.parentWidget().accessibleName() and field.isVisible()
    ]

    assert silent == []


def test_tab_goes_through_the_page_in_the_order_of_reading(desk: CamerasDesk) -> None:
    page, form = desk.page, desk.page.form
    wanted = [page.find_button, page.add_button, page.list, page.remove_button, page.down_button]
    wanted += [page.import_button, page.export_button, form.name, form.group, form.address, form.file_button]
    wanted += [form.user, form.password.line, form.password.remove_button, form.check.button]
    wanted += [form.zones, form.more.button]
    page.find_button.setFocus()
    gone: list[QWidget | None] = []
    for _ in wanted:
        gone.append(QApplication.focusWidget())
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)

    assert gone == wanted


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_cut_on_a_small_screen(language: Language, bridge: Bridge, theme: Theme, qtbot: QtBot) -> None:
    controls = FakeControls(settings=Settings(cameras=(DOOR,)))
    dialog = open_cameras(controls, bridge, Texts(language), theme)
    dialog.resize(dialog.sizeHint())
    dialog.cameras.form.more.unfold()
    dialog.cameras.form.options.at_hours.click()
    form = dialog.cameras.form
    room = form.parentWidget().parentWidget().width()  # of the viewport: nothing scrolls sideways
    buttons = [b for b in dialog.findChildren(QAbstractButton) if b.isVisible() and len(b.text()) > 1]  # no arrows
    cut = [b.text() for b in buttons if b.width() < b.sizeHint().width()]
    needed = form.minimumSizeHint().width()
    dialog.reject()

    assert needed <= room
    assert cut == []


def test_zones_that_were_drawn_since_it_was_opened_are_kept(desk: CamerasDesk) -> None:
    drawn = Scene((Zone("z1", "Pin pad", ZoneUse.PRIVACY, ((0.1, 0.1), (0.3, 0.1), (0.3, 0.3))),))
    door = DOOR.model_copy(update={"scene": drawn})
    desk.controls.current = desk.controls.current.model_copy(update={"cameras": (door, TILL)})
    desk.page.form.name.setText("Front door")
    desk.page.form.name.textEdited.emit("Front door")
    desk.dialog.accept()

    ((settings, _),) = desk.controls.applied
    assert (settings.cameras[0].name, settings.cameras[0].scene) == ("Front door", drawn)


def test_another_camera_never_inherits_the_zones_of_one_that_goes(desk: CamerasDesk) -> None:
    door = DOOR.model_copy(update={"scene": Scene(sensitivity=2.0)})
    desk.controls.current = desk.controls.current.model_copy(update={"cameras": (door, TILL)})
    page = desk.page
    page.list.choose(0)
    page.remove()
    page.add_drafts([CameraDraft(name="Door", address="rtsp://192.0.2.9/live")])
    desk.dialog.accept()

    ((settings, _),) = desk.controls.applied
    fresh = next(camera for camera in settings.cameras if camera.name == "Door")
    assert (fresh.id, fresh.scene) == ("door", Scene())


def test_zones_are_asked_for_of_a_camera_that_is_stored(desk: CamerasDesk, qtbot: QtBot, words: Texts) -> None:
    page = desk.page
    with qtbot.waitSignal(page.zones_requested) as asked:
        page.form.zones.click()
    assert asked.args == ["door"]

    page.add()
    assert not page.form.zones.isEnabled()
    assert page.form.zones.toolTip() == words("cameras.zones_later")
