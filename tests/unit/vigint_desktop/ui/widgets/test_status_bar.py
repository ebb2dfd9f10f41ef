"""The status bar shows what the segments say, and more on a click."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.fakes.moments import NOON_S, StandingClock
from vigint_core.domain.status import Health
from vigint_desktop.ui.rows.status import Segment, until
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.status_bar import SegmentButton, StatusBar

SERVER = Segment("server", Health.OK, "Server", "ok · 0.1.0", "It works.", since_s=NOON_S)
AI = Segment("ai", Health.DOWN, "AI", "down", "The key is refused.", "Enter another key.", "401 from the API")
FAULT = Segment("fault", Health.DOWN, "Fault", "The disk is full.", "The disk is full.", "Make room.", since_s=NOON_S)


@pytest.fixture
def bar(qtbot: QtBot, words: Texts, theme: Theme, clock: StandingClock) -> StatusBar:
    made = StatusBar(words, theme, clock)
    qtbot.addWidget(made)
    made.resize(900, 33)
    made.show()
    return made


def buttons(bar: StatusBar) -> list[SegmentButton]:
    found = [b for b in bar.findChildren(SegmentButton) if b.parent() is bar and bar.layout().indexOf(b) >= 0]
    return sorted(found, key=bar.layout().indexOf)


def test_every_segment_can_be_read_by_eye_and_by_screen_reader(bar: StatusBar) -> None:
    bar.show_segments([SERVER, AI], FAULT)

    names = [button.accessibleName() for button in buttons(bar)]
    assert names == ["Server: ok · 0.1.0", "AI: down", "Fault: The disk is full."]


def test_a_segment_changes_in_place(bar: StatusBar, qtbot: QtBot) -> None:
    bar.show_segments([SERVER, AI], None)
    before = buttons(bar)
    qtbot.waitUntil(before[1].isVisible, timeout=30_000)
    picture = bar.grab().toImage()

    bar.show_segments([SERVER, Segment("ai", Health.OK, "AI", "ok")], None)

    assert buttons(bar) == before
    assert bar.segment("ai").health is Health.OK
    assert bar.grab().toImage() != picture


def test_a_fault_comes_and_goes(bar: StatusBar) -> None:
    bar.show_segments([SERVER], FAULT)
    bar.show_segments([SERVER], None)

    assert [button.segment.key for button in buttons(bar)] == ["server"]
    with pytest.raises(KeyError):
        bar.segment("fault")


def test_a_narrow_bar_cuts_words_and_does_not_widen_the_window(bar: StatusBar) -> None:
    long = Segment("ai", Health.OK, "AI", "ok · " + "gemini" * 60)
    bar.show_segments([SERVER, long], FAULT)

    assert bar.minimumSizeHint().width() < 400
    assert not bar.grab().isNull()


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("server", ["Server", "ok · 0.1.0", "It works."]),
        ("ai", ["AI", "down", "The key is refused.", "Enter another key.", "401 from the API"]),
        ("fault", ["Fault", "The disk is full.", "Make room."]),
    ],
)
def test_a_click_tells_cause_remedy_detail_and_since_when(
    bar: StatusBar, qtbot: QtBot, key: str, said: list[str]
) -> None:
    bar.show_segments([SERVER, AI], FAULT)
    button = next(b for b in buttons(bar) if b.segment.key == key)

    with qtbot.waitSignal(bar.popup_opened):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    popup = bar.findChild(object, "popup")
    texts = [label.text() for label in popup.findChildren(QLabel)]
    assert texts[: len(said)] == said
    assert any("at" in text or "Since" in text for text in texts[len(said) :]) == (key != "ai")
    popup.close()


def test_a_note_is_seen_and_read_though_the_part_is_well(bar: StatusBar) -> None:
    plain = Segment("ai", Health.OK, "AI", "ok")
    bar.show_segments([SERVER, plain], None)
    (_, button) = buttons(bar)
    width, picture = button.sizeHint().width(), button.grab().toImage()

    bar.show_segments([SERVER, replace(plain, noted=True)], None)

    assert button.accessibleName() == "AI: ok – there is a note; click to read it"
    assert button.sizeHint().width() > width, "the word keeps its room"
    assert button.grab().toImage() != picture


def test_facts_and_the_expected_end_are_told_in_the_popup(bar: StatusBar, words: Texts) -> None:
    facts = (("Today", "$0.41 of $3"), ("This month", "$18.24, no limit"))
    bar.show_segments([replace(AI, facts=facts, until_s=NOON_S + 3600)], None)

    popup = bar.open_popup("ai")
    told = [label.text() for label in popup.findChildren(QLabel)]
    popup.close()

    assert {"Today", "$0.41 of $3", "This month", "$18.24, no limit"} <= set(told)
    assert until(NOON_S + 3600, NOON_S, words) in told


def test_a_popup_is_as_high_as_what_it_says(bar: StatusBar) -> None:
    bar.show_segments([replace(AI, cause="The key is refused. " * 12), SERVER], None)
    long, short = bar.open_popup("ai"), bar.open_popup("server")

    for popup in (long, short):
        assert popup.height() == popup.layout().totalHeightForWidth(popup.width())
    assert long.height() > short.height()
    long.close()
    short.close()


def test_where_room_is_short_what_is_well_says_less_before_anything_is_cut(bar: StatusBar) -> None:
    server = replace(SERVER, word="ok · 0.1.0 · 42 ms", brief="ok")
    budget = Segment("budget", Health.DEGRADED, "Budget", "$1.91 of $3 today · fewer pictures", brief="fewer pictures")

    def words(width: int) -> list[str]:
        bar.resize(width, 33)
        return [button.word() for button in buttons(bar) if button.segment.key != "fault"]

    bar.show_segments([server, budget], FAULT)
    all_of_it = sum(button.sizeHint().width() for button in buttons(bar))

    assert words(all_of_it) == [server.word, budget.word]
    assert words(all_of_it - 20) == ["ok", budget.word]
    without_fault = sum(button.sizeHint().width() for button in buttons(bar) if button.segment.key != "fault")
    assert words(without_fault) == ["ok", "fewer pictures"]
    assert buttons(bar)[0].toolTip() == "Server: ok · 0.1.0 · 42 ms"

    bar.show_segments([server, budget], None)
    assert [button.word() for button in buttons(bar)] == ["ok", budget.word], "the fault's room is free"
    assert words(all_of_it) == [server.word, budget.word]
