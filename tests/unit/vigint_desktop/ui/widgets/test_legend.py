"""The legend names every pattern, as many as there is room for."""

import pytest
from pytestqt.qtbot import QtBot

from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.legend import Legend


@pytest.fixture
def legend(qtbot: QtBot, words: Texts, theme: Theme) -> Legend:
    made = Legend(words, theme)
    qtbot.addWidget(made)
    return made


def test_what_does_not_fit_is_left_out_and_still_told(legend: Legend) -> None:
    legend.resize(legend.sizeHint())
    whole = legend.shown()
    assert len(whole) == 11

    legend.resize(legend.sizeHint().width() // 2, 20)

    assert legend.shown() == whole[: len(legend.shown())]
    assert 1 < len(legend.shown()) < len(whole)
    assert "snapshot" in legend.toolTip()
    assert "camera not well" in legend.toolTip()


def test_what_is_on_screen_comes_before_what_is_not(legend: Legend) -> None:
    legend.resize(legend.sizeHint().width() // 2, 20)
    assert "saving" not in legend.shown()

    legend.set_seen({"saving", "snapshot"})

    shown = legend.shown()
    assert shown[-2:] == ["saving", "snapshot"], "in their usual order"
    assert "activity" in shown, "what room there is left is used"


def test_every_entry_has_a_pattern_of_its_own(legend: Legend) -> None:
    legend.resize(legend.sizeHint())
    image = legend.grab().toImage()
    starts, left = [], 0
    for entry in legend._entries.values():
        starts.append(left)
        left += legend._width_of(entry)

    patterns = {bytes(image.copy(start, 0, 20, image.height()).constBits()) for start in starts}

    assert len(patterns) == len(starts)
