"""What the books of every area are tested on: SQLite and a real PostgreSQL, one after the other."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.db.database import Database
from server.db.schema import migrate
from server.db.tenant import Tenant
from server.services.clients import Clients
from tests.fakes.clock import FakeClock
from tests.fakes.postgres import fresh_database


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    url = fresh_database() if request.param == "postgresql" else f"sqlite:///{tmp_path / 'x.sqlite3'}"
    database = Database(url)
    migrate(database)
    yield database
    database.close()


@pytest.fixture
def tenant(database: Database) -> Tenant:
    return Tenant(database, Clients(database, FakeClock()).add("Shop").id)


@pytest.fixture
def other(database: Database) -> Tenant:
    return Tenant(database, Clients(database, FakeClock()).add("Other").id)
