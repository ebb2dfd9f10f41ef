"""The player shows what there is, and says so when there is nothing."""

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from tests.fakes.controls import FakePlayback, frame
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.clip_view import ClipView


@pytest.fixture
def view(qtbot: QtBot, words: Texts, theme: Theme) -> ClipView:
    made = ClipView(words, theme)
    qtbot.addWidget(made)
    made.resize(640, 420)
    made.show()
    return made


def test_frames_are_shown_at_the_size_of_the_canvas(view: ClipView) -> None:
    clip = FakePlayback(duration_s=22.0)
    view.open_clip(clip, "nothing to play")
    assert clip.sizes == [(view.canvas.width(), view.canvas.height())]
    assert view.canvas.said() == "Opening the clip…"

    clip.frames, clip.position_s = [frame("door", grey=140)], 7.3
    view.tick()

    assert view.canvas.said() == ""
    assert view.time_label.text() == "0:07 / 0:22"
    middle = view.canvas.rect().center()
    assert view.canvas.grab().toImage().pixelColor(middle).red() == 140


def test_without_a_clip_it_says_so_and_nothing_can_be_pressed(view: ClipView) -> None:
    view.open_clip(None, "nothing to play")

    assert view.canvas.said() == "nothing to play"
    assert not view.play_button.isEnabled()
    assert not view.has_clip
    view.toggle()
    view.seek(3.0)
    view.step(1.0)


def test_a_failure_is_told_over_the_picture(view: ClipView) -> None:
    clip = FakePlayback()
    view.open_clip(clip, "nothing to play")
    clip.failure = "The clip’s file is damaged."
    view.tick()

    assert view.canvas.said() == "The clip’s file is damaged."
    assert not view.has_clip, "it may be opened anew"


def test_the_button_pauses_goes_on_and_starts_over(view: ClipView) -> None:
    clip = FakePlayback(duration_s=10.0)
    view.open_clip(clip, "nothing to play")

    view.play_button.click()
    assert view.paused
    assert view.play_button.accessibleName() == "Play (Space)"
    view.play_button.click()
    assert not view.paused

    clip.position_s = 10.0
    view.tick()
    assert view.play_button.accessibleName() == "Play (Space)"
    view.play_button.click()
    assert clip.paused == [True, False, False]


def test_the_slider_jumps_to_where_it_is_clicked(view: ClipView, qtbot: QtBot) -> None:
    clip = FakePlayback(duration_s=10.0)
    view.open_clip(clip, "nothing to play")
    view.tick()

    middle = QPoint(view.slider.width() // 2, view.slider.height() // 2)
    qtbot.mouseClick(view.slider, Qt.MouseButton.LeftButton, pos=middle)

    assert clip.seeks
    assert clip.seeks[-1] == pytest.approx(5.0, abs=0.3)


def test_jumps_stay_inside_the_clip(view: ClipView) -> None:
    clip = FakePlayback(duration_s=10.0)
    view.open_clip(clip, "nothing to play")

    view.step(-3.0)
    view.seek(99.0)

    assert clip.seeks == [0.0, 10.0]


def test_another_clip_and_hiding_end_what_is_shown(view: ClipView) -> None:
    first, second = FakePlayback(), FakePlayback()
    view.open_clip(first, "nothing to play")
    view.open_clip(second, "nothing to play")
    assert (first.stopped, second.stopped) == (True, False)

    view.hide()
    assert second.stopped


def test_nothing_of_the_last_clip_stays_when_another_incident_has_none(view: ClipView) -> None:
    clip = FakePlayback(duration_s=22.0)
    view.open_clip(clip, "nothing to play")
    clip.frames, clip.position_s = [frame("door", grey=140)], 7.3
    view.tick()

    view.open_clip(None, "")

    middle = view.canvas.rect().center()
    assert view.canvas.grab().toImage().pixelColor(middle).red() < 20
    assert (view.time_label.text(), view.slider.value()) == ("", 0)
