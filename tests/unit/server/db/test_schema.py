"""Migrations make exactly the tables that the program uses."""

import tomllib
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import server.db
from server.db.database import Database
from server.db.schema import HEAD, migrate, revision
from server.db.tables import Base
from server.services.clients import DESK, Clients
from tests.fakes.clock import FakeClock
from tests.fakes.postgres import fresh_database
from vigint_core.domain.fault import VigintError

MIGRATIONS = Path(server.db.__file__).parent / "migrations"


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(f"sqlite:///{tmp_path / 'x.sqlite3'}")


def test_head_is_the_newest_migration() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [HEAD]


def test_a_migrated_database_has_the_tables_of_the_program(database: Database) -> None:
    migrate(database)
    with database.connection() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    database.close()


def test_migrating_twice_changes_nothing(database: Database) -> None:
    assert revision(database) == ""
    assert migrate(database) is True
    assert migrate(database) is False
    assert revision(database) == HEAD
    database.close()


def test_servers_that_are_started_at_once_on_one_postgresql_take_turns() -> None:
    """Neither fails, and the tables are made once."""
    url, at_once = fresh_database(), Barrier(2)

    def started(_number: int) -> str:
        with closing(Database(url)) as database:
            at_once.wait(20)
            migrate(database)
            return revision(database)

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(started, range(2))) == [HEAD, HEAD]


def test_a_newer_database_is_refused(database: Database) -> None:
    migrate(database)
    with database.connection() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(VigintError, match="newer"):
        migrate(database)
    database.close()


def test_the_clients_of_before_get_the_servers_own_time_zone(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate_to(database, "0002")
    with database.connection() as connection:
        connection.exec_driver_sql("INSERT INTO clients (id, name, created_s) VALUES ('c1', 'Shop', 0)")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    migrate(database)
    with database.connection() as connection:
        assert connection.exec_driver_sql("SELECT name, time_zone FROM clients").all() == [("Shop", "Asia/Tokyo")]
    database.close()


def migrate_to(database: Database, revision: str) -> None:
    """What an earlier program left behind."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.connection() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def test_the_migrations_travel_with_the_package() -> None:
    """They are run as files: what is not declared as package data is missing in an installed program."""
    declared = tomllib.loads((MIGRATIONS.parents[2] / "pyproject.toml").read_text("utf-8"))
    globs = declared["tool"]["setuptools"]["package-data"]["server"]
    carried = {file for glob in globs for file in MIGRATIONS.parents[1].glob(glob)}
    assert set(MIGRATIONS.glob("versions/0*.py")) <= carried
    assert (MIGRATIONS / "__init__.py").exists()  # makes env.py a module of the package


def insert_key(database: Database, key_id: str, **columns: object) -> None:
    row = {"id": key_id, "client_id": "c1", "digest": "d", "created_s": 5.0, **columns}
    with database.connection() as connection:
        connection.exec_driver_sql(
            f"INSERT INTO api_keys ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", tuple(row.values())
        )


def test_the_keys_of_before_allow_all_of_a_desk(database: Database) -> None:
    migrate_to(database, "0002")
    with database.connection() as connection:
        connection.exec_driver_sql("INSERT INTO clients (id, name, created_s) VALUES ('c1', 'Shop', 0)")
    insert_key(database, "ab12")
    migrate(database)
    (key,) = Clients(database, FakeClock()).all_keys()
    assert (set(key.scopes), key.expires_s, key.state) == (DESK, None, "good")
    database.close()


def test_an_older_program_gets_no_key_that_it_could_not_bound(database: Database) -> None:
    """It knows neither scopes nor an end: such keys are worthless to it, the others stay as they were."""
    migrate(database)
    with database.connection() as connection:
        connection.exec_driver_sql("INSERT INTO clients (id, name, created_s) VALUES ('c1', 'Shop', 0)")
    made = Clients(database, FakeClock()).add_key("Shop").id
    insert_key(database, "full")
    insert_key(database, "less", scopes="analyse")
    insert_key(database, "ends", expires_s=1e12)
    insert_key(database, "gone", scopes="analyse", revoked_s=7.0)
    migrate_back_to(database, "0003")
    with database.connection() as connection:
        kept = connection.exec_driver_sql("SELECT id, revoked_s FROM api_keys ORDER BY id").all()
    assert set(kept) == {("ends", 5.0), ("full", None), ("gone", 7.0), ("less", 5.0), (made, None)}
    assert migrate(database), "and forwards again"
    database.close()


def migrate_back_to(database: Database, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.connection() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
