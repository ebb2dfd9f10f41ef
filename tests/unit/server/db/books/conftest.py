"""What the books of every area are tested on: SQLite and a real PostgreSQL, one after the other."""

import pytest

from server.db.database import Database
from server.db.tenant import Tenant
from server.services.clients import Clients
from tests.fakes.clock import FakeClock


@pytest.fixture
def database(books: Database) -> Database:
    """Everything here is tested on both."""
    return books


@pytest.fixture
def tenant(database: Database) -> Tenant:
    return Tenant(database, Clients(database, FakeClock()).add("Shop").id)


@pytest.fixture
def other(database: Database) -> Tenant:
    return Tenant(database, Clients(database, FakeClock()).add("Other").id)
