"""The window's tests run without a display; the offscreen platform says so, which is no news."""

import os
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtWidgets import QApplication

from tests.fakes.moments import StandingClock
from vigint_desktop.bridge import Bridge
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme

_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support", extend=True))


@pytest.fixture
def words() -> Texts:
    return Texts("en")


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def bridge(qapp: QApplication) -> Bridge:
    return Bridge()


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    return Theme()
