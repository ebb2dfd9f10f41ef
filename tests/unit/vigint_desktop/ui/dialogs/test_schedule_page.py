"""The plan of the shop, of a group, of a camera: chosen, explained, stored."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.fakes.moments import StandingClock
from vigint_core.domain.camera import SourceKind
from vigint_core.domain.schedule import Hours, Mode, Plan
from vigint_core.domain.zone import ZoneKind
from vigint_desktop.settings import CameraSettings, Settings
from vigint_desktop.ui.dialogs.plan_fields import USUAL_WEEK
from vigint_desktop.ui.dialogs.schedule_page import SchedulePage
from vigint_desktop.ui.text import Texts

TILL = CameraSettings(id="till", name="Till", kind=SourceKind.USB, url="0", group="Tills")
DOOR = CameraSettings(id="door", name="Door", kind=SourceKind.USB, url="1")
BEFORE = Settings(cameras=(TILL, DOOR))


@pytest.fixture
def page(qtbot: QtBot, words: Texts, clock: StandingClock) -> SchedulePage:
    made = SchedulePage(BEFORE, words, clock)
    qtbot.addWidget(made)
    made.show()
    return made


def test_what_was_not_touched_is_stored_as_it_was(page: SchedulePage) -> None:
    assert page.settings(BEFORE) == BEFORE
    assert page.problem == ""


def test_the_shop_s_mode_and_hours(page: SchedulePage, qtbot: QtBot) -> None:
    page.fields.modes[Mode.AI_AFTER_HOURS].click()
    assert "never after hours" in page.fields.warning.text()

    page.fields.has_hours.click()
    assert page.fields.warning.isHidden()
    first = page.fields.week.lines[0]
    first.clear()
    qtbot.keyClicks(first, "22:00-06:00")
    qtbot.mouseClick(page.fields.week.copy, Qt.MouseButton.LeftButton)

    plan = page.settings(BEFORE).plan
    assert plan == Plan(Mode.AI_AFTER_HOURS, ((Hours(1320, 360),),) * 7)
    assert page.now.text().startswith("Now: ")


def test_hours_that_are_not_understood_are_said_and_keep_their_place(page: SchedulePage, qtbot: QtBot) -> None:
    page.fields.has_hours.click()
    page.fields.week.lines[2].clear()
    qtbot.keyClicks(page.fields.week.lines[2], "all day")
    assert page.problem == "schedule.unread"

    page.scopes.setCurrentIndex(1)

    assert page.scopes.currentIndex() == 0


def test_a_camera_with_a_plan_of_its_own_and_a_group_with_one(page: SchedulePage) -> None:
    places = [page.scopes.itemText(place) for place in range(page.scopes.count())]
    assert places == ["The shop", "Group: Tills", "Camera: Till", "Camera: Door"]
    page.scopes.setCurrentIndex(1)
    assert not page.fields.isEnabled()
    page.own.click()
    page.fields.modes[Mode.LOCAL_ONLY].click()
    page.scopes.setCurrentIndex(2)
    assert page.fields.modes[Mode.LOCAL_ONLY].isChecked(), "as its group"
    page.own.click()
    page.fields.modes[Mode.AI_OFF].click()

    stored = page.settings(BEFORE)

    assert stored.group_plans["Tills"].mode is Mode.LOCAL_ONLY
    assert [camera.plan.mode if camera.plan else None for camera in stored.cameras] == [Mode.AI_OFF, None]
    page.own.click()
    assert page.settings(BEFORE).cameras[0].plan is None


def test_a_preset_fills_the_page_in_and_says_what_it_means(page: SchedulePage, words: Texts) -> None:
    place = page.presets.findText(words("schedule.preset_name.fr_self_checkout"))
    page.presets.setCurrentIndex(place)
    page.presets.activated.emit(place)

    assert words("schedule.preset.fr_self_checkout") in page.about_preset.text()
    assert "2026-02" in page.about_preset.text()
    assert page.settings(BEFORE).plan == Plan(Mode.AI_ALWAYS, None, frozenset({ZoneKind.SELF_CHECKOUT}))


def test_usual_hours_are_offered_when_hours_are_wanted(page: SchedulePage) -> None:
    page.fields.has_hours.click()
    assert page.settings(BEFORE).plan.open_hours == USUAL_WEEK
