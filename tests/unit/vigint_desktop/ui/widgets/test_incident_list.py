"""The list tells every state apart, teaches while it is empty, and opens what is clicked."""

from itertools import combinations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from tests.fakes.moments import NOON_S, StandingClock, incident, with_act
from vigint_core.domain.ids import IncidentId
from vigint_core.domain.incident import IncidentState
from vigint_core.domain.verdict import IncidentType
from vigint_desktop.ui.models.incidents import IncidentModel
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.incident_list import IncidentList


@pytest.fixture
def model(words: Texts, clock: StandingClock, qtbot: QtBot) -> IncidentModel:
    return IncidentModel(words, clock)


@pytest.fixture
def shown(model: IncidentModel, words: Texts, theme: Theme, qtbot: QtBot) -> IncidentList:
    made = IncidentList(model, words, theme)
    qtbot.addWidget(made)
    made.resize(340, 600)
    made.show()
    return made


def test_the_empty_list_teaches_and_gives_way_to_the_first_incident(shown: IncidentList, model: IncidentModel) -> None:
    assert not shown.view.isVisible()

    model.upsert(incident(1))

    assert shown.view.isVisible()


def test_every_state_looks_different(shown: IncidentList, model: IncidentModel) -> None:
    pictures: dict[IncidentState, QImage] = {}
    for state in IncidentState:
        model.upsert(incident(1, state=state))
        pictures[state] = shown.view.grab().toImage()

    for one, other in combinations(pictures.values(), 2):
        assert one != other


def test_a_click_and_enter_open_the_incident(shown: IncidentList, model: IncidentModel, qtbot: QtBot) -> None:
    model.set_incidents([incident(1), incident(2, at_s=NOON_S + 10)])
    second = shown.view.visualRect(model.index(1)).center()

    with qtbot.waitSignal(shown.incident_chosen) as chosen:
        qtbot.mouseClick(shown.view.viewport(), Qt.MouseButton.LeftButton, pos=second)
    assert chosen.args == ["i1"]

    qtbot.keyClick(shown.view, Qt.Key.Key_Up)
    with qtbot.waitSignal(shown.incident_chosen) as chosen:
        qtbot.keyClick(shown.view, Qt.Key.Key_Return)
    assert chosen.args == ["i2"]


def test_selecting_is_not_opening(shown: IncidentList, model: IncidentModel, qtbot: QtBot) -> None:
    model.set_incidents([incident(1), incident(2, at_s=NOON_S + 10)])

    with qtbot.waitSignal(shown.incident_selected) as selected, qtbot.assertNotEmitted(shown.incident_chosen):
        shown.select(IncidentId("i1"))

    assert selected.args == ["i1"]
    shown.select(IncidentId("unknown"))
    assert shown.view.currentIndex().row() == 1


def test_rows_are_equally_high(shown: IncidentList, model: IncidentModel) -> None:
    model.set_incidents([incident(1), incident(2, at_s=NOON_S + 10)])

    heights = {shown.view.visualRect(model.index(row)).height() for row in range(2)}

    assert len(heights) == 1
    assert heights.pop() > 100


def test_another_act_in_an_incident_is_painted_and_told_in_its_tool_tip(
    shown: IncidentList, model: IncidentModel
) -> None:
    model.upsert(incident(1))
    picture = shown.view.grab().toImage()

    model.upsert(with_act(incident(1), IncidentType.VIOLENCE, NOON_S + 9, "A customer is pushed."))

    assert shown.view.grab().toImage() != picture
    assert "Also: violence" in model.index(0).data(Qt.ItemDataRole.ToolTipRole)
