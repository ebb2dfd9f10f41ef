"""Questions on the event loop: the newest answer or none, and never one that is waited for."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, bindparam, create_engine, select, text

from server.db.database import Database
from server.db.hand import LONGEST_ROW, MOST_STEPS, Hand

_THINGS = Table("things", MetaData(), Column("id", Integer, primary_key=True), Column("word", String))
_ONE = select(_THINGS.c.id, _THINGS.c.word).where(_THINGS.c.id == bindparam("id"))
_FIRST = select(_THINGS.c.id).order_by(_THINGS.c.id).limit(bindparam("most", type_=Integer))
_SEARCH = select(_THINGS.c.id).where(_THINGS.c.word == bindparam("word"))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    with database.connection() as connection:
        connection.execute(text("CREATE TABLE things (id INTEGER PRIMARY KEY, word TEXT)"))
        connection.execute(_THINGS.insert(), [{"id": number, "word": f"w{number}"} for number in range(1, 11)])
    yield database
    database.close()


def open_hand(database: Database) -> None:
    with database.looking():
        return


def test_nothing_is_at_hand_before_somebody_looked(database: Database) -> None:
    assert database.at_hand(_ONE, {"id": 1}) is None
    open_hand(database)
    assert database.at_hand(_ONE, {"id": 1}) == [(1, "w1")]
    assert database.at_hand(_ONE, {"id": 99}) == []
    assert database.at_hand(_FIRST, {"most": 3}) == [(1,), (2,), (3,)]


def test_what_was_committed_is_seen_by_the_next_question(database: Database) -> None:
    open_hand(database)
    assert database.at_hand(_ONE, {"id": 1}) == [(1, "w1")]
    with database.writing() as session:
        session.execute(_THINGS.update().values(word="new"))
        assert database.at_hand(_ONE, {"id": 1}) == [(1, "w1")], "not before, and the writer holds up nobody"
    assert database.at_hand(_ONE, {"id": 1}) == [(1, "new")]


def test_a_lock_is_not_waited_for(database: Database, tmp_path: Path) -> None:
    """Of a WAL file hardly anybody meets one, so this is a file of the older kind."""
    database.close()
    with closing(sqlite3.connect(tmp_path / "x.sqlite3", isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode=DELETE")
        hand = Hand(create_engine(f"sqlite:///{tmp_path / 'x.sqlite3'}"))
        hand.open()
        assert hand._driver is not None
        assert hand._driver.execute("PRAGMA busy_timeout").fetchone() == (0,)
        other.execute("BEGIN EXCLUSIVE")
        assert hand.ask(_ONE, {"id": 1}) is None
        other.execute("ROLLBACK")
        assert hand.ask(_ONE, {"id": 1}) == [(1, "w1")]
        hand.close()


def test_a_long_question_is_broken_off_and_the_next_one_is_answered(database: Database) -> None:
    with database.writing() as session:
        session.execute(_THINGS.insert(), [{"id": number, "word": "many"} for number in range(100, 100 + MOST_STEPS)])
    open_hand(database)
    assert database.at_hand(_SEARCH, {"word": "none"}) is None
    for _ in range(MOST_STEPS // 4):  # what they take together is no long question
        assert database.at_hand(_ONE, {"id": 1}) == [(1, "w1")]


def test_a_long_row_is_left_to_a_thread(database: Database) -> None:
    with database.writing() as session:
        session.execute(_THINGS.update().where(_THINGS.c.id == 1).values(word="x" * (LONGEST_ROW + 1)))
    open_hand(database)
    assert database.at_hand(_ONE, {"id": 1}) is None
    assert database.at_hand(_ONE, {"id": 2}) == [(2, "w2")]


def test_who_comes_while_another_thread_asks_does_not_wait(database: Database) -> None:
    open_hand(database)
    hand = database._hand
    assert hand is not None
    found: list[object] = []
    with hand._lock:
        asking = threading.Thread(target=lambda: found.append(database.at_hand(_ONE, {"id": 1})))
        asking.start()
        asking.join(20)
    assert found == [None]


def test_what_is_wrong_is_left_to_the_thread_that_names_it(database: Database) -> None:
    open_hand(database)
    with database.connection() as connection:
        connection.execute(text("DROP TABLE things"))
    assert database.at_hand(_ONE, {"id": 1}) is None


def test_a_closed_hand_is_empty(database: Database) -> None:
    open_hand(database)
    database.close()
    assert database.at_hand(_ONE, {"id": 1}) is None
