"""Incidents of all desks in the whole window: lane, tile, list and keys agree."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from tests.fakes.controls import FakeControls
from tests.fakes.moments import NOON_S, StandingClock, camera, incident
from vigint_core.domain.ids import CameraId, IncidentId
from vigint_core.domain.incident import IncidentState
from vigint_core.domain.review import Review, ReviewState, ReviewVerdict
from vigint_core.domain.status import ForeignIncidents, ReviewTold
from vigint_core.domain.verdict import Severity
from vigint_desktop.bridge import Bridge
from vigint_desktop.settings import AnalysisPlace, Settings
from vigint_desktop.ui.main_window import MainWindow
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.theme.tokens import DARK

ONE = IncidentId("i1")
FAR = replace(incident(1, state=IncidentState.CONFIRMED, severity=Severity.CRITICAL), foreign=True)


@pytest.fixture
def controls() -> FakeControls:
    made = FakeControls([camera("Door"), camera("Till")], Settings(analysis=AnalysisPlace.SERVER))
    made.incident_list = [incident(2, "till", at_s=NOON_S - 900)]
    made.review_list = [ReviewTold(IncidentId("i2"), Review(state=ReviewState.CLOSED, at_s=NOON_S - 60))]
    return made


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QApplication, "beep", lambda: None)


@pytest.fixture
def window(
    controls: FakeControls, bridge: Bridge, words: Texts, theme: Theme, clock: StandingClock, qtbot: QtBot
) -> Iterator[MainWindow]:
    made = MainWindow(controls, bridge, words, theme, clock)
    qtbot.addWidget(made)
    made.resize(1280, 720)
    with qtbot.waitActive(made):
        made.show()
    yield made
    made.desk.alerts.settle()


def edge(window: MainWindow) -> str:
    return window.wall.tile(CameraId("door")).grab().toImage().pixelColor(1, 100).name()


def test_what_people_said_before_the_start_is_there(window: MainWindow, qtbot: QtBot) -> None:
    incident = window.models.incidents.incident(IncidentId("i2"))
    assert incident is not None
    assert window.models.incidents.row_of(incident).review.chip == "Closed"
    qtbot.waitUntil(lambda: window.incidents.counted() == "1")


def test_one_of_another_desk_is_on_lane_tile_list_and_card_until_it_is_a_false_alarm(
    window: MainWindow, bridge: Bridge, words: Texts, qtbot: QtBot
) -> None:
    bridge.publish(ForeignIncidents((FAR,), frozenset({ONE})))

    qtbot.waitUntil(lambda: [m.muted for m in window.timeline.lanes()[0].marks] == [False])
    assert edge(window) == DARK.critical
    assert words("incident.other_desk") in window.alert_card.said()
    qtbot.waitUntil(lambda: window.incidents.counted() == "2 · 1 open")

    false = Review(verdict=ReviewVerdict.FALSE_ALARM, state=ReviewState.CLOSED, at_s=NOON_S)
    bridge.publish(ReviewTold(ONE, false))

    qtbot.waitUntil(lambda: [m.muted for m in window.timeline.lanes()[0].marks] == [True])
    assert edge(window) != DARK.critical
    assert window.alert_card.said() == ""
    qtbot.waitUntil(lambda: window.incidents.counted() == "2")


def test_a_letter_means_the_incident_on_the_list_and_the_camera_on_the_wall(
    window: MainWindow, controls: FakeControls, bridge: Bridge, qtbot: QtBot
) -> None:
    bridge.publish(FAR)
    window.wall.tile(CameraId("door")).setFocus()
    qtbot.keyClick(window.wall.tile(CameraId("door")), Qt.Key.Key_S)
    assert (controls.snapshots_asked, controls.reviewed) == ([CameraId("door")], [])

    qtbot.keyClick(window, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    window.incidents.select(ONE)
    qtbot.keyClick(window.incidents.view, Qt.Key.Key_S)
    assert controls.snapshots_asked == [CameraId("door")]
    assert [(said, change.state) for said, change in controls.reviewed] == [(ONE, ReviewState.CLOSED)]


def test_the_sheet_of_keys_lists_what_can_be_said_of_an_incident(window: MainWindow) -> None:
    sheet = window.show_keys()
    said = {label.text() for label in sheet.findChildren(QLabel)}

    assert {"R, F", "T, S", "K", "Ctrl+Enter"} <= said
    assert sheet.height() <= 680
    sheet.reject()


def test_choosing_one_on_the_list_marks_it_on_the_timeline(window: MainWindow, bridge: Bridge, qtbot: QtBot) -> None:
    bridge.publish(FAR)
    window.incidents.select(ONE)

    assert window.timeline._current is not None
    assert window.timeline._current.id == ONE
