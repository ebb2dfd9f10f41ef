"""A secret field never shows what is stored, and knows keeping from removing."""

from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from vigint_core.domain.status import Health
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.fields import CheckLine, SecretField


def test_an_untouched_field_keeps_what_is_stored(qtbot: QtBot, words: Texts) -> None:
    field = SecretField(words, stored=True)
    qtbot.addWidget(field)

    assert field.value is None
    assert field.line.text() == ""
    assert field.line.placeholderText() == "stored; type to replace it"


def test_what_is_typed_is_masked_and_trimmed(qtbot: QtBot, words: Texts) -> None:
    field = SecretField(words, stored=False)
    qtbot.addWidget(field)
    qtbot.keyClicks(field.line, " AQ.key ")

    assert field.line.echoMode() is QLineEdit.EchoMode.Password
    assert field.value == "AQ.key"


def test_removing_is_said_and_typing_again_replaces(qtbot: QtBot, words: Texts) -> None:
    field = SecretField(words, stored=True)
    qtbot.addWidget(field)

    field.remove_button.click()
    assert (field.value, field.line.placeholderText()) == ("", "will be removed")

    qtbot.keyClicks(field.line, "new")
    assert field.value == "new"

    field.set_stored(stored=True)
    assert (field.value, field.line.text()) == (None, "")


def test_only_what_is_stored_can_be_removed(qtbot: QtBot, words: Texts) -> None:
    field = SecretField(words, stored=False)
    qtbot.addWidget(field)

    assert field.remove_button.isHidden()


def test_a_check_runs_once_at_a_time_and_answers_in_words(qtbot: QtBot, words: Texts, theme: Theme) -> None:
    asked: list[bool] = []
    line = CheckLine(words, theme, lambda: asked.append(True))
    qtbot.addWidget(line)

    line.button.click()
    line.button.click()
    assert asked == [True]
    assert line.answer.text() == "Testing…"

    line.show_answer(Health.OK, "The key works.")
    assert line.answer.text() == "The key works."
    assert line.button.isEnabled()

    line.clear()
    assert line.answer.text() == ""


def test_a_check_that_can_be_stopped_is_given_up_with_the_same_button(qtbot: QtBot, words: Texts, theme: Theme) -> None:
    stopped: list[bool] = []
    line = CheckLine(words, theme, lambda: None, lambda: stopped.append(True))
    qtbot.addWidget(line)

    line.button.click()
    assert (line.button.text(), line.button.isEnabled()) == ("S&top", True)
    line.button.click()
    assert stopped == [True]
    assert (line.button.text(), line.answer.text()) == ("&Test", "")
