"""The panel says how it stands, and never loses what somebody types."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.fakes.moments import NOON_S
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import IncidentId
from vigint_core.domain.review import LONGEST_COMMENT, Review, ReviewStanding, ReviewState, ReviewVerdict
from vigint_core.domain.status import ReviewTold
from vigint_desktop.ui.rows.review import ReviewStep, review_row
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.widgets import review_panel as panel_module
from vigint_desktop.ui.widgets.review_commands import ReviewCommands
from vigint_desktop.ui.widgets.review_panel import ReviewPanel

ONE, TWO = IncidentId("i1"), IncidentId("i2")
SHARED, WAITING, REFUSED = ReviewStanding


class Table:
    def __init__(self, qtbot: QtBot, words: Texts) -> None:
        self._words = words
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.commands = ReviewCommands(self.window, words)
        self.panel = ReviewPanel(self.commands, words)
        QVBoxLayout(self.window).addWidget(self.panel)
        self.window.resize(360, 420)
        self.window.show()
        self.panel.show_place(local=False)
        self.tell("")

    def tell(
        self,
        comment: str,
        standing: ReviewStanding = SHARED,
        incident_id: IncidentId = ONE,
        code: Code | None = None,
        review: Review | None = None,
    ) -> None:
        told = ReviewTold(incident_id, review or Review(comment=comment, at_s=NOON_S), standing, code)
        self.panel.show_review(incident_id, review_row(told, NOON_S, self._words))

    def type(self, text: str) -> None:
        self.panel.comment.edit.setPlainText(text)

    def said(self) -> str:
        return "\n".join(label.text() for label in self.panel.findChildren(QLabel) if label.isVisible())


@pytest.fixture
def table(qtbot: QtBot, words: Texts) -> Table:
    return Table(qtbot, words)


def test_it_shows_by_tick_and_word_what_holds_and_who_said_it(table: Table) -> None:
    review = Review(ReviewVerdict.FALSE_ALARM, "Anna", ReviewState.CLOSED, locked=True, at_s=NOON_S)
    table.tell("", review=review)

    assert [b.text() for b in table.panel.buttons.values()] == [
        "Real (R)",
        "✓ False alarm (F)",
        "Take in hand (T)",
        "✓ Closed (S)",
    ]
    assert table.panel.keep.isChecked()
    assert "Anna · last word: " in table.said()


def test_a_click_asks_and_shows_what_is_so_until_it_is_told(table: Table, qtbot: QtBot) -> None:
    places = {**table.panel.buttons, ReviewStep.KEEP: table.panel.keep}
    assert set(places) == set(ReviewStep)
    for step, button in places.items():
        with qtbot.waitSignal(table.commands.asked) as asked:
            button.click()
        assert asked.args == [step]
        assert not button.isChecked()


def test_what_waits_or_was_refused_says_why(table: Table, words: Texts) -> None:
    table.tell("", WAITING)
    assert words("review.waiting") in table.said()

    table.tell("", REFUSED, code=Code.REVIEW_CONTESTED)
    assert words.cause(Code.REVIEW_CONTESTED) in table.said()
    assert words.remedy(Code.REVIEW_CONTESTED) in table.said()

    table.tell("", SHARED)
    assert words.cause(Code.REVIEW_CONTESTED) not in table.said()


def test_without_a_server_it_says_quietly_where_it_is_kept(table: Table, words: Texts) -> None:
    assert words("review.local") not in table.said()
    table.panel.show_place(local=True)
    assert words("review.local") in table.said()


def test_a_comment_is_saved_by_button_and_by_key_and_only_when_it_is_another_one(table: Table, qtbot: QtBot) -> None:
    button = next(b for b in table.panel.findChildren(QPushButton) if b.text() == "Save")
    assert not button.isEnabled()
    with qtbot.waitActive(table.window):
        table.window.activateWindow()
    table.panel.comment.edit.setFocus()

    qtbot.keyClicks(table.panel.comment.edit, "staff  ")
    with qtbot.waitSignal(table.panel.comment_asked) as asked:
        qtbot.keyClick(table.panel.comment.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert asked.args == ["staff"]
    with qtbot.waitSignal(table.panel.comment_asked):
        button.click()

    table.tell("staff")
    assert not button.isEnabled()
    assert "Not saved" not in table.said()


def test_one_that_is_too_long_is_not_saved(table: Table) -> None:
    table.type("x" * (LONGEST_COMMENT + 1))
    assert not table.panel.save.isEnabled()
    table.type("x" * LONGEST_COMMENT)
    assert table.panel.save.isEnabled()


def test_letters_in_the_comment_are_letters(table: Table, qtbot: QtBot) -> None:
    with qtbot.waitActive(table.window):
        table.window.activateWindow()
    table.panel.comment.edit.setFocus()

    with qtbot.assertNotEmitted(table.commands.asked):
        qtbot.keyClicks(table.panel.comment.edit, "rftsk")

    assert table.panel.comment.text == "rftsk"


def test_what_somebody_types_outlives_news_other_incidents_and_refusal(table: Table, words: Texts) -> None:
    table.type("mine")
    table.tell("theirs")
    assert table.panel.comment.text == "mine"
    table.type("mine, and more")
    assert words("review.elsewhere", comment="theirs") in table.said()
    table.type("mine")

    table.tell("", incident_id=TWO)
    assert table.panel.comment.text == ""
    table.tell("theirs")
    assert table.panel.comment.text == "mine"

    table.tell("")
    assert table.panel.comment.text == "mine"
    table.tell("mine", WAITING)
    assert "Not saved" not in table.said()
    table.tell("theirs", REFUSED, code=Code.REVIEW_CONTESTED)
    assert table.panel.comment.text == "mine"
    assert words("review.elsewhere", comment="theirs") in table.said()


def test_a_comment_that_was_emptied_meanwhile_is_told(table: Table, words: Texts) -> None:
    table.tell("theirs")
    table.type("theirs, and mine")
    assert words("review.unsaved") in table.said()

    table.tell("")

    assert words("review.emptied") in table.said()


def test_once_it_is_everywhere_what_others_write_is_shown(table: Table) -> None:
    table.type("mine")
    table.tell("mine")
    table.tell("theirs")

    assert table.panel.comment.text == "theirs"


def test_once_it_is_everywhere_it_is_no_draft_also_while_another_incident_is_shown(table: Table, words: Texts) -> None:
    table.type("mine")
    table.tell("mine", WAITING)
    table.tell("", incident_id=TWO)

    table.panel.settle(ONE, Review(comment="theirs"), SHARED)
    table.panel.settle(ONE, Review(comment="mine"), WAITING)
    table.tell("theirs")
    assert table.panel.comment.text == "mine", "not yet"
    table.tell("", incident_id=TWO)
    table.panel.settle(ONE, Review(comment="mine "), SHARED)

    table.tell("theirs")
    assert (table.panel.comment.text, table.panel.save.isEnabled()) == ("theirs", False)


def test_typing_it_back_is_no_draft(table: Table) -> None:
    table.tell("theirs")
    table.type("other")
    table.type("theirs")
    table.tell("newer")

    assert table.panel.comment.text == "newer"


def test_drafts_are_bounded(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panel_module, "_MOST_DRAFTS", 2)
    for number in (1, 2, 3):
        table.tell("", incident_id=IncidentId(f"i{number}"))
        table.type(f"draft {number}")

    table.tell("", incident_id=ONE)
    assert table.panel.comment.text == ""
    table.tell("", incident_id=TWO)
    assert table.panel.comment.text == "draft 2"


def test_a_long_comment_of_others_is_quoted_in_short(table: Table) -> None:
    table.type("mine")
    table.tell("y" * 1000)

    assert "y…”" in table.said()
    assert "y" * 200 not in table.said()
