"""Observations are told whole, and a click goes to their time."""

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from vigint_desktop.ui.rows.incident import ObservationRow
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.observation_list import ObservationList

ROWS = (ObservationRow(100.0, "14:00:00", "short"), ObservationRow(105.0, "14:00:05", "a long sentence " * 20))


def test_long_sentences_get_the_height_they_need_at_any_width(qtbot: QtBot, theme: Theme) -> None:
    shown = ObservationList(theme)
    qtbot.addWidget(shown)
    shown.show_observations(ROWS)
    shown.resize(400, 300)
    shown.show()
    wide = [shown.visualItemRect(shown.item(row)).height() for row in range(2)]

    shown.resize(200, 300)
    shown.doItemsLayout()
    narrow = [shown.visualItemRect(shown.item(row)).height() for row in range(2)]

    assert wide[0] < wide[1] < narrow[1]
    assert wide[0] == narrow[0]


def test_a_click_gives_the_time(qtbot: QtBot, theme: Theme) -> None:
    shown = ObservationList(theme)
    qtbot.addWidget(shown)
    shown.resize(400, 300)
    shown.show_observations(ROWS)
    shown.show()

    with qtbot.waitSignal(shown.observation_chosen) as chosen:
        spot = shown.visualItemRect(shown.item(1)).center()
        qtbot.mouseClick(shown.viewport(), Qt.MouseButton.LeftButton, pos=spot)

    assert chosen.args == [105.0]
