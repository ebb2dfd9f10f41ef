"""When the program begins to judge: once, whatever comes first."""

from typing import cast

import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from vigint_desktop import bootstrap
from vigint_desktop.bootstrap import judge_late
from vigint_desktop.program import Program
from vigint_desktop.ui.main_window import MainWindow


class Window(QObject):
    """A window that shows its first picture when a test says so."""

    first_frame_shown = Signal()


class Judging:
    """A program that counts how often it is told to judge."""

    def __init__(self) -> None:
        self.begun = 0

    def judge(self) -> None:
        self.begun += 1


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    return Window()


def wait_for(judging: Judging, window: Window) -> None:
    judge_late(cast("Program", judging), cast("MainWindow", window))


def test_it_judges_soon_after_the_first_picture(window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "_MOST_UNJUDGED_MS", 3_600_000)
    monkeypatch.setattr(bootstrap, "_SETTLED_MS", 1)
    judging = Judging()
    wait_for(judging, window)

    window.first_frame_shown.emit()

    qtbot.waitUntil(lambda: judging.begun == 1, timeout=30_000)


def test_it_judges_without_a_picture_too_and_only_once(
    window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "_MOST_UNJUDGED_MS", 1)
    monkeypatch.setattr(bootstrap, "_SETTLED_MS", 0)
    judging, late = Judging(), Judging()
    wait_for(judging, window)
    qtbot.waitUntil(lambda: judging.begun == 1, timeout=30_000)

    window.first_frame_shown.emit()  # a camera whose password was put right an hour later
    wait_for(late, window)
    qtbot.waitUntil(lambda: late.begun == 1, timeout=30_000)

    assert judging.begun == 1
