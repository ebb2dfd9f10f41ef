"""The banner is there exactly while there is something to say."""

from pytestqt.qtbot import QtBot

from tests.fakes.moments import NOON_S
from vigint_desktop.ui.rows.clocks import minute
from vigint_desktop.ui.rows.status import Notice
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.banner import Banner


def test_it_says_why_and_leads_to_the_settings(qtbot: QtBot, words: Texts, theme: Theme) -> None:
    banner = Banner(words, theme)
    qtbot.addWidget(banner)
    assert banner.isHidden()

    banner.show_notice(Notice("Nothing is being analysed.", "No AI key.", "Add one."), NOON_S)
    assert banner.said() == "Nothing is being analysed. No AI key. Add one."
    with qtbot.waitSignal(banner.settings_requested):
        banner.findChild(object, "banner_button").click()

    banner.show_notice(None, NOON_S)
    assert banner.said() == ""


def test_what_passes_by_itself_says_when_until_it_is_over(qtbot: QtBot, words: Texts, theme: Theme) -> None:
    banner = Banner(words, theme)
    qtbot.addWidget(banner)
    spent = Notice("Nothing is being analysed.", "The quota is used up.", "Wait.", until_s=NOON_S + 3600)

    banner.show_notice(spent, NOON_S)
    expected = f"Expected to last until {minute(NOON_S + 3600, NOON_S, words)}."
    assert banner.said() == f"Nothing is being analysed. The quota is used up. {expected} Wait."
    assert expected in banner.accessibleName()

    banner.show_notice(spent, NOON_S + 3601)
    assert "Expected" not in banner.said()
