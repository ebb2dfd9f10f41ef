"""An alert can't be missed, and ends when somebody says so."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from tests.fakes.moments import NOON_S, StandingClock, incident, with_act
from vigint_core.domain.incident import IncidentState
from vigint_core.domain.verdict import IncidentType
from vigint_desktop.ui.models.alerts import Alerts
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.widgets import alert_card as alert_module
from vigint_desktop.ui.widgets.alert_card import AlertCard

SURE = replace(incident(1), state=IncidentState.CONFIRMED)


class Room:
    def __init__(self, qtbot: QtBot, words: Texts, clock: StandingClock) -> None:
        self.alerts = Alerts()
        self.card = AlertCard(self.alerts, lambda _known: None, words, clock)
        qtbot.addWidget(self.card)


@pytest.fixture
def beeps(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    heard: list[int] = []
    monkeypatch.setattr(QApplication, "beep", lambda: heard.append(1))
    return heard


@pytest.fixture
def room(qtbot: QtBot, words: Texts, clock: StandingClock, beeps: list[int]) -> Room:
    return Room(qtbot, words, clock)


def test_it_says_what_where_and_by_whom_and_is_heard(room: Room, beeps: list[int], words: Texts) -> None:
    assert room.card.said() == ""
    room.alerts.take(SURE)

    assert SURE.camera_name in room.card.said()
    assert SURE.summary in room.card.said()
    assert words("incident.source.ai") in room.card.said()
    assert beeps == [1]


def test_got_it_ends_it(room: Room, qtbot: QtBot) -> None:
    room.alerts.take(SURE)
    done = room.card.findChild(QPushButton, "alert_done")
    qtbot.mouseClick(done, Qt.MouseButton.LeftButton)

    assert room.card.isHidden()
    assert not room.card._bell.isActive()
    assert not room.card.done.isEnabled()


def test_look_asks_for_the_incident_and_leaves_the_alert(room: Room, qtbot: QtBot) -> None:
    room.alerts.take(SURE)
    with qtbot.waitSignal(room.card.look_asked) as asked:
        room.card.look.trigger()

    assert asked.args == [SURE.id]
    assert not room.card.isHidden()


def test_it_rings_on_until_somebody_comes_but_not_for_ever(
    room: Room, beeps: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alert_module, "_MOST_RINGS", 3)
    room.alerts.take(SURE)
    assert room.card._bell.isActive()
    room.card._ring()
    room.card._ring()

    assert beeps == [1, 1, 1]
    assert not room.card._bell.isActive()
    assert not room.card.isHidden()


def test_without_sound_it_is_seen(room: Room, beeps: list[int]) -> None:
    room.card.set_audible(audible=False)
    room.alerts.take(SURE)

    assert beeps == []
    assert not room.card.isHidden()
    room.alerts.settle()


def test_several_are_counted_in_one_card(room: Room, words: Texts) -> None:
    room.alerts.take(SURE)
    room.alerts.take(replace(incident(2), state=IncidentState.CONFIRMED))

    assert words("alert.others", count=1) in room.card.said()
    room.alerts.settle()


def test_another_act_in_the_incident_is_told(room: Room) -> None:
    room.alerts.take(with_act(SURE, IncidentType.VIOLENCE, NOON_S, "A customer is pushed."))

    assert "Also: violence (" in room.card.said()


def test_one_of_another_desk_says_so_and_goes_when_somebody_there_takes_care_of_it(
    room: Room, words: Texts, beeps: list[int]
) -> None:
    room.alerts.take(replace(SURE, foreign=True))
    assert beeps == [1]
    assert words("incident.other_desk") in room.card.said()

    room.alerts.attend(SURE.id)

    assert room.card.isHidden()
    assert not room.card._bell.isActive()


def test_its_picture_is_whole_on_a_dense_screen(
    qtbot: QtBot, words: Texts, clock: StandingClock, beeps: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    alerts = Alerts()
    card = AlertCard(alerts, lambda _known: _jpeg(), words, clock)
    qtbot.addWidget(card)
    monkeypatch.setattr(card, "devicePixelRatioF", lambda: 1.5)

    alerts.take(SURE)

    label = card.findChild(QLabel)
    shown = label.pixmap().deviceIndependentSize()
    assert 100 < shown.width() <= label.width()
    assert 60 < shown.height() <= label.height()


def _jpeg() -> bytes:
    image = QImage(640, 360, QImage.Format.Format_RGB32)
    image.fill(0x336699)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "JPG")
    return bytes(buffer.data().data())
