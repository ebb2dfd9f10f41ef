"""The banner is there exactly while there is something to say."""

from pytestqt.qtbot import QtBot

from vigint_desktop.ui.rows.status import Notice
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.banner import Banner


def test_it_says_why_and_leads_to_the_settings(qtbot: QtBot, words: Texts, theme: Theme) -> None:
    banner = Banner(words, theme)
    qtbot.addWidget(banner)
    assert banner.isHidden()

    banner.show_notice(Notice("Nothing is being analysed.", "No AI key.", "Add one."))
    assert banner.said() == "Nothing is being analysed. No AI key. Add one."
    with qtbot.waitSignal(banner.settings_requested):
        banner.findChild(object, "banner_button").click()

    banner.show_notice(None)
    assert banner.said() == ""
