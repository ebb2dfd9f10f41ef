import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from vigint_core.domain.camera import CameraState
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.ids import CameraId, IncidentId, WindowId
from vigint_core.domain.incident import Act, Clip, Decision, Incident, IncidentState, Suspicion
from vigint_core.domain.status import Activity, CameraHealth, WindowRecord, WindowResult
from vigint_core.domain.verdict import IncidentType, Observation, Severity
from vigint_core.domain.window import Span
from vigint_desktop.store.ledger import INCIDENT_JSON, KEEP_S, Ledger, read_incident

DOOR = CameraId("door")
NOW_S = 1_800_000_000.0

# As version 1 of the schema wrote it. A later version must read it: never change this text, only add a newer one.
_BODY_OF_VERSION_1 = (
    '{"id":"i1","camera_id":"door","camera_name":"Door","type":"concealment","severity":"high","state":"confirmed",'
    '"source":"ai","confidence":0.8,"summary":"conceals a bottle","observations":[{"at_s":1800000004.0,'
    '"text":"a bottle goes into a bag"}],"span":{"start_s":1800000000.0,"end_s":1800000010.0},"act_s":1800000004.0,'
    '"opened_s":1800000012.0,"suspicions":[{"window_id":"w1","span":{"start_s":1800000000.0,"end_s":1800000010.0},'
    '"at_s":1800000012.0,"decision":"confirmed"}],"still":"i1.jpg","clips":[{"file":"i1-1.mp4",'
    '"span":{"start_s":1799999997.0,"end_s":1800000010.0}}]}'
)


def incident(name: str = "i1", state: IncidentState = IncidentState.CONFIRMED, end_s: float = NOW_S + 10) -> Incident:
    span = Span(NOW_S, end_s)
    return Incident(
        id=IncidentId(name),
        camera_id=DOOR,
        camera_name="Door",
        type=IncidentType.CONCEALMENT,
        severity=Severity.HIGH,
        state=state,
        source="ai",
        confidence=0.8,
        summary="conceals a bottle",
        observations=(Observation(NOW_S + 4, "a bottle goes into a bag"),),
        span=span,
        act_s=NOW_S + 4,
        opened_s=NOW_S + 12,
        suspicions=(Suspicion(WindowId("w1"), Span(NOW_S, NOW_S + 10), NOW_S + 12, Decision.CONFIRMED),),
        still="i1.jpg",
        clips=(Clip("i1-1.mp4", Span(NOW_S - 3, NOW_S + 10)),),
    )


def record(name: str, result: WindowResult = WindowResult.CLEAR, end_s: float = NOW_S) -> WindowRecord:
    return WindowRecord(WindowId(name), DOOR, Span(end_s - 10, end_s), result)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "desk.sqlite3"


@pytest.fixture
def ledger(file: Path) -> Iterator[Ledger]:
    with closing(Ledger(file)) as opened:
        yield opened


def rows(file: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(file)) as books:
        return books.execute(query).fetchall()


def test_a_window_is_in_the_books_once_with_its_latest_result(ledger: Ledger, file: Path) -> None:
    with ledger.transaction():
        ledger.put_window(record("w1", WindowResult.WAITING))
    with ledger.transaction():
        ledger.put_window(replace(record("w1", WindowResult.NOT_ANALYSED), reason=Code.AI_TIMEOUT, summary="late"))

    assert rows(file, "SELECT id, result, reason, summary FROM windows") == [
        ("w1", "not_analysed", "ai.timeout", "late")
    ]


def test_a_growing_activity_keeps_its_start(ledger: Ledger, file: Path) -> None:
    with ledger.transaction():
        ledger.put_activity(Activity(DOOR, Span(10.0, 12.0), closed=False))
        ledger.put_activity(Activity(DOOR, Span(10.0, 15.0), closed=True))

    assert rows(file, "SELECT start_s, end_s, closed FROM activities") == [(10.0, 15.0, 1)]


