"""The sign of a note follows the theme."""

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.note_sign import NoteSign


def test_it_is_drawn_in_the_colours_of_the_theme(qtbot: QtBot, qapp: QApplication, theme: Theme) -> None:
    sign = NoteSign(theme)
    qtbot.addWidget(sign)
    dark = sign.grab().toImage()

    theme.name = "light"
    light = sign.grab().toImage()

    blank = QImage(dark)
    blank.fill(dark.pixelColor(0, 0))
    assert dark != blank
    assert light.pixelColor(10, 12) != dark.pixelColor(10, 12)
    assert (sign.width(), sign.height()) == (20, 20)
