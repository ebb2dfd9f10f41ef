"""Connections: what is asked of SQLite, and what leaves when it fails."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from server.db.database import Database
from vigint_core.domain.fault import Code, VigintError


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(f"sqlite:///{tmp_path / 'x.sqlite3'}")


def test_sqlite_is_in_wal_mode_and_checks_references(database: Database) -> None:
    with database.reading() as session:
        assert session.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert session.execute(text("PRAGMA foreign_keys")).scalar() == 1
        assert session.execute(text("PRAGMA busy_timeout")).scalar() == 5000
        assert session.execute(text("PRAGMA synchronous")).scalar() == 2, "a power cut loses what was answered"
        assert session.execute(text("PRAGMA cache_size")).scalar() == -512
    database.close()


def test_questions_one_after_the_other_are_asked_on_one_connection(database: Database) -> None:
    """However many were needed at once before: else each of them keeps pages of the books in memory."""
    with database.looking(), database.looking(), database.looking():
        pass
    asked = set()
    for _ in range(3):
        with database.looking() as connection:
            asked.add(connection.connection.driver_connection)
    assert len(asked) == 1
    database.close()


def test_a_look_is_one_statement_and_opens_no_transaction(database: Database) -> None:
    with database.looking() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        assert not driver.in_transaction
    with pytest.raises(VigintError) as raised, database.looking() as connection:
        connection.exec_driver_sql("SELECT * FROM nothing")
    assert raised.value.code is Code.SERVER_STORAGE
    database.close()


def test_a_failed_block_leaves_nothing(database: Database) -> None:
    with database.connection() as connection:
        connection.exec_driver_sql("CREATE TABLE t (x)")
    with pytest.raises(VigintError), database.writing() as session:
        session.execute(text("INSERT INTO t VALUES (1)")).connection.exec_driver_sql("INSERT INTO nothing VALUES (1)")
    with database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM t")).scalar() == 0
    database.close()


def test_a_writer_has_its_turn_before_it_has_written(database: Database, tmp_path: Path) -> None:
    """What it reads first must still be true when it writes; readers are not kept waiting."""
    with database.writing() as session, closing(sqlite3.connect(tmp_path / "x.sqlite3", timeout=0)) as other:
        session.execute(text("SELECT count(*) FROM sqlite_master")).scalar()
        other.execute("SELECT count(*) FROM sqlite_master").fetchone()
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    database.close()


def test_a_failure_is_named_without_address(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'hunter2' / 'x.sqlite3'}")
    with pytest.raises(VigintError) as raised:
        database.check()
    assert raised.value.code is Code.SERVER_STORAGE
    assert raised.value.detail == "database: OperationalError SQLITE_CANTOPEN"
    database.close()


@pytest.mark.parametrize("url", ["", "no url hunter2", "oracle9://u:hunter2@x"])
def test_a_url_that_can_not_be_used_is_not_repeated(url: str) -> None:
    with pytest.raises(VigintError) as raised:
        Database(url)
    assert raised.value.code is Code.SERVER_STORAGE
    assert "hunter2" not in str(raised.value)
