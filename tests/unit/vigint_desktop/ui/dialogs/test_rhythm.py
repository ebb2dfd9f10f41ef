"""Length and interval of windows are the owner's choice; what they leave out is said before it is stored."""

from pytestqt.qtbot import QtBot

from vigint_desktop.settings import Settings
from vigint_desktop.ui.dialogs.rhythm import RhythmFields
from vigint_desktop.ui.text import Texts


def test_both_are_chosen_within_their_bounds(qtbot: QtBot, words: Texts) -> None:
    fields = RhythmFields(Settings(), words)
    qtbot.addWidget(fields)
    assert fields.settings(Settings()) == Settings()

    fields.window_s.setValue(8)
    fields.stride_s.setValue(100)

    chosen = fields.settings(Settings())
    assert (chosen.window_s, chosen.stride_s) == (8.0, 20.0)


def test_seconds_that_would_be_left_out_are_said(qtbot: QtBot, words: Texts) -> None:
    fields = RhythmFields(Settings(), words)
    qtbot.addWidget(fields)
    assert fields.skips.isHidden()

    fields.stride_s.setValue(12.5)

    assert not fields.skips.isHidden()
    assert "2.5 s" in fields.skips.text()
