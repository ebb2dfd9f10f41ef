"""A folded part is out of sight, and says in a line what lies in it."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from vigint_desktop.ui.widgets.fold import Fold


def test_a_key_unfolds_it_and_tells_when_it_can_be_scrolled_to(qtbot: QtBot) -> None:
    content = QLineEdit()
    fold = Fold("&More", content)
    qtbot.addWidget(fold)
    fold.show()
    fold.summarise("UDP · 22:00–06:00")
    summary = fold.findChild(QLabel)
    assert (content.isVisible(), summary.isVisible()) == (False, True)

    with qtbot.waitSignal(fold.unfolded, timeout=30_000):
        QTest.keyClick(fold.button, Qt.Key.Key_Space)
    assert (fold.is_open, content.isVisible(), summary.isVisible()) == (True, True, False)

    fold.button.click()
    assert (fold.is_open, content.isVisible(), summary.isVisible()) == (False, False, True)
    fold.summarise("")
    assert not summary.isVisible()
