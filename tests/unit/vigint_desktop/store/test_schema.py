import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from vigint_core.domain.fault import Code, VigintError
from vigint_desktop.store import schema
from vigint_desktop.store.schema import connect, store_error


def test_a_fresh_file_is_migrated_and_in_wal_mode(tmp_path: Path) -> None:
    with closing(connect(tmp_path / "desk.sqlite3", read_only=False)) as books:
        tables = {name for (name,) in books.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        assert {"incidents", "windows", "activities", "outbox", "health"} <= tables
        assert books.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert books.execute("PRAGMA user_version").fetchone() == (len(schema._MIGRATIONS),)


def test_a_migrated_file_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "desk.sqlite3"
    with closing(connect(file, read_only=False)) as books:
        books.execute("INSERT INTO activities (camera_id, start_s, end_s, closed) VALUES ('door', 1.0, 2.0, 1)")

    with closing(connect(file, read_only=False)) as books:
        assert books.execute("SELECT * FROM activities").fetchall() == [("door", 1.0, 2.0, 1, 0, None)]


def test_a_file_of_the_first_version_gets_what_came_since_and_keeps_its_rows(tmp_path: Path) -> None:
    file = tmp_path / "desk.sqlite3"
    with closing(sqlite3.connect(file)) as old:
        old.executescript(f"{schema._MIGRATIONS[0]} PRAGMA user_version = 1;")
        old.execute("INSERT INTO activities VALUES ('door', 1.0, 2.0, 1)")
        old.execute("INSERT INTO incidents VALUES ('i1', 'door', 'confirmed', 1.0, 2.0, 1, '{}')")
        old.commit()

    with closing(connect(file, read_only=False)) as books:
        assert books.execute("SELECT * FROM activities").fetchall() == [("door", 1.0, 2.0, 1, 0, None)]
        assert books.execute("SELECT count(*) FROM health").fetchone() == (0,)
        assert books.execute("SELECT taken FROM incidents").fetchall() == [(0,)]
        assert books.execute("SELECT count(*) FROM uploads").fetchone() == (0,)


def test_a_file_from_before_tries_were_noted_keeps_its_reviews(tmp_path: Path) -> None:
    file = tmp_path / "desk.sqlite3"
    with closing(sqlite3.connect(file)) as old:
        old.executescript(";".join(schema._MIGRATIONS[:6]) + "; PRAGMA user_version = 6;")
        old.execute("INSERT INTO reviews VALUES ('i1', '{}', '{}', '{}', NULL, 1.0)")
        old.commit()

    with closing(connect(file, read_only=False)) as books:
        assert books.execute("SELECT incident_id, tried FROM reviews").fetchall() == [("i1", None)]


def test_a_file_of_a_newer_version_is_refused_and_let_go(tmp_path: Path) -> None:
    file = tmp_path / "desk.sqlite3"
    with closing(sqlite3.connect(file)) as newer:
        newer.execute("PRAGMA user_version = 99")

    with pytest.raises(VigintError, match="newer version") as caught:
        connect(file, read_only=False)

    assert caught.value.code is Code.STORE_FAILED
    with closing(sqlite3.connect(file, timeout=0)) as other:
        other.execute("BEGIN EXCLUSIVE")


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "desk.sqlite3"
    file.write_text("this is a shopping list, " * 100)

    with pytest.raises(VigintError) as caught:
        connect(file, read_only=False)

    assert caught.value.code is Code.STORE_FAILED
    assert file.read_text().startswith("this is a shopping list")


def test_reading_makes_no_file(tmp_path: Path) -> None:
    with pytest.raises(VigintError) as caught:
        connect(tmp_path / "desk.sqlite3", read_only=True)

    assert caught.value.code is Code.STORE_FAILED
    assert not list(tmp_path.iterdir())


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    file = tmp_path / "desk.sqlite3"
    connect(file, read_only=False).close()

    with closing(connect(file, read_only=True)) as reader, pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.execute("DELETE FROM windows")


def test_a_path_with_odd_characters_is_found(tmp_path: Path) -> None:
    file = tmp_path / "caf\u00e9 50% #1?x" / "desk.sqlite3"
    file.parent.mkdir()

    connect(file, read_only=False).close()

    assert file.is_file()


def test_an_error_without_a_code_is_a_failed_store() -> None:
    assert store_error(sqlite3.ProgrammingError("closed")).code is Code.STORE_FAILED
