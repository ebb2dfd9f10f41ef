"""The cameras page, ready for keys and mouse."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import shiboken6
from pytestqt.qtbot import QtBot

from tests.fakes.cameras_desk import DOOR, STOCK, TILL, CamerasDesk, open_cameras
from tests.fakes.controls import FakeControls
from vigint_desktop.bridge import Bridge
from vigint_desktop.settings import Settings
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme


@pytest.fixture
def desk(qtbot: QtBot, bridge: Bridge, words: Texts, theme: Theme) -> Iterator[CamerasDesk]:
    controls = FakeControls(settings=Settings(cameras=(DOOR, TILL, STOCK)))
    controls.stored = replace(controls.stored, camera_ids_with_password=frozenset({"door"}))
    dialog = open_cameras(controls, bridge, words, theme)
    qtbot.waitUntil(dialog.isActiveWindow, timeout=30_000)
    yield CamerasDesk(controls, bridge, dialog)
    if shiboken6.isValid(dialog):  # it deletes itself when it is closed
        dialog.reject()
