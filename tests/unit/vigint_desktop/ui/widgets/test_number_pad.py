"""A number is shown while it is typed, and taken by itself."""

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.fakes.moments import camera
from vigint_desktop.ui.models.cameras import CameraModel
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.widgets.number_pad import NumberPad


@pytest.fixture
def room(qtbot: QtBot) -> QWidget:
    made = QWidget()
    made.resize(800, 400)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def pad(room: QWidget, words: Texts) -> NumberPad:
    model = CameraModel(words, room)
    model.set_cameras([camera(f"Camera {number}") for number in range(1, 13)])
    return NumberPad(model, words, room)


def test_a_digit_that_may_go_on_waits_and_says_what_it_means_so_far(pad: NumberPad, qtbot: QtBot) -> None:
    with qtbot.waitSignal(pad.number_typed, timeout=30_000) as typed:
        pad.type_digit("1")
        assert pad.typing
        assert pad.isVisible()
        assert pad.text().split() == ["1", "Camera", "1"]

    assert typed.args == [1]
    assert not pad.isVisible()


def test_two_digits_are_taken_at_once(pad: NumberPad, qtbot: QtBot) -> None:
    with qtbot.waitSignal(pad.number_typed, timeout=30_000) as typed:
        pad.type_digit("1")
        pad.type_digit("2")
        assert not pad.typing

    assert typed.args == [12]


def test_a_number_that_nobody_has_is_told_and_forgotten(pad: NumberPad, words: Texts, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(pad.number_typed):
        pad.type_digit("1")
        pad.type_digit("9")
        assert words("wall.typed_none") in pad.text()
        pad.take()

    assert not pad.isVisible()


def test_nought_is_all_cameras(pad: NumberPad, words: Texts, qtbot: QtBot) -> None:
    with qtbot.waitSignal(pad.number_typed) as typed:
        pad.type_digit("0")
        assert words("wall.typed_all") in pad.text()
        pad.take()

    assert typed.args == [0]


def test_what_was_given_up_is_not_taken(pad: NumberPad, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(pad.number_typed):
        pad.type_digit("1")
        pad.give_up()
        pad.take()


def test_it_stands_in_the_middle(pad: NumberPad, room: QWidget) -> None:
    pad.type_digit("1")

    assert abs(pad.geometry().center().x() - room.rect().center().x()) <= 1
    assert abs(pad.geometry().center().y() - room.rect().center().y()) <= 1
    pad.give_up()
