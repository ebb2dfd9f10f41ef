"""The application carries the program's name and figures of one width."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale, QTranslator
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QDialogButtonBox

from vigint_core import __version__
from vigint_desktop.ui.application import dress, speak
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.theme.tokens import DARK


def test_it_is_named_and_has_an_icon(qapp: QApplication) -> None:
    assert (qapp.applicationDisplayName(), qapp.applicationVersion()) == ("VigInt", __version__)
    assert not qapp.windowIcon().isNull()


def test_figures_keep_their_width(qapp: QApplication) -> None:
    assert qapp.font().featureValue(QFont.Tag("tnum")) == 1


def test_it_is_dressed_in_the_chosen_theme(qapp: QApplication) -> None:
    dress(qapp, Theme("dark"))

    assert DARK.accent in qapp.styleSheet()
    qapp.setStyleSheet("")


@pytest.fixture
def mute(qapp: QApplication) -> Iterator[QApplication]:
    """An application that forgets afterwards what it was taught."""
    before = QLocale()
    yield qapp
    for translator in qapp.findChildren(QTranslator):
        qapp.removeTranslator(translator)
        translator.deleteLater()
    QLocale.setDefault(before)


def test_the_words_of_qt_itself_are_in_the_language_of_the_program(mute: QApplication) -> None:
    assert speak(mute, "fr")

    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    assert box.button(QDialogButtonBox.StandardButton.Cancel).text() == "Annuler"
    assert QLocale().language() is QLocale.Language.French


def test_a_language_that_qt_does_not_speak_is_told(mute: QApplication) -> None:
    assert not speak(mute, "xx")  # type: ignore[arg-type]
