"""What was not looked at, as somebody who is asked about it would look it up."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.fakes.moments import NOON_S, StandingClock, camera
from vigint_core.domain.coverage import Cover, CoverRun
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import CameraId
from vigint_desktop.ui.dialogs.coverage import CoverageDialog
from vigint_desktop.ui.models.coverage import CoverageToday
from vigint_desktop.ui.models.timeline import TimelineModel
from vigint_desktop.ui.text import Texts

START_S = int(NOON_S) - 7200
DOOR = [
    CoverRun(START_S, START_S + 100, Cover.QUIET),
    CoverRun(START_S + 100, START_S + 160, Cover.NOT_LOOKED_AT, Code.AI_NO_KEY),
    CoverRun(START_S + 160, START_S + 200, Cover.CLEAR),
]
TILL = [CoverRun(START_S, START_S + 30, Cover.OFFLINE, Code.CAMERA_LOST)]


@pytest.fixture
def dialog(qtbot: QtBot, words: Texts, clock: StandingClock) -> CoverageDialog:
    timeline = TimelineModel()
    sums = CoverageToday(timeline, clock, timeline)
    timeline.set_cameras([camera("Door"), camera("Till")])
    timeline.load_coverage(CameraId("door"), DOOR)
    timeline.load_coverage(CameraId("till"), TILL)
    for _ in range(4):
        sums.step()
    made = CoverageDialog(timeline, sums, clock.wall(), words)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    timeline.setParent(made)
    qtbot.addWidget(made)
    made.show()
    return made


def rows(dialog: CoverageDialog) -> list[tuple[str, str]]:
    items = [dialog.gaps.topLevelItem(place) for place in range(dialog.gaps.topLevelItemCount())]
    return [(item.text(1), item.text(2)) for item in items if item is not None]


def test_all_gaps_of_the_day_the_newest_first(dialog: CoverageDialog) -> None:
    assert "0:02:20 of 0:03:50" in dialog.said.text()
    assert rows(dialog) == [("Door", "0:01:00"), ("Till", "0:00:30")]
    assert dialog.more.isHidden()


def test_a_reason_that_is_chosen_shows_its_gaps(dialog: CoverageDialog, words: Texts) -> None:
    second = dialog.reasons.topLevelItem(1)
    assert second is not None
    assert words.cause(Code.CAMERA_LOST) in second.text(0)

    dialog.reasons.setCurrentItem(second)

    assert rows(dialog) == [("Till", "0:00:30")]


def test_a_camera_has_sums_of_its_own(dialog: CoverageDialog) -> None:
    dialog.cameras.setCurrentIndex(2)

    assert "0:00:00 of 0:00:30" in dialog.said.text()
    assert rows(dialog) == [("Till", "0:00:30")]


def test_a_gap_is_brought_onto_the_timeline_by_button_or_by_enter(dialog: CoverageDialog, qtbot: QtBot) -> None:
    with qtbot.waitSignal(dialog.moment_chosen) as chosen:
        qtbot.mouseClick(dialog.show_button, Qt.MouseButton.LeftButton)
    assert chosen.args == [START_S + 100.0]

    dialog.gaps.setCurrentItem(dialog.gaps.topLevelItem(1))
    with qtbot.waitSignal(dialog.moment_chosen) as chosen:
        qtbot.keyClick(dialog.gaps, Qt.Key.Key_Return)
    assert chosen.args == [float(START_S)]


def test_without_a_gap_it_says_so(qtbot: QtBot, words: Texts, clock: StandingClock) -> None:
    timeline = TimelineModel()
    made = CoverageDialog(timeline, CoverageToday(timeline, clock, timeline), clock.wall(), words)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(made)

    only = made.reasons.topLevelItem(0)
    assert only is not None
    assert only.text(0) == words("coverage.no_gaps")
    assert not made.show_button.isEnabled()


def test_what_was_looked_at_with_less_has_a_reason_of_its_own_and_is_listed_for_it_alone(
    qtbot: QtBot, words: Texts, clock: StandingClock
) -> None:
    timeline = TimelineModel()
    sums = CoverageToday(timeline, clock, timeline)
    timeline.set_cameras([camera("Door")])
    kept = CoverRun(START_S + 40, START_S + 100, Cover.LOCAL_ONLY, Code.BUDGET_LOCAL_ONLY)
    less = CoverRun(START_S, START_S + 40, Cover.CLEAR, Code.BUDGET_FEWER_FRAMES)
    timeline.load_coverage(CameraId("door"), [less, kept])
    for _ in range(4):
        sums.step()
    made = CoverageDialog(timeline, sums, clock.wall(), words)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(made)
    timeline.setParent(made)

    assert rows(made) == [("Door", "0:01:00")]
    assert "0:00:40 with less" in made.said.text()
    made.reasons.setCurrentItem(made.reasons.topLevelItem(1))
    assert rows(made) == [("Door", "0:00:40")]
    only = made.gaps.topLevelItem(0)
    assert only is not None
    assert words.cause(Code.BUDGET_FEWER_FRAMES) in only.toolTip(3)
    assert words.remedy(Code.BUDGET_FEWER_FRAMES) in only.toolTip(3)


def test_it_is_as_wide_as_it_asks_for_where_the_screen_allows(dialog: CoverageDialog) -> None:
    assert dialog.size() == dialog.sizeHint().boundedTo(dialog.screen().availableSize())