def test_a_trouble_that_goes_on_keeps_its_start_and_takes_the_latest_word(ledger: Ledger, file: Path) -> None:
    with ledger.transaction():
        ledger.put_health(CameraHealth(DOOR, Span(10.0, 15.0), CameraState.STALLED, None, closed=False))
        ledger.put_health(CameraHealth(DOOR, Span(10.0, 25.0), CameraState.FAILED, Code.CAMERA_LOST, closed=True))

    assert rows(file, "SELECT start_s, end_s, state, code, closed FROM health") == [
        (10.0, 25.0, "failed", "camera.lost", 1)
    ]


def test_incident_and_outbox_entry_carry_the_same_rising_revision(ledger: Ledger, file: Path) -> None:
    for _ in range(3):
        with ledger.transaction():
            ledger.put_incident(incident(), NOW_S)

    assert rows(file, "SELECT revision FROM incidents") == rows(file, "SELECT revision FROM outbox") == [(3,)]


def test_an_acknowledged_revision_leaves_the_outbox_a_newer_one_stays(ledger: Ledger, file: Path) -> None:
    with ledger.transaction():
        ledger.put_incident(incident(), NOW_S)
    with ledger.transaction():
        ledger.put_incident(incident(), NOW_S)

    with ledger.transaction():
        ledger.mark_sent(IncidentId("i1"), 1)
    assert rows(file, "SELECT revision FROM outbox") == [(2,)]

    with ledger.transaction():
        ledger.mark_sent(IncidentId("i1"), 2)
    assert rows(file, "SELECT revision FROM outbox") == []


def test_a_transaction_that_fails_leaves_nothing(ledger: Ledger, file: Path) -> None:
    def half() -> None:
        with ledger.transaction():
            ledger.put_window(record("w1"))
            raise KeyError("a bug in between")

    with pytest.raises(KeyError):
        half()

    assert rows(file, "SELECT * FROM windows") == []
    with ledger.transaction():
        ledger.put_window(record("w2"))
    assert rows(file, "SELECT id FROM windows") == [("w2",)]


def test_a_full_disk_is_told_apart_and_passes(ledger: Ledger, file: Path) -> None:
    pages = ledger._connection.execute("PRAGMA page_count").fetchone()[0]
    ledger._connection.execute(f"PRAGMA max_page_count = {pages}")
    huge = replace(record("w1"), summary="x" * 100_000)

    def write() -> None:
        with ledger.transaction():
            ledger.put_window(huge)

    with pytest.raises(VigintError) as caught:
        write()
    assert caught.value.code is Code.DISK_FULL
    assert rows(file, "SELECT * FROM windows") == []

    ledger._connection.execute("PRAGMA max_page_count = 100000")
    write()
    assert rows(file, "SELECT id FROM windows") == [("w1",)]


def test_a_file_that_somebody_else_holds_is_a_failed_store(ledger: Ledger, file: Path) -> None:
    ledger._connection.execute("PRAGMA busy_timeout = 0")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(VigintError) as caught, ledger.transaction():
            ledger.put_window(record("w1"))

    assert caught.value.code is Code.STORE_FAILED
    assert "locked" in caught.value.detail


def test_a_dead_run_leaves_no_window_waiting_and_no_activity_open(ledger: Ledger, file: Path) -> None:
    with ledger.transaction():
        ledger.put_window(record("w1", WindowResult.WAITING))
        ledger.put_window(record("w2", WindowResult.CLEAR))
        ledger.put_activity(Activity(DOOR, Span(1.0, 2.0), closed=False))
        ledger.put_health(CameraHealth(DOOR, Span(1.0, 2.0), CameraState.FAILED, None, closed=False))

    with ledger.transaction():
        assert ledger.close_the_books() == 1

    assert rows(file, "SELECT id, result, reason FROM windows ORDER BY id") == [
        ("w1", "not_analysed", "pipeline.stopped"),
        ("w2", "clear", None),
    ]
    assert rows(file, "SELECT closed FROM activities") == [(1,)]
    assert rows(file, "SELECT end_s, closed FROM health") == [(2.0, 1)], "it ended where it was last heard of"


