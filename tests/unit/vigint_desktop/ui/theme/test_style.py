"""The tokens reach Qt whole."""

import re

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from vigint_desktop.ui.theme.style import Theme, palette, style_sheet
from vigint_desktop.ui.theme.tokens import DARK, LIGHT, THEMES, Tokens


@pytest.mark.parametrize("tokens", THEMES.values(), ids=THEMES.keys())
def test_every_token_in_the_sheet_is_filled(tokens: Tokens) -> None:
    sheet = style_sheet(tokens)

    assert "$" not in sheet
    colours = set(re.findall(r"#[0-9a-f]{6}\b", sheet))
    assert len(colours) > 8
    assert all(QColor(colour).isValid() for colour in colours)


@pytest.mark.parametrize("state", [":default", ":focus", ":hover", ":pressed", ":checked"])
def test_no_state_makes_the_words_of_a_button_wider(state: str) -> None:
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", style_sheet(DARK))
    wider = [names.strip() for names, rule in rules if state in names and "font" in rule]

    assert any(state in names for names, _ in rules)
    assert wider == []


def test_the_palette_agrees_with_the_sheet() -> None:
    made = palette(LIGHT)

    assert made.color(QPalette.ColorRole.Window).name() == LIGHT.ground
    assert made.color(QPalette.ColorRole.Highlight).name() == LIGHT.accent


def test_another_theme_dresses_the_application_and_says_so(qtbot: QtBot, qapp: QApplication) -> None:
    theme = Theme("dark")
    with qtbot.waitSignal(theme.changed):
        theme.put_on("light", qapp)

    assert theme.tokens is LIGHT
    assert LIGHT.accent in qapp.styleSheet()
    assert DARK.accent not in qapp.styleSheet()
    assert theme.colour("text").name() == LIGHT.text
