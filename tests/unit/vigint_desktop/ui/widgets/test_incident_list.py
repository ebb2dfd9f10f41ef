"""The list tells every state apart, teaches while it is empty, and opens what is clicked."""

from dataclasses import replace
from itertools import combinations

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QContextMenuEvent, QImage
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from tests.fakes.moments import NOON_S, StandingClock, incident, with_act
from vigint_core.domain.ids import IncidentId
from vigint_core.domain.incident import IncidentState
from vigint_core.domain.review import Review, ReviewStanding, ReviewState, ReviewVerdict
from vigint_core.domain.status import ReviewTold
from vigint_core.domain.verdict import IncidentType
from vigint_desktop.ui.models.incidents import IncidentModel
from vigint_desktop.ui.rows.review import ReviewStep
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.incident_list import IncidentList

ONE = IncidentId("i1")
KEYS = {
    Qt.Key.Key_R: ReviewStep.REAL,
    Qt.Key.Key_F: ReviewStep.FALSE_ALARM,
    Qt.Key.Key_T: ReviewStep.TAKE,
    Qt.Key.Key_S: ReviewStep.SETTLE,
    Qt.Key.Key_K: ReviewStep.KEEP,
}


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


def test_of_another_desk_and_every_review_look_different(shown: IncidentList, model: IncidentModel) -> None:
    sure = incident(1, state=IncidentState.CONFIRMED)
    taken, false = Review(state=ReviewState.IN_HAND), Review(verdict=ReviewVerdict.FALSE_ALARM)
    pictures: list[QImage] = []
    for foreign, review, standing in (
        (False, Review(), ReviewStanding.SHARED),
        (True, Review(), ReviewStanding.SHARED),
        (False, taken, ReviewStanding.SHARED),
        (False, taken, ReviewStanding.WAITING),
        (False, taken, ReviewStanding.REFUSED),
        (False, false, ReviewStanding.SHARED),
    ):
        model.reviews.take(ReviewTold(ONE, review, standing))
        model.upsert(replace(sure, foreign=foreign))
        pictures.append(shown.view.grab().toImage())

    for one, other in combinations(pictures, 2):
        assert one != other


def test_the_heading_counts_all_and_those_that_somebody_still_has_to_look_at(
    shown: IncidentList, model: IncidentModel, qtbot: QtBot
) -> None:
    model.set_incidents([incident(1), incident(2, at_s=NOON_S + 10)])
    qtbot.waitUntil(lambda: shown.counted() == "2 · 2 open")

    for number in (1, 2):
        model.reviews.take(ReviewTold(IncidentId(f"i{number}"), Review(state=ReviewState.CLOSED)))
        model.refresh(IncidentId(f"i{number}"))

    qtbot.waitUntil(lambda: shown.counted() == "2")


def test_a_key_says_what_it_was_of_the_chosen_row_and_of_no_other(
    shown: IncidentList, model: IncidentModel, qtbot: QtBot
) -> None:
    model.set_incidents([incident(1), incident(2, at_s=NOON_S + 10)])
    with qtbot.waitActive(shown):
        shown.activateWindow()
    shown.view.setFocus()
    shown.view.selectionModel().clear()
    shown.view.selectionModel().setCurrentIndex(model.index(0), QItemSelectionModel.SelectionFlag.NoUpdate)
    with qtbot.assertNotEmitted(shown.review_asked):
        qtbot.keyClick(shown.view, Qt.Key.Key_F)

    shown.select(ONE)
    for key, step in KEYS.items():
        with qtbot.waitSignal(shown.review_asked) as asked:
            qtbot.keyClick(shown.view, key)
        assert asked.args == ["i1", step]


def test_the_letters_count_nowhere_else(shown: IncidentList, model: IncidentModel, qtbot: QtBot) -> None:
    model.upsert(incident(1))
    shown.select(ONE)
    line, button = QLineEdit(shown), QPushButton(shown)
    line.show()
    button.show()
    with qtbot.waitActive(shown):
        shown.activateWindow()
    line.setFocus()

    with qtbot.assertNotEmitted(shown.review_asked):
        qtbot.keyClicks(line, "rftsk")
        button.setFocus()
        qtbot.keyClicks(button, "rftsk")

    assert line.text() == "rftsk"


def test_a_rows_menu_does_what_the_keys_do_and_shows_them(
    shown: IncidentList, model: IncidentModel, qtbot: QtBot
) -> None:
    model.set_incidents([incident(1), incident(2, at_s=NOON_S + 10)])
    model.reviews.take(ReviewTold(ONE, Review(state=ReviewState.CLOSED)))
    for reason, row in ((QContextMenuEvent.Reason.Mouse, 1), (QContextMenuEvent.Reason.Keyboard, 1)):
        at = shown.view.visualRect(model.index(row)).center()
        where = shown.view.viewport().mapToGlobal(at)
        QApplication.sendEvent(shown.view.viewport(), QContextMenuEvent(reason, at, where))
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        said = {a.text(): (a.shortcut().toString(), a.isChecked()) for a in menu.actions() if a.text()}
        assert said["Play the clip"] == ("Enter", False)
        assert (said["Real"], said["Settle"]) == (("R", False), ("S", True))

        with qtbot.waitSignal(shown.review_asked) as asked:
            next(a for a in menu.actions() if a.text() == "Real").trigger()
        assert asked.args == ["i1", ReviewStep.REAL]
        with qtbot.waitSignal(shown.incident_chosen) as chosen:
            menu.actions()[0].trigger()
        assert chosen.args == ["i1"]
        menu.close()


def test_no_menu_opens_where_no_row_is(shown: IncidentList, model: IncidentModel) -> None:
    model.upsert(incident(1))
    at = shown.view.viewport().rect().bottomLeft()
    where = shown.view.viewport().mapToGlobal(at)

    QApplication.sendEvent(shown.view.viewport(), QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, where))

    assert QApplication.activePopupWidget() is None


def test_once_the_chosen_one_is_gone_nothing_is_chosen(shown: IncidentList, model: IncidentModel) -> None:
    model.set_incidents([incident(1), incident(2, at_s=NOON_S + 10), incident(3, at_s=NOON_S + 20)])
    shown.select(IncidentId("i2"))

    model.remove(IncidentId("i3"))
    assert shown.chosen_row() is not None
    model.remove(IncidentId("i2"))

    assert shown.chosen_row() is None
