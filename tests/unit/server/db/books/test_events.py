"""Events are numbered without a gap, each client's own, and forgotten after a week."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from server.db.books.events import EVENTS_KEPT_S, Event, Opening, events_after, newest_events, sweep_events
from server.db.database import Database
from server.db.tables import EventKind
from server.db.tenant import Tenant
from tests.fakes.clock import NOON_S

PUT = EventKind.INCIDENT_PUT


def append(database: Database, tenant: Tenant, subject: str, at_s: float = NOON_S, version: int | None = None) -> int:
    with database.writing() as session:
        return tenant.events.append(session, PUT, subject, at_s, version)


def test_each_client_counts_from_one(database: Database, tenant: Tenant, other: Tenant) -> None:
    assert [append(database, tenant, f"i{n}") for n in (1, 2)] == [1, 2]
    assert append(database, other, "theirs") == 1
    assert append(database, tenant, "i3", version=7) == 3

    found = events_after(database, {tenant.client_id: 1, other.client_id: 0}, 100)
    assert found[tenant.client_id] == [Event(2, NOON_S, PUT, "i2"), Event(3, NOON_S, PUT, "i3", 7)]
    assert found[other.client_id] == [Event(1, NOON_S, PUT, "theirs")]
    assert events_after(database, {tenant.client_id: 3}, 100) == {}
    assert newest_events(database, [tenant.client_id, other.client_id, "nobody"]) == {
        tenant.client_id: 3,
        other.client_id: 1,
    }


def test_a_change_that_fails_leaves_no_gap(database: Database, tenant: Tenant) -> None:
    def fail() -> None:
        with database.writing() as session:
            tenant.events.append(session, PUT, "i1", NOON_S)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert append(database, tenant, "i2") == 1
    assert tenant.events.open(0, 10) == Opening(1, (Event(1, NOON_S, PUT, "i2"),))


def test_eight_writers_at_once_leave_no_gap_and_no_reader_sees_one(database: Database, tenant: Tenant) -> None:
    """Who reads while they write sees, after each number, the next one: what is visible has all before it."""
    seen: list[int] = []

    def write(writer: int) -> None:
        for n in range(10):
            with database.writing() as session:
                tenant.events.append(session, PUT, f"{writer}-{n}", NOON_S)

    with ThreadPoolExecutor(8) as pool:
        writers = [pool.submit(write, each) for each in range(8)]
        while not all(each.done() for each in writers):
            more = events_after(database, {tenant.client_id: len(seen)}, 1000).get(tenant.client_id, [])
            seen += [event.seq for event in more]
        assert [each.result() for each in writers] == [None] * 8
    seen += [
        event.seq for event in events_after(database, {tenant.client_id: len(seen)}, 1000).get(tenant.client_id, [])
    ]

    assert seen == list(range(1, 81))
    assert newest_events(database, [tenant.client_id]) == {tenant.client_id: 80}


def test_a_reader_begins_now_or_where_it_was_or_is_told_of_the_gap(database: Database, tenant: Tenant) -> None:
    assert tenant.events.open(None, 10) == tenant.events.open(0, 10) == Opening(0)
    for n in range(1, 6):
        append(database, tenant, f"i{n}", NOON_S + n)

    assert tenant.events.open(None, 10) == tenant.events.open(5, 10) == Opening(5)
    assert [event.subject_id for event in tenant.events.open(3, 10).missed] == ["i4", "i5"]
    assert [event.seq for event in tenant.events.open(0, 5).missed] == [1, 2, 3, 4, 5]
    assert tenant.events.open(0, 4) == Opening(5, gap=True), "too much to catch up on"
    assert tenant.events.open(6, 10) == Opening(5, gap=True), "a number that was never given out"


def test_what_is_older_than_a_week_is_forgotten_and_a_reader_is_told(database: Database, tenant: Tenant) -> None:
    for n in range(1, 6):
        append(database, tenant, f"i{n}", NOON_S + n)

    assert sweep_events(database, NOON_S + EVENTS_KEPT_S + 3) == 2
    assert tenant.events.open(1, 10) == Opening(5, gap=True)
    assert [event.seq for event in tenant.events.open(2, 10).missed] == [3, 4, 5]
    assert sweep_events(database, NOON_S + EVENTS_KEPT_S + 10) == 3
    assert tenant.events.open(4, 10) == Opening(5, gap=True)
    assert tenant.events.open(5, 10) == Opening(5)
    assert append(database, tenant, "i6") == 6, "numbers go on where they were"


def test_of_a_flood_the_oldest_come_first(database: Database, tenant: Tenant) -> None:
    for n in range(5):
        append(database, tenant, f"i{n}")
    assert [event.seq for event in events_after(database, {tenant.client_id: 1}, 2)[tenant.client_id]] == [2, 3]


def test_whoever_holds_the_client_s_row_lets_its_other_writers_wait(database: Database, tenant: Tenant) -> None:
    with ThreadPoolExecutor(1) as pool:
        with database.writing() as session:
            tenant.events.hold(session)
            later = pool.submit(append, database, tenant, "second")
            assert tenant.events.append(session, PUT, "first", NOON_S) == 1
        assert later.result(timeout=20) == 2
