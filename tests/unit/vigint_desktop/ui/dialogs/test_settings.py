"""The settings dialog changes nothing before Save, shows no secret, and answers tests in words."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
import shiboken6
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.fakes.controls import FakeControls
from vigint_core.domain.camera import SourceKind
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.status import CheckResult
from vigint_desktop.bridge import Bridge
from vigint_desktop.settings import AnalysisPlace, CameraSettings, Settings
from vigint_desktop.ui.dialogs.settings import SettingsDialog
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme

DOOR = CameraSettings(id="door", name="Door", kind=SourceKind.RTSP, url="rtsp://10.0.0.5/live", user="anna")
TILL = CameraSettings(id="till", name="Till", kind=SourceKind.USB, url="0")


@dataclass
class Desk:
    controls: FakeControls
    bridge: Bridge
    dialog: SettingsDialog


@pytest.fixture
def desk(qtbot: QtBot, bridge: Bridge, words: Texts, theme: Theme) -> Iterator[Desk]:
    controls = FakeControls(settings=Settings(cameras=(DOOR, TILL)))
    controls.stored = replace(controls.stored, has_gemini_key=True, camera_ids_with_password=frozenset({"door"}))
    dialog = SettingsDialog(controls, bridge, words, theme, controls.apply)
    dialog.show()
    yield Desk(controls, bridge, dialog)
    if shiboken6.isValid(dialog):  # it deletes itself when it is closed
        dialog.reject()


def said(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel))


def test_it_fits_a_small_screen(desk: Desk) -> None:
    hint = desk.dialog.sizeHint()

    assert hint.width() <= 1280
    assert hint.height() <= 680  # 720 less a title bar
    assert desk.dialog.minimumSizeHint().height() <= 680


def test_saving_without_a_change_changes_nothing(desk: Desk) -> None:
    before = desk.controls.current
    desk.dialog.accept()

    ((settings, secrets),) = desk.controls.applied
    assert settings == before
    assert (secrets.server_key, secrets.gemini_key, secrets.camera_passwords) == (None, None, None)


def test_cancel_applies_nothing(desk: Desk) -> None:
    desk.dialog.analysis.places[AnalysisPlace.OFF].setChecked(True)
    desk.dialog.reject()

    assert desk.controls.applied == []


def test_choices_and_keys_are_handed_over(desk: Desk, qtbot: QtBot) -> None:
    page = desk.dialog.analysis
    page.places[AnalysisPlace.SERVER].setChecked(True)
    page.url.setText(" https://vigint.example.com ")
    qtbot.keyClicks(page.server_key.line, "desk-key")
    desk.dialog.general.themes["light"].setChecked(True)
    desk.dialog.general.languages["fr"].setChecked(True)

    desk.dialog.accept()

    ((settings, secrets),) = desk.controls.applied
    assert (settings.analysis, settings.server_url) == (AnalysisPlace.SERVER, "https://vigint.example.com")
    assert (settings.theme, settings.language) == ("light", "fr")
    assert (secrets.server_key, secrets.gemini_key) == ("desk-key", None)


@pytest.mark.parametrize(
    ("place", "server", "gemini"),
    [
        (AnalysisPlace.EMBEDDED, False, True),
        (AnalysisPlace.SERVER, True, False),
        (AnalysisPlace.DIRECT, False, True),
        (AnalysisPlace.OFF, False, False),
    ],
)
def test_only_the_fields_that_the_place_needs_are_shown(
    desk: Desk, place: AnalysisPlace, server: bool, gemini: bool
) -> None:
    page = desk.dialog.analysis
    page.places[place].setChecked(True)

    assert (page.server_key.isVisible(), page.gemini_key.isVisible()) == (server, gemini)


def test_an_own_server_needs_an_address(desk: Desk) -> None:
    desk.dialog.show_page("general")
    desk.dialog.analysis.places[AnalysisPlace.SERVER].setChecked(True)

    desk.dialog.accept()

    assert desk.controls.applied == []
    assert desk.dialog.problem.text() == "Enter the server’s address."
    assert desk.dialog.analysis.isVisible()


def test_when_storing_fails_the_dialog_stays_and_says_why(desk: Desk, words: Texts) -> None:
    desk.controls.apply_fails_with = VigintError(Code.STORE_FAILED)

    desk.dialog.accept()

    assert desk.dialog.isVisible()
    assert words.cause(Code.STORE_FAILED) in desk.dialog.problem.text()


@pytest.mark.parametrize(
    ("protected", "words_of_it"), [(True, "are kept in the keyring"), (False, "unprotected in /x/secrets")]
)
def test_it_says_where_secrets_lie(
    protected: bool, words_of_it: str, qtbot: QtBot, bridge: Bridge, words: Texts, theme: Theme
) -> None:
    controls = FakeControls()
    place = "the keyring" if protected else "/x/secrets"
    controls.stored = replace(controls.stored, protected=protected, place=place)
    dialog = SettingsDialog(controls, bridge, words, theme, controls.apply)
    qtbot.addWidget(dialog)

    assert words_of_it in said(dialog.analysis)


def test_no_field_holds_a_stored_secret(desk: Desk) -> None:
    masked = [line for line in desk.dialog.findChildren(QLineEdit) if line.echoMode() is QLineEdit.EchoMode.Password]

    assert len(masked) == 3
    assert {line.text() for line in masked} == {""}


def test_a_test_of_the_gemini_key_answers_in_words(desk: Desk, words: Texts, qtbot: QtBot) -> None:
    page = desk.dialog.analysis
    qtbot.keyClicks(page.gemini_key.line, "typed")
    page.gemini_check.button.click()
    ((check_id, key),) = desk.controls.gemini_checks
    assert key == "typed"

    desk.bridge.publish(CheckResult("somebody-else", ok=True, facts=()))
    assert page.gemini_check.answer.text() == "Testing…"
    desk.bridge.publish(CheckResult(check_id, ok=False, facts=(), code=Code.AI_KEY_INVALID))

    assert page.gemini_check.answer.text() == f"{words.cause(Code.AI_KEY_INVALID)} {words.remedy(Code.AI_KEY_INVALID)}"


def test_a_test_of_the_server_tells_its_facts(desk: Desk) -> None:
    page = desk.dialog.analysis
    page.places[AnalysisPlace.SERVER].setChecked(True)
    page.url.setText("http://127.0.0.1:9")
    page.server_check.button.click()
    ((check_id, url, key),) = desk.controls.server_checks
    assert (url, key) == ("http://127.0.0.1:9", None)

    desk.bridge.publish(CheckResult(check_id, ok=True, facts=(("server.signed_in", {"client": "Shop Lyon"}),)))

    assert "Shop Lyon" in page.server_check.answer.text()


def test_an_answer_that_comes_after_closing_is_nobodys(desk: Desk) -> None:
    desk.dialog.analysis.gemini_check.button.click()
    ((check_id, _),) = desk.controls.gemini_checks
    desk.dialog.reject()

    desk.bridge.publish(CheckResult(check_id, ok=True, facts=()))


def test_cameras_are_listed_and_the_first_is_shown(desk: Desk) -> None:
    page = desk.dialog.cameras

    assert [page.list.item(row).text() for row in range(page.list.count())] == ["Door", "Till"]
    assert (page.name.text(), page.address.text(), page.user.text()) == ("Door", "rtsp://10.0.0.5/live", "anna")
    assert page.password.line.placeholderText() == "stored; type to replace it"


def test_a_camera_is_added_with_a_pasted_address(desk: Desk, qtbot: QtBot) -> None:
    desk.dialog.show_page("cameras")
    page = desk.dialog.cameras
    page.add_button.click()
    qtbot.keyClicks(page.name, "Garage")
    page.address.insert("rtsp://bob:pa55@10.0.0.9/ch1")
    page.address.textEdited.emit(page.address.text())

    assert page.address.text() == "rtsp://10.0.0.9/ch1"
    assert (page.user.text(), page.password.line.text()) == ("bob", "pa55")
    assert "RTSP" in said(page)
    desk.dialog.accept()

    ((settings, secrets),) = desk.controls.applied
    assert settings.cameras[2] == CameraSettings(
        id="garage", name="Garage", kind=SourceKind.RTSP, url="rtsp://10.0.0.9/ch1", user="bob"
    )
    assert secrets.camera_passwords == {"garage": "pa55"}


def test_a_camera_without_a_name_is_not_saved_and_is_shown(desk: Desk) -> None:
    page = desk.dialog.cameras
    page.add_button.click()
    page.list.setCurrentRow(0)

    desk.dialog.accept()

    assert desk.controls.applied == []
    assert page.list.currentRow() == 2
    assert desk.dialog.problem.text() == "Give the camera a name."


def test_cameras_are_moved_and_removed(desk: Desk) -> None:
    page = desk.dialog.cameras
    assert not page.up_button.isEnabled()
    page.down_button.click()
    assert [draft.name for draft in page.drafts] == ["Till", "Door"]
    assert page.name.text() == "Door"
    page.up_button.click()
    page.remove_button.click()

    assert [draft.name for draft in page.drafts] == ["Till"]
    page.remove_button.click()
    assert not page.remove_button.isEnabled()
    desk.dialog.accept()
    assert desk.controls.applied[0][0].cameras == ()


def test_a_stored_password_is_removed_when_asked(desk: Desk) -> None:
    desk.dialog.cameras.password.remove_button.click()
    desk.dialog.accept()

    assert desk.controls.applied[0][1].camera_passwords == {"door": ""}


def test_going_from_camera_to_camera_changes_neither(desk: Desk, qtbot: QtBot) -> None:
    page = desk.dialog.cameras
    before = list(page.drafts)
    qtbot.keyClicks(page.password.line, "typed")
    page.list.setCurrentRow(1)
    assert page.password.line.text() == ""
    page.list.setCurrentRow(0)

    assert page.password.line.text() == "typed"
    assert page.drafts == [replace(before[0], password="typed"), before[1]]


def test_a_camera_is_tested_as_it_is_typed(desk: Desk, qtbot: QtBot) -> None:
    page = desk.dialog.cameras
    page.address.setText("rtsp://10.0.0.7/live")
    page.address.textEdited.emit(page.address.text())
    page.check.button.click()

    ((check_id, camera, password),) = desk.controls.camera_checks
    assert (camera.id, camera.url, password) == ("door", "rtsp://10.0.0.7/live", None)
    desk.bridge.publish(CheckResult(check_id, ok=True, facts=()))
    assert page.check.answer.text() == "It works."

    page.list.setCurrentRow(1)
    assert page.check.answer.text() == ""


def test_an_answer_about_another_camera_is_not_shown_here(desk: Desk) -> None:
    page = desk.dialog.cameras
    page.check.button.click()
    ((check_id, *_),) = desk.controls.camera_checks
    page.list.setCurrentRow(1)

    desk.bridge.publish(CheckResult(check_id, ok=True, facts=()))

    assert page.check.answer.text() == ""
