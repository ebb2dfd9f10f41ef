"""Lists that are read in one round: each client's own, and a failure of one is nobody else's."""

import asyncio
from typing import Any, Never

import pytest
from sqlalchemy import Connection, update

from bench.lookups import incident
from server.db.books.incidents import IncidentBook, Page, Wanted
from server.db.database import Database
from server.db.tables import ClientRow, IncidentRow
from server.db.tenant import Tenant
from server.services.incident_lists import IncidentLists
from server.services.incidents import fold
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.incident import IncidentState


@pytest.fixture
def lists(database: Database) -> IncidentLists:
    for client_id in ("c1", "c2"):
        with database.writing() as session:
            session.add(ClientRow(id=client_id, name=client_id, created_s=0.0, time_zone="UTC"))
        Tenant(database, client_id).incidents.put(f"of-{client_id}", incident(0), fold, 0.0)
    return IncidentLists(database)


def read_now(database: Database, book: IncidentBook, wanted: Wanted) -> Page:
    with database.looking() as connection:
        return book.page(wanted, connection)


async def read(lists: IncidentLists, *client_ids: str) -> list[Any]:
    asked = (lists.page(client_id, Wanted(most=5)) for client_id in client_ids)
    return await asyncio.gather(*asked, return_exceptions=True)


def test_lists_that_are_read_together_stay_apart(lists: IncidentLists) -> None:
    found = asyncio.run(read(lists, "c1", "c2", "nobody"))
    assert '"id":"of-c1"' in found[0].incidents[0]
    assert '"id":"of-c2"' in found[1].incidents[0]
    assert [len(page.incidents) for page in found] == [1, 1, 0]


def test_what_several_ask_for_alike_is_read_once(lists: IncidentLists, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, read_for = IncidentBook.page, list[str]()

    def page(book: IncidentBook, wanted: Wanted, connection: Connection) -> Page:
        read_for.append(book._client_id)
        return whole(book, wanted, connection)

    monkeypatch.setattr(IncidentBook, "page", page)
    found = asyncio.run(read(lists, "c1", "c2", "c1", "c1"))
    assert [len(page.incidents) for page in found] == [1] * 4
    assert sorted(read_for) == ["c1", "c2"]


def test_books_that_can_not_be_read_are_so_for_all(lists: IncidentLists, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_database: Database) -> Never:
        raise VigintError(Code.SERVER_STORAGE, "gone")

    monkeypatch.setattr(Database, "looking", gone)
    found = asyncio.run(read(lists, "c1", "c2"))
    assert [each.code for each in found] == [Code.SERVER_STORAGE] * 2


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(most=5),
        Wanted(most=20),
        Wanted(most=3, after=(1_790_000_005.0, "i5")),
        Wanted(most=5, camera_id="till-2"),
        Wanted(most=5, camera_id="none"),
        Wanted(most=5, since_s=1_790_000_004.0, before_s=1_790_000_007.0),
    ],
)
def test_a_list_at_hand_is_what_it_is_on_a_thread(lists: IncidentLists, database: Database, wanted: Wanted) -> None:
    mine, other = Tenant(database, "c1").incidents, Tenant(database, "c2").incidents
    for number in range(10):
        mine.put(f"i{number}", incident(number), fold, 0.0)
    assert mine.page_at_hand(wanted) is None, "nobody has looked yet"
    there = read_now(database, mine, wanted)
    assert mine.page_at_hand(wanted) == there
    assert other.page_at_hand(wanted) == read_now(database, other, wanted) != there or not there.incidents
    mine.put("newest", incident(100), fold, 0.0)
    assert mine.page_at_hand(wanted) == read_now(database, mine, wanted)


def test_a_list_that_takes_more_is_read_on_a_thread(lists: IncidentLists, database: Database) -> None:
    book = Tenant(database, "c1").incidents
    assert len(read_now(database, book, Wanted(most=5)).incidents) == 1
    assert book.page_at_hand(Wanted(most=5)) is not None
    assert book.page_at_hand(Wanted(most=5, states=(IncidentState.CONFIRMED,))) is None
    with database.writing() as session:
        session.execute(update(IncidentRow).values(shown=None))
    assert book.page_at_hand(Wanted(most=5)) is None, "what an older server wrote has to be put into words"
    (found,) = asyncio.run(read(lists, "c1"))
    assert '"id":"of-c1"' in found.incidents[0]
