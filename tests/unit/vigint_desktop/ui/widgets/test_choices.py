"""Choices tell what a person chose, never what the program showed, and a page that is scrolled changes none."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from vigint_core.domain.camera import Transport
from vigint_desktop.ui.widgets.choices import Choice, MinuteField


@pytest.fixture
def choice(qtbot: QtBot) -> Choice[Transport]:
    made = Choice({Transport.TCP: "TCP", Transport.UDP: "UDP"})
    qtbot.addWidget(made)
    return made


@pytest.fixture
def minute(qtbot: QtBot) -> MinuteField:
    made = MinuteField("From")
    qtbot.addWidget(made)
    return made


def turn_wheel(widget: QWidget) -> bool:
    event = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


def test_only_a_person_s_choice_is_told(choice: Choice[Transport]) -> None:
    told = QSignalSpy(choice.chosen)
    choice.show_value(Transport.UDP)
    assert (choice.value, told.count()) == (Transport.UDP, 0)

    QTest.keyClick(choice, Qt.Key.Key_Up)
    assert (choice.value, told.count()) == (Transport.TCP, 1)


def test_a_time_is_shown_and_typed_in_minutes(minute: MinuteField) -> None:
    told = QSignalSpy(minute.edited)
    minute.show_minute(23 * 60 + 5)
    assert (minute.text(), minute.minute, told.count()) == ("23:05", 1385, 0)

    minute.setSelectedSection(MinuteField.Section.HourSection)
    QTest.keyClick(minute, Qt.Key.Key_Up)
    assert (minute.text(), told.count()) == ("00:05", 1)


def test_the_wheel_belongs_to_the_page_until_the_field_has_the_focus(
    choice: Choice[Transport], minute: MinuteField, qtbot: QtBot
) -> None:
    choice.show_value(Transport.TCP)
    minute.show_minute(60)
    assert [turn_wheel(choice), turn_wheel(minute)] == [False, False]
    assert (choice.value, minute.minute) == (Transport.TCP, 60)

    for field in (choice, minute):
        field.show()
        field.activateWindow()
        field.setFocus()
        qtbot.waitUntil(field.hasFocus, timeout=30_000)
        turn_wheel(field)
    assert (choice.value, minute.minute) == (Transport.UDP, 0)
