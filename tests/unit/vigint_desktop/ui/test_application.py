"""The application carries the program's name and figures of one width."""

from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from vigint_core import __version__
from vigint_desktop.ui.application import dress
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
