"""The books come into the window bit by bit: the latest at once, nothing twice, nothing lost."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from tests.fakes.controls import FakeControls
from tests.fakes.moments import NOON_S, StandingClock, camera, incident, snapshot, unwell, window
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.ids import CameraId, IncidentId
from vigint_core.domain.review import Review
from vigint_core.domain.status import Activity, ReviewTold, WindowRecord
from vigint_core.domain.window import Span
from vigint_desktop.ui.models import past as past_module
from vigint_desktop.ui.models.incidents import MOST, IncidentModel
from vigint_desktop.ui.models.past import Past
from vigint_desktop.ui.models.timeline import TimelineModel
from vigint_desktop.ui.text import Texts

DOOR = CameraId("door")


@pytest.fixture
def timeline(qtbot: QtBot) -> TimelineModel:
    made = TimelineModel()
    made.set_cameras([camera("Door"), camera("Till")])
    return made


@pytest.fixture
def past(
    timeline: TimelineModel, words: Texts, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Past, FakeControls]]:
    monkeypatch.setattr(past_module, "_PAUSE_MS", 0)
    monkeypatch.setattr(past_module, "_FIRST_MS", 0)
    controls = FakeControls([camera("Door"), camera("Till")])
    made = Past(controls, timeline, IncidentModel(words, clock), clock, timeline)
    yield made, controls
    made.stop()


def test_the_last_half_hour_is_there_at_once_and_the_day_follows(
    past: tuple[Past, FakeControls], timeline: TimelineModel, qtbot: QtBot
) -> None:
    brought, controls = past
    controls.window_list = [window(n, NOON_S - 100 - 3000 * n) for n in range(20)]
    controls.activity_list = [Activity(DOOR, Span(NOON_S - 7300, NOON_S - 7200), closed=True)]
    controls.incident_list = [incident(n, "till", at_s=NOON_S - 50 - 3000 * n) for n in range(20)]
    controls.health_list = [unwell(NOON_S - 40_000)]
    controls.snapshot_list = [snapshot(NOON_S - 50_000)]

    with qtbot.waitSignal(brought.finished, timeout=30_000):
        brought.start()
        door, till = timeline.lanes()
        assert (len(door.runs), len(till.incidents)) == (1, 1)

    door, till = timeline.lanes()
    assert sum(run.count for run in door.runs) == 20
    assert (len(door.activity), len(door.health), len(door.snapshots)) == (1, 1, 1)
    assert len(till.incidents) == 20


def test_the_list_gets_the_latest_at_once(past: tuple[Past, FakeControls], words: Texts, clock: StandingClock) -> None:
    brought, controls = past
    controls.incident_list = [incident(n, at_s=NOON_S - 50_000 * n) for n in range(4)]

    brought.start()

    assert [i.id for i in brought._incidents.incidents()] == ["i0", "i1", "i2", "i3"]


def test_without_anything_in_the_books_it_is_soon_done(past: tuple[Past, FakeControls], qtbot: QtBot) -> None:
    with qtbot.waitSignal(past[0].finished, timeout=30_000):
        past[0].start()


def test_a_slice_that_the_books_refuse_is_not_asked_for_again(
    past: tuple[Past, FakeControls], timeline: TimelineModel, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    brought, controls = past
    controls.window_list = [window(0, NOON_S - 40_000)]
    brought.start()

    def refuse(_span: Span) -> list[WindowRecord]:
        raise VigintError(Code.STORE_FAILED, "disk I/O error")

    with monkeypatch.context() as broken:
        broken.setattr(controls, "windows", refuse)
        while brought._uncounted:
            brought._step()
        with pytest.raises(VigintError):
            brought._step()
    with qtbot.waitSignal(brought.finished, timeout=30_000):
        pass
    assert sum(run.count for run in timeline.lanes()[0].runs) == 1


def test_what_people_say_is_read_with_the_incidents(
    past: tuple[Past, FakeControls], timeline: TimelineModel, qtbot: QtBot
) -> None:
    brought, controls = past
    controls.incident_list = [incident(n, at_s=NOON_S - 4000 - 30 * n) for n in range(MOST + 40)]
    first, last = (ReviewTold(IncidentId(f"i{n}"), Review(owner="Anna")) for n in (0, MOST + 39))
    controls.review_list = [first, last]

    brought.start()
    assert brought._incidents.reviews.told == {first.incident_id: first}

    with qtbot.waitSignal(brought.finished, timeout=30_000):
        pass
    assert brought._incidents.reviews.told[last.incident_id] == last
