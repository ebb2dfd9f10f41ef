"""Qt's application object, dressed."""

from collections.abc import Sequence

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QStyleFactory

from vigint_core import __version__
from vigint_core.texts import Language
from vigint_desktop.ui.theme.icons import icon
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.theme.tokens import DARK


def make_application(argv: Sequence[str]) -> QApplication:
    """The one QApplication, with names, the Fusion style, the icon, and figures that keep their width."""
    application = QApplication(list(argv))
    application.setApplicationName("VigInt")
    application.setApplicationDisplayName("VigInt")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("vigint-desktop")
    application.setStyle(QStyleFactory.create("Fusion"))  # the same on every system; the sheet does the rest
    application.setWindowIcon(icon("vigint", DARK.accent))
    application.setFont(_tabular(application.font()))
    return application


def dress(application: QApplication, theme: Theme) -> None:
    """Put on the theme that was chosen."""
    theme.put_on(theme.name, application)


def speak(application: QApplication, language: Language) -> bool:
    """Let Qt's own words (file dialogs, menus of text fields, dates) be in the program's language too.

    False when its words are missing, as in a Qt that was installed without them: then those stay English.
    """
    system = QLocale.system()
    QLocale.setDefault(system if system.name().startswith(language) else QLocale(language))  # en_GB stays en_GB
    translator = QTranslator(application)
    found = translator.load(f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    return found and application.installTranslator(translator)


def _tabular(font: QFont) -> QFont:
    """The system's font with figures of one width, so that clocks and counts do not dance."""
    made = QFont(font)
    made.setFeature(QFont.Tag("tnum"), 1)
    made.setPointSizeF(max(font.pointSizeF(), 10.0))
    return made
