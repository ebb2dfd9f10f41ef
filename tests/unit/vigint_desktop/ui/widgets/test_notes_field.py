"""Notes are counted, and what is too long stays in sight and is said."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.widgets.field_row import FieldRow
from vigint_desktop.ui.widgets.notes_field import NotesField


def test_what_is_written_is_counted_and_taken_without_blanks_around_it(qtbot: QtBot, words: Texts) -> None:
    field = NotesField(words, 10)
    qtbot.addWidget(field)
    assert field.count.isHidden()

    with qtbot.waitSignal(field.edited):
        QTest.keyClicks(field.edit, " staff ")

    assert field.text == "staff"
    assert (field.count.text(), field.is_too_long) == ("5 of 10 characters", False)


def test_what_is_too_long_is_said_and_not_cut(qtbot: QtBot, words: Texts) -> None:
    field = NotesField(words, 10)
    qtbot.addWidget(field)
    field.show_text("a" * 11)

    assert (field.text, field.is_too_long) == ("a" * 11, True)
    assert field.count.text() == "11 of 10 characters: too long"
    assert field.count.objectName() == "problem"


def test_showing_what_is_there_moves_no_cursor(qtbot: QtBot, words: Texts) -> None:
    field = NotesField(words, 10)
    qtbot.addWidget(field)
    QTest.keyClicks(field.edit, "ab ")

    field.show_text("ab")

    assert (field.edit.toPlainText(), field.edit.textCursor().position()) == ("ab ", 3)


def test_a_row_names_it_and_tab_leaves_it(qtbot: QtBot, words: Texts) -> None:
    field = NotesField(words, 10)
    row = FieldRow("&Notes", field)
    qtbot.addWidget(row)
    QTest.keyClick(field.edit, Qt.Key.Key_Tab)

    assert field.edit.accessibleName() == "Notes"
    assert field.text == ""
