"""Every client has a time zone: the server's own, or the one that its owner says."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.db.database import Database
from server.db.schema import migrate
from server.services.clients import Clients, UnknownError
from server.services.keys import new_key
from tests.fakes.clock import FakeClock


@pytest.fixture
def clients(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clients]:
    """Of a server whose own zone is that of Tokyo."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    database = Database(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    migrate(database)
    yield Clients(database, FakeClock())
    database.close()


def test_a_client_has_the_servers_own_zone_unless_another_is_said(clients: Clients) -> None:
    assert clients.add("Shop").time_zone == "Asia/Tokyo"
    assert clients.ensure("Desk", new_key()).time_zone == "Asia/Tokyo"
    assert clients.add("Paris", "Europe/Paris") == clients.named("Paris")
    assert clients.named("Paris").time_zone == "Europe/Paris"


def test_a_zone_stays_when_the_servers_own_changes(clients: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    key = new_key()
    clients.ensure("Desk", key)
    monkeypatch.setenv("TZ", "Europe/Paris")
    assert clients.ensure("Desk", key).time_zone == "Asia/Tokyo"


def test_a_zone_can_be_changed_and_who_signs_in_has_the_new_one(clients: Clients) -> None:
    clients.add("Shop")
    clients.add("Other")
    key = clients.add_key("Shop")
    assert clients.change("Shop", "Europe/Paris") == clients.sign_in(key.text).client
    assert {client.name: client.time_zone for client in clients.all()} == {
        "Shop": "Europe/Paris",
        "Other": "Asia/Tokyo",
    }


def test_what_is_no_zone_or_no_client_changes_nothing(clients: Clients) -> None:
    clients.add("Shop")
    for wrong in ("Mars/Base", "", "../UTC", "europe/paris"):
        with pytest.raises(UnknownError, match="no time zone"):
            clients.add("Other", wrong)
        with pytest.raises(UnknownError, match="no time zone"):
            clients.change("Shop", wrong)
    for unknown in (lambda: clients.named("Nobody"), lambda: clients.change("Nobody", "UTC")):
        with pytest.raises(UnknownError, match="no client named Nobody"):
            unknown()
    assert [(client.name, client.time_zone) for client in clients.all()] == [("Shop", "Asia/Tokyo")]
