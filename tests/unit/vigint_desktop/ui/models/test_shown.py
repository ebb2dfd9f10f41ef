"""Every event reaches the models that show it."""

from pytestqt.qtbot import QtBot

from tests.fakes.moments import NOON_S, StandingClock, camera, incident, snapshot, status, unwell, window
from vigint_core.domain.budget import BudgetView, Caps
from vigint_core.domain.camera import CameraState
from vigint_core.domain.coverage import Cover, CoverageCounted, CoverRun
from vigint_core.domain.fault import Code, Fault
from vigint_core.domain.ids import CameraId, IncidentId
from vigint_core.domain.review import Review, ReviewStanding
from vigint_core.domain.status import (
    Activity,
    BudgetTold,
    CameraEffort,
    FaultCleared,
    Health,
    Part,
    PartStatus,
    ReviewTold,
)
from vigint_core.domain.window import Span
from vigint_desktop.bridge import Bridge
from vigint_desktop.settings import AnalysisPlace
from vigint_desktop.ui.models.shown import Models
from vigint_desktop.ui.text import Texts


def test_events_reach_every_model_that_shows_them(
    bridge: Bridge, words: Texts, clock: StandingClock, qtbot: QtBot
) -> None:
    models = Models.made(words, clock, AnalysisPlace.DIRECT, bridge)
    models.listen(bridge)
    models.set_up([camera("Door")], AnalysisPlace.DIRECT)
    door = CameraId("door")

    bridge.publish(status("door", CameraState.FROZEN, Code.CAMERA_FROZEN))
    bridge.publish(CameraEffort(door, saving=True, unseen_s=3.0))
    bridge.publish(window(1, NOON_S))
    bridge.publish(Activity(door, Span(NOON_S, NOON_S + 1), closed=True))
    bridge.publish(CoverageCounted(door, 0, 5, (CoverRun(0, 5, Cover.QUIET),)))
    bridge.publish(unwell(NOON_S))
    bridge.publish(snapshot(NOON_S))
    bridge.publish(PartStatus(Part.AI, Health.OK))
    bridge.publish(BudgetTold(BudgetView(Caps(), 0, 0), NOON_S))
    bridge.publish(Fault(Code.DISK_FULL, "store", "", NOON_S))

    (row,) = models.cameras.rows()
    (lane,) = models.timeline.lanes()
    cameras, ai, _queue, budget = models.status.segments()
    assert row.state is CameraState.FROZEN
    assert (len(lane.runs), len(lane.activity), len(lane.health), len(lane.snapshots)) == (1, 1, 1, 1)
    assert lane.coverage == [CoverRun(0, 5, Cover.QUIET)]
    assert (cameras.health, ai.health) == (Health.DOWN, Health.OK)
    assert cameras.word == "0 of 1 live · saving"
    assert budget.word == "$0.00 today"
    assert models.effort.saving == 1
    assert models.status.fault() is not None

    bridge.publish(FaultCleared("store", Code.DISK_FULL))
    models.set_up([], AnalysisPlace.DIRECT)
    assert models.status.fault() is None
    assert (models.cameras.rowCount(), models.timeline.count, models.effort.saving) == (0, 0, 0)


def test_with_another_place_of_analysis_the_list_says_anew_what_waits(
    bridge: Bridge, words: Texts, clock: StandingClock, qtbot: QtBot
) -> None:
    models = Models.made(words, clock, AnalysisPlace.DIRECT, bridge)
    models.set_up([], AnalysisPlace.DIRECT)
    for number in (1, 2):
        models.incidents.upsert(incident(number))
    models.reviews.take(ReviewTold(IncidentId("i1"), Review(locked=True), ReviewStanding.WAITING))
    assert models.incidents.row_of(incident(1)).review.standing is ReviewStanding.SHARED

    with qtbot.waitSignal(models.incidents.dataChanged) as changed:
        models.set_up([], AnalysisPlace.SERVER)

    first, last, *_ = changed.args or ()
    assert (first.row(), last.row()) == (0, 1)
    assert models.incidents.row_of(incident(1)).review.standing is ReviewStanding.WAITING
