"""What tests of the server's parts stand on: empty books on SQLite, and a clock that stands still."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.db.database import Database
from server.db.schema import migrate
from tests.fakes.clock import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    migrate(database)
    yield database
    database.close()
