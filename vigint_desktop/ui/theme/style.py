"""The tokens in Qt's own terms: palette, style sheet, and the theme object that every painting widget asks."""

from dataclasses import asdict
from functools import cache
from importlib import resources
from string import Template

from PySide6.QtCore import QDir, QObject, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from vigint_desktop.ui.theme.tokens import THEMES, ThemeName, Tokens


class Theme(QObject):
    """Which theme is on. Widgets that paint read ``tokens`` while they do.

    Signals:
        changed: another theme was put on; icons have to be tinted anew.
    """

    changed = Signal()

    def __init__(self, name: ThemeName = "dark") -> None:
        super().__init__()
        self.name: ThemeName = name

    @property
    def tokens(self) -> Tokens:
        """The colours in force."""
        return THEMES[self.name]

    def colour(self, token: str) -> QColor:
        """A token by name, ready to paint with."""
        return QColor(str(getattr(self.tokens, token)))

    def put_on(self, name: ThemeName, application: QApplication) -> None:
        """Dress the whole application."""
        self.name = name
        QDir.setSearchPaths("style", [str(resources.files("resources").joinpath("style"))])  # for url(style:...)
        application.setPalette(palette(self.tokens))
        application.setStyleSheet(style_sheet(self.tokens))
        self.changed.emit()


@cache
def style_sheet(tokens: Tokens) -> str:
    """``resources/style/window.qss`` with the tokens in it; ``$theme`` in a file's name picks the one drawn for it."""
    template = resources.files("resources").joinpath("style", "window.qss").read_text("utf-8")
    name = next(name for name, known in THEMES.items() if known == tokens)
    return Template(template).substitute(asdict(tokens), theme=name)


def palette(tokens: Tokens) -> QPalette:
    """The same for what Qt paints without a style sheet."""
    made = QPalette()
    roles = {
        QPalette.ColorRole.Window: tokens.ground,
        QPalette.ColorRole.Base: tokens.panel,
        QPalette.ColorRole.AlternateBase: tokens.raised,
        QPalette.ColorRole.Button: tokens.raised,
        QPalette.ColorRole.WindowText: tokens.text,
        QPalette.ColorRole.Text: tokens.text,
        QPalette.ColorRole.ButtonText: tokens.text,
        QPalette.ColorRole.ToolTipBase: tokens.raised,
        QPalette.ColorRole.ToolTipText: tokens.text,
        QPalette.ColorRole.PlaceholderText: tokens.muted,
        QPalette.ColorRole.Highlight: tokens.accent,
        QPalette.ColorRole.HighlightedText: tokens.on_accent,
        QPalette.ColorRole.Link: tokens.accent,
    }
    for role, colour in roles.items():
        made.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(tokens.muted))
    return made
