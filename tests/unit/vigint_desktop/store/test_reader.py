import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.vigint_desktop.store.test_ledger import DOOR, NOW_S, incident, record
from vigint_core.domain.camera import CameraState
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.ids import IncidentId
from vigint_core.domain.status import Activity, CameraHealth, Snapshot, WindowResult
from vigint_core.domain.verdict import IncidentType
from vigint_core.domain.window import Span
from vigint_desktop.store import reader as reader_module
from vigint_desktop.store.ledger import KEEP_S, Ledger
from vigint_desktop.store.reader import Reader


@pytest.fixture
def books(tmp_path: Path) -> Iterator[tuple[Ledger, Reader]]:
    file = tmp_path / "desk.sqlite3"
    with closing(Ledger(file)) as ledger, closing(Reader(file)) as reader:
        yield ledger, reader


def test_incidents_come_newest_first_and_no_more_than_asked(books: tuple[Ledger, Reader]) -> None:
    ledger, reader = books
    with ledger.transaction():
        for age_s, name in ((30, "third"), (10, "first"), (20, "second")):
            ledger.put_incident(replace(incident(name), opened_s=NOW_S - age_s), NOW_S)

    assert [i.id for i in reader.incidents(2)] == ["first", "second"]


def test_incidents_of_a_span_come_oldest_first(books: tuple[Ledger, Reader]) -> None:
    ledger, reader = books
    with ledger.transaction():
        for at_s in (NOW_S + 20, NOW_S, NOW_S + 10):
            ledger.put_incident(replace(incident(f"{at_s - NOW_S:.0f}"), opened_s=at_s), NOW_S)

    assert [i.id for i in reader.incidents_in(Span(NOW_S, NOW_S + 20))] == ["0", "10"]


def test_one_incident_or_none(books: tuple[Ledger, Reader]) -> None:
    ledger, reader = books
    with ledger.transaction():
        ledger.put_incident(incident(), NOW_S)

    assert reader.incident(IncidentId("i1")) == incident()
    assert reader.incident(IncidentId("nobody")) is None


def test_times_come_back_to_the_last_digit(books: tuple[Ledger, Reader]) -> None:
    ledger, reader = books
    start_s = 1732686000.1234567
    seen = Activity(DOOR, Span(start_s, start_s + 1 / 3), closed=True)
    with ledger.transaction():
        ledger.put_activity(seen)

    assert reader.activities(Span(start_s, start_s + 1)) == [seen]


def test_windows_come_back_whole_and_oldest_first(books: tuple[Ledger, Reader]) -> None:
    ledger, reader = books
    failed = replace(record("a", WindowResult.NOT_ANALYSED, NOW_S), reason=Code.AI_TIMEOUT, summary="late")
    found = replace(record("b", WindowResult.SUSPECTED, NOW_S + 5), type=IncidentType.CONCEALMENT, model="m")
    with ledger.transaction():
        for each in (found, failed, record("before", end_s=NOW_S - 100), record("after", end_s=NOW_S + 100)):
            ledger.put_window(each)

    assert reader.windows(Span(NOW_S - 20, NOW_S + 20)) == [failed, found]


def test_of_too_many_windows_the_latest_are_kept(books: tuple[Ledger, Reader], monkeypatch: pytest.MonkeyPatch) -> None:
    ledger, reader = books
    monkeypatch.setattr(reader_module, "MOST_ROWS", 2)
    with ledger.transaction():
        for number in range(4):
            ledger.put_window(record(f"w{number}", end_s=NOW_S + number))

    assert [w.id for w in reader.windows(Span(0.0, NOW_S + 100))] == ["w2", "w3"]


def test_activities_of_a_span(books: tuple[Ledger, Reader]) -> None:
    ledger, reader = books
    inside = Activity(DOOR, Span(100.0, 110.0), closed=True)
    with ledger.transaction():
        ledger.put_activity(inside)
        ledger.put_activity(Activity(DOOR, Span(300.0, 310.0), closed=False))

    assert reader.activities(Span(105.0, 200.0)) == [inside]


def test_the_outbox_gives_the_oldest_first_with_the_revision_that_is_meant(books: tuple[Ledger, Reader]) -> None:
    ledger, reader = books
    with ledger.transaction():
        ledger.put_incident(incident("late"), NOW_S + 5)
        ledger.put_incident(incident("early"), NOW_S)
        ledger.put_incident(incident("early"), NOW_S + 9)

    assert [(e.incident.id, e.revision) for e in reader.outbox(10)] == [("early", 2), ("late", 1)]
    assert [e.incident.id for e in reader.outbox(1)] == ["early"]
    assert reader.outbox_size() == 2
    assert reader.is_outgoing(IncidentId("late"))
    with ledger.transaction():
        ledger.mark_sent(IncidentId("late"), 1)
    assert not reader.is_outgoing(IncidentId("late"))


def test_snapshots_of_a_span_come_oldest_first_and_a_name_stands_once(books: tuple[Ledger, Reader]) -> None:
    ledger, reader = books
    taken = [Snapshot(DOOR, NOW_S + at_s, f"{at_s}.png", 1920, 1080) for at_s in (30, 10, 20)]
    with ledger.transaction():
        for snapshot in (*taken, taken[0]):
            ledger.put_snapshot(snapshot)
        ledger.forget_old(NOW_S + 2 * KEEP_S)

    assert reader.snapshots(Span(NOW_S + 10, NOW_S + 20)) == [taken[1], taken[2]]
    assert reader.snapshots(Span(0, 1e12)) == [taken[1], taken[2], taken[0]]


def test_what_is_not_committed_is_not_seen(books: tuple[Ledger, Reader]) -> None:
    ledger, reader = books
    with ledger.transaction():
        ledger.put_incident(incident(), NOW_S)
        assert reader.incidents(10) == []

    assert len(reader.incidents(10)) == 1


def test_whoever_ends_the_thread_may_close_its_reader(tmp_path: Path) -> None:
    file = tmp_path / "desk.sqlite3"
    Ledger(file).close()
    made: list[Reader] = []
    thread = threading.Thread(target=lambda: made.append(Reader(file)))
    thread.start()
    thread.join()

    made[0].close()


def test_a_closed_reader_says_so_with_a_code(tmp_path: Path) -> None:
    file = tmp_path / "desk.sqlite3"
    Ledger(file).close()
    reader = Reader(file)
    reader.close()

    with pytest.raises(VigintError) as caught:
        reader.outbox_size()

    assert caught.value.code is Code.STORE_FAILED


def test_troubles_of_a_span_come_oldest_first(books: tuple[Ledger, Reader]) -> None:
    ledger, reader = books
    told = [
        CameraHealth(DOOR, Span(start_s, start_s + 10), CameraState.BLACK, Code.CAMERA_BLACK, closed=True)
        for start_s in (NOW_S, NOW_S + 20, NOW_S + 100)
    ]
    open_one = CameraHealth(DOOR, Span(NOW_S + 40, NOW_S + 45), CameraState.STALLED, None, closed=False)
    with ledger.transaction():
        for each in (open_one, *told):
            ledger.put_health(each)

    assert reader.health(Span(NOW_S, NOW_S + 60)) == [told[0], told[1], open_one]