def test_old_accounts_go_and_incidents_stay(ledger: Ledger, file: Path) -> None:
    with ledger.transaction():
        ledger.put_window(record("old", end_s=NOW_S - KEEP_S - 1))
        ledger.put_window(record("young", end_s=NOW_S - KEEP_S + 1))
        ledger.put_activity(Activity(DOOR, Span(0.0, NOW_S - KEEP_S - 1), closed=True))
        ledger.put_incident(incident(end_s=NOW_S - 2 * KEEP_S), NOW_S)
        ledger.put_health(CameraHealth(DOOR, Span(1.0, 2.0), CameraState.FAILED, None, closed=True))
        ledger.forget_old(NOW_S)

    assert rows(file, "SELECT id FROM windows") == [("young",)]
    assert rows(file, "SELECT * FROM activities") == []
    assert rows(file, "SELECT * FROM health") == []
    assert rows(file, "SELECT id FROM incidents") == [("i1",)]


def test_recent_are_those_that_ended_lately_or_still_wait(ledger: Ledger) -> None:
    with ledger.transaction():
        ledger.put_incident(incident("lately", end_s=NOW_S + 1), NOW_S)
        ledger.put_incident(incident("long ago", end_s=NOW_S - 1), NOW_S)
        ledger.put_incident(incident("waiting", IncidentState.SUSPECTED, end_s=NOW_S - 1), NOW_S)

    assert {i.id for i in ledger.recent_incidents(NOW_S)} == {"lately", "waiting"}


def test_an_incident_comes_back_as_it_went_in(ledger: Ledger) -> None:
    with ledger.transaction():
        ledger.put_incident(incident(), NOW_S)

    assert ledger.recent_incidents(0.0) == [incident()]


def test_what_each_window_was_about_comes_back_too(ledger: Ledger) -> None:
    whole = incident()
    act = Act(IncidentType.VIOLENCE, Severity.HIGH, 0.7, "hits somebody", NOW_S + 6)
    both = replace(
        whole, suspicions=(*whole.suspicions, replace(whole.suspicions[0], window_id=WindowId("w2"), act=act))
    )
    with ledger.transaction():
        ledger.put_incident(both, NOW_S)

    assert ledger.recent_incidents(0.0) == [both]
    assert both.other_acts == (act,)


def test_a_dead_run_keeps_the_reason_why_movement_was_kept_from_the_ai(ledger: Ledger, file: Path) -> None:
    with ledger.transaction():
        ledger.put_activity(
            Activity(DOOR, Span(1.0, 2.0), closed=False, local_only=True, reason=Code.BUDGET_LOCAL_ONLY)
        )
        ledger.put_activity(Activity(DOOR, Span(3.0, 4.0), closed=False, local_only=True))
        ledger.put_activity(Activity(DOOR, Span(5.0, 6.0), closed=False))
    with ledger.transaction():
        ledger.close_the_books()

    assert rows(file, "SELECT local_only, reason FROM activities ORDER BY start_s") == [
        (1, "budget.local_only"),
        (1, None),
        (0, "pipeline.stopped"),
    ]


def test_what_version_1_wrote_can_be_read() -> None:
    assert read_incident(_BODY_OF_VERSION_1) == incident()


def test_a_field_of_a_later_version_does_not_make_an_incident_unreadable() -> None:
    later = _BODY_OF_VERSION_1.replace('{"id":"i1",', '{"id":"i1","reviewed_by":"Ann",', 1)

    assert read_incident(later) == incident()


@pytest.mark.expects_log("can't be read")
def test_one_unreadable_incident_does_not_hide_the_others(ledger: Ledger) -> None:
    with ledger.transaction():
        ledger.put_incident(incident("broken"), NOW_S)
        ledger.put_incident(incident("whole"), NOW_S)
        ledger._connection.execute("UPDATE incidents SET body = '{}' WHERE id = 'broken'")

    assert [i.id for i in ledger.recent_incidents(0.0)] == ["whole"]


def test_the_books_hold_what_json_can_hold() -> None:
    assert INCIDENT_JSON.validate_json(INCIDENT_JSON.dump_json(incident())) == incident()
