"""Today's sums follow what is counted, and begin anew at midnight."""

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from tests.fakes.moments import NOON_S, StandingClock, camera
from vigint_core.domain.coverage import Cover, CoverageCounted, CoverRun
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import CameraId
from vigint_desktop.ui.models.coverage import CoverageToday
from vigint_desktop.ui.models.timeline import TimelineModel

DOOR, TILL = CameraId("door"), CameraId("till")
START_S = int(NOON_S)


@pytest.fixture
def timeline(qtbot: QtBot) -> TimelineModel:
    made = TimelineModel()
    made.set_cameras([camera("Door"), camera("Till")])
    return made


@pytest.fixture
def sums(timeline: TimelineModel, clock: StandingClock) -> CoverageToday:
    return CoverageToday(timeline, clock, timeline)


def counted(camera_id: CameraId, cover: Cover, start_s: int, end_s: int, reason: Code | None = None) -> CoverageCounted:
    run = CoverRun(START_S + start_s, START_S + end_s, cover, reason)
    return CoverageCounted(camera_id, run.start_s, run.end_s, (run,))


def settle(sums: CoverageToday) -> None:
    for _ in range(4):
        sums.step()


def test_what_is_counted_is_summed_by_camera_and_of_all(timeline: TimelineModel, sums: CoverageToday) -> None:
    timeline.add_coverage(counted(DOOR, Cover.QUIET, 0, 60))
    timeline.add_coverage(counted(TILL, Cover.NOT_LOOKED_AT, 0, 20, Code.AI_NO_KEY))
    settle(sums)

    assert sums.totals(DOOR).share == 1.0
    assert sums.totals().share == 60 / 80
    assert sums.totals().gaps == {(Cover.NOT_LOOKED_AT, Code.AI_NO_KEY): 20}


def test_what_is_counted_again_counts_once(timeline: TimelineModel, sums: CoverageToday) -> None:
    timeline.add_coverage(counted(DOOR, Cover.WAITING, 0, 60))
    settle(sums)
    timeline.add_coverage(counted(DOOR, Cover.CLEAR, 0, 60))
    settle(sums)

    assert sums.totals().seconds == {Cover.CLEAR: 60}


def test_the_books_replace_what_was_told_before_they_were_read(timeline: TimelineModel, sums: CoverageToday) -> None:
    timeline.add_coverage(counted(DOOR, Cover.QUIET, 50, 60))
    timeline.load_coverage(DOOR, [CoverRun(START_S, START_S + 60, Cover.QUIET)])
    timeline.load_coverage(CameraId("nobody"), [CoverRun(START_S, START_S + 60, Cover.QUIET)])
    settle(sums)

    assert sums.totals().seconds == {Cover.QUIET: 60}


def test_midnight_begins_a_new_sum(timeline: TimelineModel, sums: CoverageToday, clock: StandingClock) -> None:
    timeline.add_coverage(counted(DOOR, Cover.QUIET, 0, 60))
    settle(sums)

    clock.advance(24 * 3600)
    timeline.add_coverage(counted(DOOR, Cover.CLEAR, 24 * 3600, 24 * 3600 + 5))
    settle(sums)

    assert sums.totals().seconds == {Cover.CLEAR: 5}


def test_a_camera_that_is_gone_counts_no_more(timeline: TimelineModel, sums: CoverageToday) -> None:
    timeline.add_coverage(counted(TILL, Cover.QUIET, 0, 60))
    settle(sums)
    timeline.set_cameras([camera("Door")])
    settle(sums)

    assert sums.totals().seconds == {}


def test_it_sums_by_itself_and_rests_when_nothing_changes(
    timeline: TimelineModel, sums: CoverageToday, qtbot: QtBot
) -> None:
    assert isinstance(sums, QObject)
    with qtbot.waitSignal(sums.changed, timeout=5000):
        timeline.add_coverage(counted(DOOR, Cover.QUIET, 0, 60))
    settle(sums)

    assert not sums._timer.isActive()


def test_what_was_looked_at_with_less_is_summed_too(timeline: TimelineModel, sums: CoverageToday) -> None:
    for camera_id in (DOOR, TILL):
        timeline.add_coverage(counted(camera_id, Cover.CLEAR, 0, 30, Code.BUDGET_FEWER_FRAMES))
    settle(sums)

    assert sums.totals(TILL).spared == {Code.BUDGET_FEWER_FRAMES: 30}
    assert sums.totals().spared == {Code.BUDGET_FEWER_FRAMES: 60}
