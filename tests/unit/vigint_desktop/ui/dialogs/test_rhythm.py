"""Length and interval of windows are the owner's choice; what they leave out is said before it is stored."""

from PySide6.QtWidgets import QLabel
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


def test_looks_can_be_spared_once_the_first_ones_were_clear(qtbot: QtBot, words: Texts) -> None:
    fields = RhythmFields(Settings(adaptive_stride=True), words)
    qtbot.addWidget(fields)
    assert fields.adaptive.isChecked()

    fields.adaptive.click()

    assert not fields.settings(Settings(adaptive_stride=True)).adaptive_stride


def test_looks_that_do_not_overlap_can_spare_nothing_and_say_so(qtbot: QtBot, words: Texts) -> None:
    fields = RhythmFields(Settings(adaptive_stride=True), words)
    qtbot.addWidget(fields)

    fields.stride_s.setValue(10.0)

    assert not fields.adaptive.isEnabled()
    assert words("analysis.rhythm.adaptive_idle") in [label.text() for label in fields.findChildren(QLabel)]
    assert fields.settings(Settings()).adaptive_stride, "the choice is kept for when they do"


def test_each_number_has_a_name(qtbot: QtBot, words: Texts) -> None:
    fields = RhythmFields(Settings(), words)
    qtbot.addWidget(fields)

    assert (fields.window_s.accessibleName(), fields.stride_s.accessibleName()) == ("A look shows", "A look every")
