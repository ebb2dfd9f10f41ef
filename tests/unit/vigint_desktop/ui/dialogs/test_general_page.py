"""The page of language, look and the limits of recordings."""

import pytest
from pytestqt.qtbot import QtBot

from vigint_desktop.settings import Settings
from vigint_desktop.ui.dialogs.general_page import GeneralPage
from vigint_desktop.ui.text import Texts


def page(qtbot: QtBot, settings: Settings) -> GeneralPage:
    made = GeneralPage(settings, "till-2", Texts("en"))
    qtbot.addWidget(made)
    return made


def test_untouched_it_changes_nothing(qtbot: QtBot) -> None:
    settings = Settings(recording_gib=12.5, recording_days=3, language="fr", theme="light")
    assert page(qtbot, settings).settings(settings) == settings


def test_limits_are_shown_with_their_units_and_kept(qtbot: QtBot) -> None:
    settings = Settings()
    shown = page(qtbot, settings)
    assert (shown.gib.text(), shown.days.text()) == ("50\N{NO-BREAK SPACE}GiB", "14\N{NO-BREAK SPACE}days")
    shown.gib.setValue(200)
    shown.days.setValue(30)
    chosen = shown.settings(settings)
    assert (chosen.recording_gib, chosen.recording_days) == (200.0, 30)


@pytest.mark.parametrize(("typed", "kept"), [(0, 1), (10**7, 100_000)])
def test_no_limit_is_beyond_what_settings_take(qtbot: QtBot, typed: int, kept: int) -> None:
    settings = Settings()
    shown = page(qtbot, settings)
    shown.gib.setValue(typed)
    assert Settings.model_validate(shown.settings(settings).model_dump()).recording_gib == kept


def test_the_name_of_the_desk_is_the_machines_until_one_is_typed(qtbot: QtBot) -> None:
    shown = page(qtbot, Settings())
    assert (shown.desk_name.text(), shown.desk_name.placeholderText()) == ("", "till-2")

    qtbot.keyClicks(shown.desk_name, "  Anna " + "x" * 200)

    chosen = shown.settings(Settings())
    assert chosen.desk_name.startswith("Anna x")
    assert Settings.model_validate(chosen.model_dump()) == chosen
    assert page(qtbot, chosen).desk_name.text() == chosen.desk_name
    assert page(qtbot, chosen).desk_name.placeholderText() == "this computer’s name"
