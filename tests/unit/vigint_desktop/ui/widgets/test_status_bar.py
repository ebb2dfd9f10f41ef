"""The status bar shows what the segments say, and more on a click."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.fakes.moments import NOON_S, StandingClock
from vigint_core.domain.status import Health
from vigint_desktop.ui.rows.status import Segment
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
