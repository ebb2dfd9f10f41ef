"""Commands of the window that reach beyond one of its parts."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.fakes.controls import FakeControls
from tests.fakes.moments import StandingClock, camera, status
from vigint_core.domain.camera import CameraState
from vigint_core.domain.fault import Code
from vigint_desktop.bridge import Bridge
from vigint_desktop.ui.main_window import MainWindow
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme


@pytest.fixture
def controls() -> FakeControls:
    return FakeControls([camera(name) for name in ("Door", "Till", "Yard", "Shed")])


@pytest.fixture
def window(
    controls: FakeControls, bridge: Bridge, words: Texts, theme: Theme, clock: StandingClock, qtbot: QtBot
) -> MainWindow:
    made = MainWindow(controls, bridge, words, theme, clock)
    qtbot.addWidget(made)
    made.resize(1280, 720)
    made.show()
    return made


def test_all_cameras_that_ought_to_be_live_and_are_not_are_tried_again(
    window: MainWindow, bridge: Bridge, controls: FakeControls
) -> None:
    bridge.publish(status("door"))
    bridge.publish(status("till", CameraState.UNAUTHORIZED, Code.CAMERA_UNAUTHORIZED))
    bridge.publish(status("shed", CameraState.OFF))

    next(action for action in window.actions() if action.shortcut().toString() == "Ctrl+R").trigger()

    assert controls.reconnected == ["till", "yard"]


def test_the_program_is_left_from_the_second_wall_too(window: MainWindow, qtbot: QtBot) -> None:
    other = window.open_second_wall()
    qtbot.waitUntil(other.isActiveWindow, timeout=30_000)

    qtbot.keyClick(other.pane.wall, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)

    assert not window.isVisible()
    assert window.second_wall.window is None
