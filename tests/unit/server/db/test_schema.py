"""Migrations make exactly the tables that the program uses."""

import tomllib
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import server.db
from server.db.database import Database
from server.db.schema import HEAD, migrate, revision
from server.db.tables import Base
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


def test_a_newer_database_is_refused(database: Database) -> None:
    migrate(database)
    with database.connection() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(VigintError, match="newer"):
        migrate(database)
    database.close()


def test_the_migrations_travel_with_the_package() -> None:
    """They are run as files: what is not declared as package data is missing in an installed program."""
    declared = tomllib.loads((MIGRATIONS.parents[2] / "pyproject.toml").read_text("utf-8"))
    globs = declared["tool"]["setuptools"]["package-data"]["server"]
    carried = {file for glob in globs for file in MIGRATIONS.parents[1].glob(glob)}
    assert set(MIGRATIONS.glob("versions/0*.py")) <= carried
    assert (MIGRATIONS / "__init__.py").exists()  # makes env.py a module of the package
