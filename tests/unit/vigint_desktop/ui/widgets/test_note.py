"""A note says what a wish came to, offers the next step, and goes by itself."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QWidget
from pytestqt.qtbot import QtBot

from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.widgets.note import Note


@pytest.fixture
def note(qtbot: QtBot, words: Texts) -> Note:
    over = QWidget()
    qtbot.addWidget(over)
    over.resize(900, 500)
    over.show()
    return Note(words, over)


def test_it_says_nothing_until_it_is_told_to(note: Note) -> None:
    assert note.said() == ""


def test_it_offers_steps_and_a_new_line_replaces_them(note: Note) -> None:
    taken: list[str] = []
    note.say("kept", [("Copy", lambda: taken.append("copy"))])
    note.press("Copy")
    note.say("copied")

    assert taken == ["copy"]
    assert note.said() == "copied"
    with pytest.raises(StopIteration):
        note.press("Copy")


def test_it_goes_by_itself_and_by_its_button(note: Note, qtbot: QtBot) -> None:
    note._timer.setInterval(1)
    note.say("kept")
    qtbot.waitUntil(note.isHidden, timeout=30_000)

    note._timer.setInterval(60_000)
    note.say("kept")
    close = note.findChild(QToolButton)
    assert isinstance(close, QToolButton)
    qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
    assert note.isHidden()


def test_it_stays_inside_what_it_lies_over(note: Note) -> None:
    note.say("A long line about a camera with a long name. " * 2, [("Open folder", lambda: None)])
    note.parentWidget().resize(500, 300)

    assert note.parentWidget().rect().contains(note.geometry())
