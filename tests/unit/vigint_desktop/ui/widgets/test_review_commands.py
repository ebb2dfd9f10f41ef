"""Each thing that can be said has one key, and a check only where it holds."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from vigint_core.domain.review import Review, ReviewState, ReviewVerdict
from vigint_desktop.ui.rows.review import ReviewStep
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.widgets.review_commands import ReviewCommands, button_text


@pytest.fixture
def commands(qtbot: QtBot, words: Texts) -> Iterator[ReviewCommands]:
    place = QWidget()
    qtbot.addWidget(place)
    yield ReviewCommands(place, words)
    place.close()


def checked(commands: ReviewCommands) -> list[ReviewStep]:
    return [step for step, action in commands.actions.items() if action.isChecked()]


def test_what_holds_is_checked(commands: ReviewCommands) -> None:
    commands.show_review(Review(verdict=ReviewVerdict.REAL, state=ReviewState.IN_HAND, locked=True))
    assert checked(commands) == [ReviewStep.REAL, ReviewStep.TAKE, ReviewStep.KEEP]

    commands.show_review(Review())
    assert checked(commands) == []


def test_asking_is_not_yet_holding(commands: ReviewCommands, qtbot: QtBot) -> None:
    with qtbot.waitSignal(commands.asked) as asked:
        commands.actions[ReviewStep.REAL].trigger()

    assert asked.args == [ReviewStep.REAL]
    assert checked(commands) == []


def test_a_button_tells_what_holds_by_a_tick_and_in_a_word(commands: ReviewCommands, words: Texts) -> None:
    action = commands.actions[ReviewStep.TAKE]
    assert button_text(action, ReviewStep.TAKE, words) == "Take in hand (T)"

    commands.show_review(Review(state=ReviewState.IN_HAND))
    assert button_text(action, ReviewStep.TAKE, words) == "✓ In hand (T)"
