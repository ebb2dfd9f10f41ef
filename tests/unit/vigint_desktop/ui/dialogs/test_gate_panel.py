"""What the gate sees is said in words, and what another sensitivity would have cost follows the slider."""

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.fakes.controls import FakeControls
from tests.fakes.moments import NOON_S, StandingClock, camera
from vigint_core.domain.gate_view import GateView
from vigint_core.domain.ids import CameraId
from vigint_desktop.ui.dialogs.around import Around
from vigint_desktop.ui.dialogs.gate_panel import GatePanel
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme

DOOR = CameraId("door")
HEAT = np.ones((10, 20), np.float32)


@pytest.fixture
def controls() -> FakeControls:
    return FakeControls()


@pytest.fixture
def panel(qtbot: QtBot, controls: FakeControls, words: Texts, theme: Theme, clock: StandingClock) -> GatePanel:
    made = GatePanel(camera("Door"), controls, Around(words, theme, clock))
    qtbot.addWidget(made)
    made.resize(348, 300)
    return made


def test_what_the_gate_sees_is_shown_in_words(panel: GatePanel, words: Texts) -> None:
    panel.show_view(None)
    assert panel.state.text() == words("scene.state.unknown")
    for told, score, view in (
        ("open", "1.5", GateView(NOON_S, 1.5, open=True, occupied=False, heat=HEAT)),
        ("open", "12", GateView(NOON_S, 12.4, open=True, occupied=False, heat=HEAT)),
        ("lingers", "", GateView(NOON_S, 0.1, open=True, occupied=False, heat=HEAT)),
        ("occupied", "", GateView(NOON_S, 0.1, open=True, occupied=True, heat=HEAT)),
        ("closed", "0.2", GateView(NOON_S, 0.2, open=False, occupied=False, heat=HEAT)),
    ):
        panel.show_view(view)
        assert panel.state.text() == words(f"scene.state.{told}", score=score)
    panel.grab()


def test_the_slider_shows_what_the_last_hour_would_have_been(panel: GatePanel, controls: FakeControls) -> None:
    controls.peaks[DOOR] = [0.3] * 600 + [2.0] * 6
    panel.show_hour()
    before = panel.preview.text()
    assert "opened: 1, windows for the AI: 1 " in before
    assert "open 1.0\N{NO-BREAK SPACE}%" in before

    panel.slider.setValue(panel.slider.maximum())

    assert "100\N{NO-BREAK SPACE}%" in panel.preview.text()
    assert panel.sensitivity == 4.0
    panel.grab()


def test_the_bar_follows_the_slider_and_the_words_say_what_is_stored(
    panel: GatePanel, words: Texts, theme: Theme
) -> None:
    panel.slider.setValue(panel.slider.maximum())
    panel.show_view(GateView(NOON_S, 0.6, open=False, occupied=False, heat=HEAT))

    assert panel.times == 4.0
    said = words("scene.state.closed", score="0.6")
    assert panel.state.text() == words("scene.as_stored", said=said)
    bar = panel.score.grab().toImage()
    assert bar.pixelColor(bar.width() - 3, bar.height() // 2) == theme.colour("attention")


def test_every_setting_is_told_of(panel: GatePanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.edited):
        panel.slider.setValue(7)
    with qtbot.waitSignal(panel.edited):
        panel.occupied.setValue(77)
    assert panel.occupied_s == 77.0
