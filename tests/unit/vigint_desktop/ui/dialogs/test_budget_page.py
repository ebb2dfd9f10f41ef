"""Limits of what the AI may cost: understood as typed, refused beside the field, not set where a server sets them."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from vigint_desktop.settings import AnalysisPlace, BudgetSettings, Settings
from vigint_desktop.ui.dialogs.budget_page import NAMES, AmountField, BudgetPage, Name
from vigint_desktop.ui.text import Texts

BEFORE = Settings(
    analysis=AnalysisPlace.DIRECT, budget=BudgetSettings(day_usd=3, month_usd=60, camera_month_usd=1200.5)
)


@pytest.fixture
def page(qtbot: QtBot, words: Texts) -> BudgetPage:
    made = BudgetPage(BEFORE, words)
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow, timeout=30_000)
    return made


def write(page: BudgetPage, name: Name, text: str) -> AmountField:
    """Type over what is there and leave the field."""
    field = page.fields[name]
    field.line.setFocus()
    field.line.selectAll()
    QTest.keyClick(field.line, Qt.Key.Key_Delete)
    QTest.keyClicks(field.line, text)
    return field


def leave(field: AmountField) -> str:
    """Go on to the next field; returns what is said below this one."""
    QTest.keyClick(field.line, Qt.Key.Key_Tab)
    return "" if field.remark.isHidden() else field.remark.text()


def test_what_is_stored_is_shown_and_stays_as_it_is(page: BudgetPage) -> None:
    assert [page.fields[name].line.text() for name in NAMES] == ["3", "60", "", "1,200.50"]
    assert page.problem == ""
    assert page.settings(BEFORE) == BEFORE


def test_every_field_has_a_name_of_its_own(page: BudgetPage) -> None:
    names = [page.fields[name].line.accessibleName() for name in NAMES]

    assert names == ["The whole shop, A day", "The whole shop, A month", "Each camera, A day", "Each camera, A month"]


def test_an_amount_is_understood_as_people_type_it_and_shown_as_understood(page: BudgetPage) -> None:
    field = write(page, "day_usd", "$ 2,5")

    assert leave(field) == ""
    assert field.line.text() == "2.50"
    assert page.settings(BEFORE).budget.day_usd == 2.5


def test_an_empty_field_is_no_limit_and_nought_is_one(page: BudgetPage, words: Texts) -> None:
    leave(write(page, "day_usd", ""))
    said = leave(write(page, "month_usd", "0"))

    budget = page.settings(BEFORE).budget
    assert (budget.day_usd, budget.month_usd) == (None, 0.0)
    assert said == words("budget.zero")


def test_what_is_no_amount_is_said_below_its_field_once_it_is_left(page: BudgetPage, words: Texts) -> None:
    field = write(page, "camera_day_usd", "lots")
    assert field.remark.isHidden(), "nobody is told while typing"

    assert leave(field) == words("budget.not_money")
    assert field.line.accessibleDescription() == words("budget.not_money")
    assert field.line.text() == "lots", "it is not taken away"
    assert page.fields["day_usd"].remark.isHidden()


def test_more_than_can_be_stored_is_refused(page: BudgetPage, words: Texts) -> None:
    assert leave(write(page, "day_usd", "1000001")) == words("budget.too_much", most="$1,000,000")
    with pytest.raises(ValueError, match="1000001"):
        _ = page.fields["day_usd"].dollars


def test_saving_leads_to_the_first_field_that_is_wrong(page: BudgetPage, qtbot: QtBot) -> None:
    for name in ("camera_day_usd", "month_usd"):
        write(page, name, "?")
    page.fields["day_usd"].line.setFocus()

    assert page.problem == "budget.unread"
    qtbot.waitUntil(page.fields["month_usd"].line.hasFocus, timeout=30_000)
    assert not page.fields["month_usd"].remark.isHidden(), "also while it has the keyboard"


@pytest.mark.parametrize(
    ("name", "text", "key"),
    [
        ("day_usd", "61", "budget.above_month"),
        ("camera_day_usd", "4", "budget.above_shop"),
        ("camera_month_usd", "60.01", "budget.above_shop"),
        ("camera_month_usd", "60", ""),
    ],
)
def test_a_limit_that_limits_nothing_is_said_and_can_be_stored(
    page: BudgetPage, words: Texts, name: Name, text: str, key: str
) -> None:
    assert leave(write(page, name, text)) == (words(key) if key else "")
    assert page.problem == ""


def test_an_own_servers_budget_cannot_be_set_here_and_says_where(page: BudgetPage, words: Texts) -> None:
    assert page.on_server.isHidden()
    write(page, "day_usd", "?")

    page.show_place(AnalysisPlace.SERVER)

    assert not page.on_server.isHidden()
    assert page.on_server.text() == words("budget.on_server")
    assert not any(field.isEnabled() for field in page.fields.values())
    assert all(field.remark.isHidden() for field in page.fields.values())
    assert page.problem == ""
    assert page.settings(BEFORE) == BEFORE, "what was typed before is not stored"

    page.show_place(AnalysisPlace.EMBEDDED)
    assert all(field.isEnabled() for field in page.fields.values())
    assert page.problem == "budget.unread"


def test_it_tells_the_order_in_which_things_are_left_out(page: BudgetPage) -> None:
    told = [label.text() for label in page.findChildren(QLabel)]

    assert [line[:2] for line in told if line[:1].isdigit() and line[1] == "."] == ["1.", "2.", "3.", "4."]
    assert any(line.startswith("15 % of each limit") for line in told)
