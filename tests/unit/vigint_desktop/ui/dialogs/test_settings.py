"""The settings dialog changes nothing before Save, shows no secret, and answers tests in words."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
import shiboken6
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.fakes.controls import FakeControls
from tests.fakes.moments import StandingClock
from vigint_core.domain.camera import SourceKind
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.status import CheckResult, Health, Part, PartStatus
from vigint_desktop.bridge import Bridge
from vigint_desktop.settings import LONGEST_NOTES, AnalysisPlace, CameraSettings, Settings
from vigint_desktop.ui.dialogs.around import Around
from vigint_desktop.ui.dialogs.settings import SettingsDialog
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme

DOOR = CameraSettings(id="door", name="Door", kind=SourceKind.RTSP, url="rtsp://192.0.2.5/live", user="anna")
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
    dialog = SettingsDialog(controls, bridge, Around(words, theme, StandingClock()), controls.apply)
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


def test_save_alone_is_the_default_whichever_button_has_the_keyboard(desk: Desk) -> None:
    buttons = desk.dialog.findChildren(QPushButton)
    save = next(button for button in buttons if button.objectName() == "primary")

    assert len(buttons) > 4
    assert [button.text() for button in buttons if button is not save and button.autoDefault()] == []
    assert save.isDefault()


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
    dialog = SettingsDialog(controls, bridge, Around(words, theme, StandingClock()), controls.apply)
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


def test_closing_gives_up_what_is_being_tested(desk: Desk) -> None:
    desk.dialog.cameras.form.check.button.click()
    ((check_id, *_),) = desk.controls.camera_checks
    desk.dialog.reject()

    assert desk.controls.stopped_checks == [check_id]


def test_two_dialogs_never_give_a_question_the_same_name(
    desk: Desk, qtbot: QtBot, bridge: Bridge, words: Texts, theme: Theme
) -> None:
    desk.dialog.analysis.gemini_check.button.click()
    desk.dialog.reject()
    again = SettingsDialog(desk.controls, bridge, Around(words, theme, StandingClock()), desk.controls.apply)
    again.show()
    again.analysis.gemini_check.button.click()
    first, second = (check_id for check_id, _ in desk.controls.gemini_checks)

    bridge.publish(CheckResult(first, ok=True, facts=()))
    assert again.analysis.gemini_check.answer.text() == "Testing…"
    bridge.publish(CheckResult(second, ok=True, facts=()))
    assert again.analysis.gemini_check.answer.text() == "It works."
    again.reject()


RETIRING = PartStatus(Part.AI, Health.OK, Code.AI_MODEL_RETIRING, detail="old-model until 2026-12-20, then new-model")


def test_a_model_that_retires_is_announced_also_while_the_dialog_is_open(desk: Desk, words: Texts) -> None:
    page = desk.dialog.analysis
    page.show_parts({})
    assert page.notice.isHidden()

    desk.bridge.publish(RETIRING)

    assert words.remedy(Code.AI_MODEL_RETIRING) in page.notice.said()
    assert "new-model" in page.notice.said()
    desk.bridge.publish(PartStatus(Part.QUEUE, Health.OK))
    assert not page.notice.isHidden(), "another part says nothing about the AI"
    desk.bridge.publish(PartStatus(Part.AI, Health.OK))
    assert page.notice.isHidden()


def test_what_is_known_of_a_model_is_of_the_place_in_force(desk: Desk) -> None:
    page = desk.dialog.analysis
    page.show_parts({Part.AI: RETIRING})

    page.places[AnalysisPlace.SERVER].setChecked(True)
    assert page.notice.isHidden()

    page.places[AnalysisPlace.EMBEDDED].setChecked(True)
    assert not page.notice.isHidden()


def test_a_part_that_reports_after_closing_meets_nobody(desk: Desk) -> None:
    desk.dialog.reject()

    desk.bridge.publish(RETIRING)


def test_money_notes_and_the_adaptive_stride_are_handed_over(desk: Desk, qtbot: QtBot) -> None:
    dialog = desk.dialog
    qtbot.keyClicks(dialog.analysis.notes.edit, "Staff wear green aprons. ")
    dialog.analysis.rhythm.adaptive.setChecked(True)
    dialog.budget.fields["month_usd"].line.setText("60")

    dialog.accept()

    ((settings, _),) = desk.controls.applied
    assert (settings.notes, settings.adaptive_stride) == ("Staff wear green aprons.", True)
    assert (settings.budget.month_usd, settings.budget.day_usd) == (60.0, None)


def test_notes_that_are_too_long_are_not_stored(desk: Desk, words: Texts) -> None:
    desk.dialog.show_page("general")
    desk.dialog.analysis.notes.show_text("a" * (LONGEST_NOTES + 1))

    desk.dialog.accept()

    assert desk.controls.applied == []
    assert desk.dialog.problem.text() == words("analysis.notes.long")
    assert desk.dialog.analysis.isVisible()


def test_a_limit_that_cannot_be_understood_turns_to_its_page_until_it_is_mended(
    desk: Desk, words: Texts, qtbot: QtBot
) -> None:
    line = desk.dialog.budget.fields["day_usd"].line
    line.setText("lots")

    desk.dialog.accept()

    assert desk.controls.applied == []
    assert (desk.dialog.problem.text(), desk.dialog.budget.isVisible()) == (words("budget.unread"), True)
    line.selectAll()
    qtbot.keyClicks(line, "2")
    assert desk.dialog.problem.isHidden()
    desk.dialog.accept()
    assert desk.controls.current.budget.day_usd == 2.0


def test_the_place_that_is_chosen_decides_whose_budget_it_is(desk: Desk) -> None:
    budget = desk.dialog.budget
    desk.dialog.analysis.places[AnalysisPlace.SERVER].setChecked(True)
    assert not budget.fields["day_usd"].isEnabled()

    desk.dialog.analysis.places[AnalysisPlace.DIRECT].setChecked(True)
    assert budget.fields["day_usd"].isEnabled()
