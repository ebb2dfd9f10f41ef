"""The player tells an incident whole, and its keys and times work."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QScrollArea
from pytestqt.qtbot import QtBot

from tests.fakes.controls import FakePlayback
from tests.fakes.moments import NOON_S, incident, with_act
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import IncidentId
from vigint_core.domain.incident import Clip, IncidentState
from vigint_core.domain.review import Review, ReviewStanding, ReviewState, ReviewVerdict
from vigint_core.domain.status import ReviewTold
from vigint_core.domain.verdict import IncidentType
from vigint_core.domain.window import Span
from vigint_core.texts import Language
from vigint_desktop.ui.dialogs.player import PlayerDialog
from vigint_desktop.ui.rows.incident import incident_row
from vigint_desktop.ui.rows.review import ReviewStep
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme


@pytest.fixture
def player(qtbot: QtBot, words: Texts, theme: Theme) -> PlayerDialog:
    made = PlayerDialog(words, theme)
    qtbot.addWidget(made)
    return made


def said(player: PlayerDialog) -> str:
    return "\n".join(label.text() for label in player.findChildren(QLabel))


def test_it_says_what_where_when_and_how_sure(player: PlayerDialog, words: Texts) -> None:
    player.show_incident(incident_row(incident(1), NOON_S, words), FakePlayback())

    assert "A bottle goes into a bag." in said(player)
    assert "High · suspected" in said(player)
    assert "A second look is under way." in said(player)
    assert player.observations.count() == 2
    assert player.windowTitle().startswith("Door · concealment")


def test_a_change_is_told_without_touching_the_clip(player: PlayerDialog, words: Texts) -> None:
    clip = FakePlayback()
    player.show_incident(incident_row(incident(1), NOON_S, words), clip)

    player.show_row(incident_row(incident(1, state=IncidentState.VETOED), NOON_S, words))

    assert "High · vetoed" in said(player)
    assert not clip.stopped


def test_an_observation_jumps_to_the_second_before_it(player: PlayerDialog, words: Texts) -> None:
    clip = FakePlayback(duration_s=20.0)
    filmed = replace(incident(1), clips=(Clip("i1-0.mp4", Span(NOON_S - 9, NOON_S + 2)),))
    player.show_incident(incident_row(filmed, NOON_S, words), clip)

    player.observations.observation_chosen.emit(NOON_S)

    assert clip.seeks == [pytest.approx(8.0)]  # the clip begins 9 s before the act


def test_keys_pause_and_step(player: PlayerDialog, words: Texts, qtbot: QtBot) -> None:
    clip = FakePlayback(duration_s=20.0)
    player.show_incident(incident_row(incident(1), NOON_S, words), clip)
    with qtbot.waitActive(player):
        player.activateWindow()
    clip.position_s = 5.0
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Comma, Qt.Key.Key_Period):
        qtbot.keyClick(player, key)

    assert clip.paused == [True]
    assert clip.seeks == [4.0, 5.0]


def test_closing_ends_the_clip(player: PlayerDialog, words: Texts) -> None:
    clip = FakePlayback()
    player.show_incident(incident_row(incident(1), NOON_S, words), clip)
    player.close()

    assert clip.stopped


def test_without_observations_nothing_pretends_there_are(player: PlayerDialog, words: Texts) -> None:
    bare = incident_row(replace(incident(1), observations=()), NOON_S, words)
    player.show_incident(bare, None)

    assert not player.observations.isVisible()
    assert player.clip.canvas.said().startswith("There is no clip")


def test_other_acts_are_told_in_the_head_and_lead_to_their_moment(player: PlayerDialog, words: Texts) -> None:
    clip = FakePlayback(duration_s=40.0)
    filmed = replace(incident(1), clips=(Clip("i1-0.mp4", Span(NOON_S - 9, NOON_S + 30)),))
    told = with_act(filmed, IncidentType.VIOLENCE, NOON_S + 20, "A customer is pushed.")
    player.show_incident(incident_row(told, NOON_S, words), clip)

    assert "Also: violence (" in said(player)
    assert player.observations.count() == 3
    player.observations.observation_chosen.emit(NOON_S + 20)
    assert clip.seeks == [pytest.approx(28.0)]

    player.show_row(incident_row(filmed, NOON_S, words))
    assert "Also" not in said(player)


def test_of_another_desk_it_says_so_and_that_the_clip_is_being_fetched(player: PlayerDialog, words: Texts) -> None:
    player.show_incident(incident_row(replace(incident(1), foreign=True), NOON_S, words), None)

    assert words("incident.other_desk") in said(player)
    assert player.clip.canvas.said() == words("player.fetching")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_on_a_small_screen_nothing_lies_over_anything_whatever_was_said(
    language: Language, qtbot: QtBot, theme: Theme
) -> None:
    texts = Texts(language)
    player = PlayerDialog(texts, theme)
    qtbot.addWidget(player)
    review = Review(comment="word " * 60, owner="x" * 40, at_s=NOON_S)
    told = ReviewTold(IncidentId("i1"), review, ReviewStanding.REFUSED, Code.REVIEW_CONTESTED)
    many = replace(incident(1), summary="A bottle goes into a bag. " * 8)
    player.show_incident(incident_row(many, NOON_S, texts, told=told), FakePlayback())
    player.review.comment.edit.setPlainText("mine")
    player.show_row(incident_row(many, NOON_S, texts, told=replace(told, review=Review(comment="other " * 50))))
    player.resize(1120, 620)

    assert (player.width(), player.height()) == (1120, 620)
    edit, count = player.review.comment.edit, player.review.comment.count
    qtbot.waitUntil(lambda: count.y() >= edit.geometry().bottom())
    parts = [part for part in player.review.findChildren(QLabel) if part.isVisible()]
    assert all(part.height() >= part.heightForWidth(part.width()) for part in parts)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_however_narrow_it_is_every_button_is_in_reach(language: Language, qtbot: QtBot, theme: Theme) -> None:
    texts = Texts(language)
    player = PlayerDialog(texts, theme)
    qtbot.addWidget(player)
    player.show_incident(incident_row(incident(1), NOON_S, texts), FakePlayback())
    everything = Review(ReviewVerdict.FALSE_ALARM, "Anna", ReviewState.CLOSED, locked=True, at_s=NOON_S)
    player.show_row(incident_row(incident(1), NOON_S, texts, told=ReviewTold(IncidentId("i1"), everything)))

    player.resize(640, 400)

    side = next(area for area in player.findChildren(QScrollArea) if area.isAncestorOf(player.review))
    content, room, bar = side.widget(), side.viewport(), side.horizontalScrollBar()
    qtbot.waitUntil(lambda: bar.isVisible() or 0 < content.width() <= room.width())
    assert content.width() <= 1.1 * room.width(), "and hardly anything is out of sight"


def test_another_incident_gets_the_keys_even_if_a_comment_was_begun(
    player: PlayerDialog, words: Texts, qtbot: QtBot
) -> None:
    player.show_incident(incident_row(incident(1), NOON_S, words), FakePlayback())
    with qtbot.waitActive(player):
        player.activateWindow()
    player.review.comment.edit.setFocus()

    player.show_incident(incident_row(incident(2), NOON_S, words), FakePlayback())

    assert not player.review.comment.edit.hasFocus()
    with qtbot.waitSignal(player.commands.asked):
        qtbot.keyClick(player, Qt.Key.Key_R)


ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def shown(player: PlayerDialog, words: Texts, qtbot: QtBot) -> FakePlayback:
    clip = FakePlayback(duration_s=20.0)
    player.show_incident(incident_row(incident(1), NOON_S, words), clip)
    with qtbot.waitActive(player):
        player.activateWindow()
    return clip


def buttons(player: PlayerDialog) -> list[QAbstractButton]:
    return [button for button in player.findChildren(QAbstractButton) if button.isVisible()]


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, *ENTER])
def test_space_and_enter_press_the_button_that_has_the_keyboard(
    player: PlayerDialog, words: Texts, qtbot: QtBot, key: Qt.Key
) -> None:
    clip = shown(player, words, qtbot)
    player.review.comment.edit.setPlainText("a note")
    reached = {player.clip.play_button, player.review.keep, *player.review.buttons.values()}
    assert reached < set(buttons(player)), "and the button that saves"
    for button in buttons(player):
        button.setFocus(Qt.FocusReason.TabFocusReason)
        with qtbot.waitSignal(button.clicked):
            qtbot.keyClick(button, key)

    assert clip.paused == [True], "by its own button alone"


def test_elsewhere_space_is_the_clips_and_enter_presses_nothing(
    player: PlayerDialog, words: Texts, qtbot: QtBot
) -> None:
    clip = shown(player, words, qtbot)
    for place in (player.clip.canvas, player.clip.slider, player.observations):
        place.setFocus(Qt.FocusReason.OtherFocusReason)
        with qtbot.assertNotEmitted(player.commands.asked):
            for key in (Qt.Key.Key_Space, *ENTER):
                qtbot.keyClick(place, key)

    assert clip.paused == [True, False, True]


def test_a_key_that_is_held_says_it_once_and_saving_nothing_says_nothing(
    player: PlayerDialog, words: Texts, qtbot: QtBot
) -> None:
    shown(player, words, qtbot)
    real = player.review.buttons[ReviewStep.REAL]
    real.setFocus(Qt.FocusReason.TabFocusReason)
    held = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", True)

    with qtbot.assertNotEmitted(player.commands.asked):
        QApplication.sendEvent(real, held)
        qtbot.keyClick(real, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)


def test_a_button_that_was_clicked_leaves_the_keyboard_where_it_was_and_a_click_on_the_picture_takes_it(
    player: PlayerDialog, words: Texts, qtbot: QtBot
) -> None:
    clip = shown(player, words, qtbot)
    player.review.comment.edit.setPlainText("a note")
    for button in buttons(player):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert player.clip.canvas.hasFocus(), "so that Space does not take back what was said"
    player.review.comment.edit.setFocus()

    qtbot.mouseClick(player.clip.canvas, Qt.MouseButton.LeftButton)

    assert player.clip.canvas.hasFocus(), "so that letters are commands again"
    assert clip.paused == [True], "by its own button alone"
