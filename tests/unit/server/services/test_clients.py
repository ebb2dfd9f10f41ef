"""Clients and keys in the books."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.db.database import Database
from server.db.schema import migrate
from server.services.clients import Clients, TakenError, UnknownError
from server.services.keys import new_key
from server.services.refusals import RefusedError
from tests.fakes.clock import FakeClock
from vigint_core.domain.fault import Code


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def clients(tmp_path: Path, clock: FakeClock) -> Iterator[Clients]:
    database = Database(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    migrate(database)
    yield Clients(database, clock)
    database.close()


def refusal(clients: Clients, text: str) -> Code:
    with pytest.raises(RefusedError) as raised:
        clients.sign_in(text)
    return raised.value.code


def test_a_key_signs_its_client_in(clients: Clients) -> None:
    clients.add("Other")
    shop = clients.add("Shop")
    key = clients.add_key("Shop")
    signed_in = clients.sign_in(key.text)
    assert (signed_in.client, signed_in.key_id) == (shop, key.id)


def test_nothing_and_everything_wrong_are_two_codes(clients: Clients) -> None:
    assert refusal(clients, "") is Code.AUTH_MISSING_KEY
    assert refusal(clients, new_key().text) is Code.AUTH_INVALID_KEY
    assert refusal(clients, "anything") is Code.AUTH_INVALID_KEY


def test_a_revoked_key_is_worthless_and_stays_listed(clients: Clients, clock: FakeClock) -> None:
    clients.add("Shop")
    key, other = clients.add_key("Shop"), clients.add_key("Shop")
    clients.revoke(key.id)
    revoked_s = clock.wall()
    clock.advance(10)
    clients.revoke(key.id)
    assert refusal(clients, key.text) is Code.AUTH_INVALID_KEY
    assert clients.sign_in(other.text).key_id == other.id
    assert {info.id: info.revoked_s for info in clients.all_keys()} == {key.id: revoked_s, other.id: None}


def test_a_name_is_taken_once(clients: Clients) -> None:
    clients.add("Shop")
    with pytest.raises(TakenError):
        clients.add("Shop")
    assert [client.name for client in clients.all()] == ["Shop"]


def test_what_does_not_exist_is_said(clients: Clients) -> None:
    with pytest.raises(UnknownError):
        clients.add_key("Nobody")
    with pytest.raises(UnknownError):
        clients.revoke("ffff")


def test_ensure_makes_once_and_puts_right_afterwards(clients: Clients) -> None:
    first, second = new_key(), new_key()
    client = clients.ensure("Desk", first)
    assert clients.ensure("Desk", first) == client
    assert clients.sign_in(first.text).client == client
    assert clients.ensure("Desk", second) == client
    assert refusal(clients, first.text) is Code.AUTH_INVALID_KEY
    clients.ensure("Desk", first)
    assert clients.sign_in(first.text).client == client
    assert len(clients.all()) == 1
