"""What the program tells of money and models reaches the bar, the banner and the settings."""

import pytest
from pytestqt.qtbot import QtBot

from tests.fakes.controls import FakeControls
from tests.fakes.moments import NOON_S, StandingClock, camera
from vigint_core.domain.budget import BudgetView, Caps, Economy
from vigint_core.domain.fault import Code
from vigint_core.domain.status import BudgetTold, Health, Part, PartStatus
from vigint_desktop.bridge import Bridge
from vigint_desktop.settings import AnalysisPlace, Settings
from vigint_desktop.ui.main_window import MainWindow
from vigint_desktop.ui.rows.clocks import minute
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme


@pytest.fixture
def window(bridge: Bridge, words: Texts, theme: Theme, clock: StandingClock, qtbot: QtBot) -> MainWindow:
    controls = FakeControls([camera("Door")], Settings(analysis=AnalysisPlace.DIRECT))
    made = MainWindow(controls, bridge, words, theme, clock)
    qtbot.addWidget(made)
    made.resize(1024, 640)
    made.show()
    return made


def test_money_is_in_the_bar_once_it_was_counted(window: MainWindow, bridge: Bridge) -> None:
    with pytest.raises(KeyError):
        window.status_bar.segment("budget")

    bridge.publish(BudgetTold(BudgetView(Caps(day=3_000_000), 412_000, 412_000), NOON_S))

    assert window.status_bar.segment("budget").word == "$0.41 of $3 today"
    assert window.banner.said() == ""


def test_a_budget_that_is_used_up_is_told_by_the_banner_too(window: MainWindow, bridge: Bridge, words: Texts) -> None:
    used_up = BudgetView(Caps(day=3_000_000), 2_990_000, 2_990_000, economy=Economy.LOCAL_ONLY)

    bridge.publish(BudgetTold(used_up, NOON_S))

    assert words.cause(Code.BUDGET_LOCAL_ONLY) in window.banner.said()
    assert window.status_bar.segment("budget").health is Health.DEGRADED


def test_a_daily_quota_says_until_when_it_pauses(window: MainWindow, bridge: Bridge, words: Texts) -> None:
    reset_s = NOON_S + 4 * 3600
    bridge.publish(PartStatus(Part.AI, Health.DOWN, Code.AI_QUOTA_EXHAUSTED, until_s=reset_s))

    assert words("status.until", at=minute(reset_s, NOON_S, words)) in window.banner.said()


def test_the_settings_open_with_what_was_told_of_the_models_before(window: MainWindow, bridge: Bridge) -> None:
    bridge.publish(PartStatus(Part.AI, Health.OK, Code.AI_MODEL_RETIRING, detail="old-model until 2026-12-20"))

    dialog = window.open_settings()

    assert "old-model until 2026-12-20" in dialog.analysis.notice.said()
    assert window.status_bar.segment("ai").noted
    dialog.reject()
