"""Clients and keys in the books."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from server.db.database import Database
from server.services.clients import DESK, Clients, KeyInfo, StateError, TakenError, UnknownError
from server.services.keys import ApiKey, new_key
from server.services.refusals import RefusedError
from tests.fakes.clock import FakeClock
from vigint_core.domain.fault import Code
from vigint_core.domain.scope import Scope


@pytest.fixture
def clients(database: Database, clock: FakeClock) -> Clients:
    return Clients(database, clock)


@pytest.fixture
def key(clients: Clients) -> ApiKey:
    clients.add("Shop")
    return clients.add_key("Shop")


@pytest.fixture
def statements(database: Database) -> Iterator[list[str]]:
    """Everything that is asked of the database while it is looked at."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield asked
    event.remove(Engine, "before_cursor_execute", note)


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


def info(clients: Clients, key: ApiKey) -> KeyInfo:
    return next(each for each in clients.all_keys() if each.id == key.id)


def test_a_key_allows_all_of_a_desk_unless_it_was_made_for_less(clients: Clients, key: ApiKey) -> None:
    less = clients.add_key("Shop", [Scope.INCIDENTS_READ, Scope.INCIDENTS_READ])
    assert clients.sign_in(key.text).scopes == DESK == frozenset(Scope)
    assert clients.sign_in(less.text).scopes == {Scope.INCIDENTS_READ}
    assert info(clients, less).scopes == (Scope.INCIDENTS_READ,)
    with pytest.raises(StateError, match="at least one"):
        clients.add_key("Shop", [])


def test_a_word_of_a_newer_program_allows_nothing_here(clients: Clients, key: ApiKey, database: Database) -> None:
    with database.connection() as connection:
        connection.exec_driver_sql("UPDATE api_keys SET scopes = 'moon:walk usage:read'")
    assert clients.sign_in(key.text).scopes == {Scope.USAGE_READ}


def test_an_expired_key_is_told_so_to_who_has_its_secret_only(clients: Clients, clock: FakeClock) -> None:
    clients.add("Shop")
    key = clients.add_key("Shop", expires_s=clock.wall() + 100)
    assert (clients.sign_in(key.text).expires_s, info(clients, key).state) == (clock.wall() + 100, "good")
    clock.advance(99)
    clients.sign_in(key.text)
    clock.advance(1)
    assert refusal(clients, key.text) is Code.AUTH_KEY_EXPIRED
    assert refusal(clients, f"vg_{key.id}_{'x' * 43}") is Code.AUTH_INVALID_KEY
    assert info(clients, key).state == "expired"
    with pytest.raises(StateError, match="expired"):
        clients.rotate(key.id, 1)
    clients.revoke(key.id)
    assert refusal(clients, key.text) is Code.AUTH_INVALID_KEY, "whoever found a revoked key learns nothing"
    with pytest.raises(StateError, match="passed"):
        clients.add_key("Shop", expires_s=clock.wall())


def test_a_rotated_key_has_two_secrets_until_the_overlap_ends(clients: Clients, clock: FakeClock, key: ApiKey) -> None:
    fresh = clients.rotate(key.id, 2)
    assert fresh.id == key.id
    assert info(clients, key).old_until_s == clock.wall() + 7200
    for text in (key.text, fresh.text):
        assert clients.sign_in(text).key_id == key.id
    clock.advance(7200)
    assert refusal(clients, key.text) is Code.AUTH_INVALID_KEY
    assert clients.sign_in(fresh.text).key_id == key.id
    assert info(clients, key).old_until_s is None


def test_a_second_rotation_ends_the_oldest_secret_and_none_is_kept_without_an_overlap(
    clients: Clients, key: ApiKey
) -> None:
    second = clients.rotate(key.id, 24)
    third = clients.rotate(key.id, 24)
    assert refusal(clients, key.text) is Code.AUTH_INVALID_KEY
    clients.sign_in(second.text)
    fourth = clients.rotate(key.id, 0)
    assert refusal(clients, third.text) is Code.AUTH_INVALID_KEY
    clients.sign_in(fourth.text)


def test_rotating_keeps_scopes_and_end(clients: Clients, clock: FakeClock) -> None:
    clients.add("Shop")
    key = clients.add_key("Shop", [Scope.USAGE_READ], clock.wall() + 500)
    signed_in = clients.sign_in(clients.rotate(key.id, 1).text)
    assert (signed_in.scopes, signed_in.expires_s) == ({Scope.USAGE_READ}, clock.wall() + 500)


def test_revoking_ends_both_secrets_at_once_also_in_another_process(
    clients: Clients, clock: FakeClock, key: ApiKey, tmp_path: Path
) -> None:
    other_process = Database(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    elsewhere = Clients(other_process, clock)
    fresh = clients.rotate(key.id, 24)
    for text in (key.text, fresh.text):
        elsewhere.sign_in(text)
    clients.revoke(key.id)
    for text in (key.text, fresh.text):
        assert refusal(elsewhere, text) is Code.AUTH_INVALID_KEY
    assert info(clients, key).old_until_s is None
    with pytest.raises(StateError, match="revoked"):
        clients.rotate(key.id, 1)
    with pytest.raises(UnknownError):
        clients.rotate("ffff", 1)
    other_process.close()


def test_a_use_is_noted_once_a_minute(clients: Clients, clock: FakeClock, key: ApiKey) -> None:
    assert info(clients, key).last_used_s is None
    begun_s = clock.wall()
    due = 0
    for _ in range(24):  # two minutes, a sign-in every 5 s
        if clients.sign_in(key.text).note_due:
            due += 1
            clients.note_use(key.id)
        clock.advance(5)
    assert due == 2
    assert info(clients, key).last_used_s == begun_s + 60


def test_of_many_requests_at_once_one_notes_and_a_lost_note_is_made_up_for(
    clients: Clients, clock: FakeClock, key: ApiKey
) -> None:
    assert [clients.sign_in(key.text).note_due for _ in range(5)] == [True, False, False, False, False]
    clock.advance(5)
    assert clients.sign_in(key.text).note_due, "the first request failed and noted nothing"


def test_noting_a_use_over_another_process_s_writes_nothing(clients: Clients, clock: FakeClock, key: ApiKey) -> None:
    clients.note_use(key.id)
    noted_s = clock.wall()
    clock.advance(30)
    clients.note_use(key.id)
    assert info(clients, key).last_used_s == noted_s


def test_that_a_use_can_not_be_noted_hurts_nobody(clients: Clients, key: ApiKey, database: Database) -> None:
    with database.connection() as connection:
        connection.exec_driver_sql("ALTER TABLE api_keys RENAME TO gone")
    clients.note_use(key.id)


def test_a_good_sign_in_is_one_read_and_no_write(
    clients: Clients, clock: FakeClock, key: ApiKey, statements: list[str]
) -> None:
    clients.note_use(key.id)
    statements.clear()
    for _ in range(10):
        clients.sign_in(key.text)
        clock.advance(5)
    assert [statement.split()[0] for statement in statements] == ["SELECT"] * 10


def test_an_unknown_id_costs_what_a_wrong_secret_costs(clients: Clients, key: ApiKey, statements: list[str]) -> None:
    asked = []
    for text in (f"vg_{key.id}_{'x' * 43}", f"vg_ffffffffffff_{'x' * 43}"):
        statements.clear()
        refusal(clients, text)
        asked.append(list(statements))
    assert asked[0] == asked[1] != []
