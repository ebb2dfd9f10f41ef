"""What tests of the server's parts stand on: empty books, on SQLite or on both databases, and a clock that stands."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.db.database import Database
from server.db.schema import migrate
from tests.fakes.clock import FakeClock
from tests.fakes.postgres import fresh_database


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    migrate(database)
    yield database
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def books(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Empty books on SQLite and on a real PostgreSQL, one after the other."""
    database = Database(fresh_database() if request.param == "postgresql" else f"sqlite:///{tmp_path / 'x.sqlite3'}")
    migrate(database)
    yield database
    database.close()
