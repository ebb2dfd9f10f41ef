"""Keys that come together are read together, and each is judged as if it had come alone."""

import asyncio
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Engine, event

from server.db.database import Database
from server.services.clients import Clients, SignedIn
from server.services.failed_sign_ins import MOST_PER_KEY
from server.services.keys import ApiKey, new_key
from server.services.limits import KeyLimits
from server.services.refusals import RefusedError
from server.services.sign_ins import SignIns
from tests.fakes.clock import FakeClock
from vigint_core.domain.fault import Code

_HERE = "192.0.2.1"


async def _outcome(by: SignIns, text: str) -> SignedIn | Code:
    try:
        return await by.sign_in(text, _HERE)
    except RefusedError as error:
        return error.code


async def _outcomes(by: SignIns, texts: Sequence[str]) -> list[SignedIn | Code]:
    return await asyncio.gather(*(_outcome(by, text) for text in texts))


def sign_in(by: SignIns, *texts: str) -> list[SignedIn | Code]:
    return asyncio.run(_outcomes(by, texts))


def test_keys_of_many_clients_are_one_read_and_nobody_is_mistaken_for_another(
    database: Database, clock: FakeClock
) -> None:
    clients = Clients(database, clock)
    wanted = {clients.add_key(clients.add(f"Shop {number}").name).text: f"Shop {number}" for number in range(20)}
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    found = sign_in(SignIns(clients), *wanted)
    event.remove(Engine, "before_cursor_execute", note)
    assert [each.client.name for each in found if isinstance(each, SignedIn)] == list(wanted.values())
    assert [statement.split()[0] for statement in asked] == ["SELECT"]


def test_what_is_wrong_with_one_key_is_its_own_and_is_counted(database: Database, clock: FakeClock) -> None:
    clients = Clients(database, clock)
    clients.add("Shop")
    good, revoked = clients.add_key("Shop"), clients.add_key("Shop")
    ending = clients.add_key("Shop", expires_s=clock.wall() + 10)
    clients.revoke(revoked.id)
    clock.advance(10)
    by = SignIns(clients)
    mistyped = f"vg_{good.id}_{'x' * 43}"
    first, *others = sign_in(by, good.text, mistyped, revoked.text, ending.text, "no key", "")
    assert isinstance(first, SignedIn)
    assert others == [*[Code.AUTH_INVALID_KEY] * 2, Code.AUTH_KEY_EXPIRED, Code.AUTH_INVALID_KEY, Code.AUTH_MISSING_KEY]
    for _ in range(MOST_PER_KEY - 1):
        assert sign_in(by, mistyped) == [Code.AUTH_INVALID_KEY]
    limited, still_good = sign_in(by, mistyped, good.text)
    assert limited is Code.AUTH_TOO_MANY
    assert isinstance(still_good, SignedIn)


def test_a_key_is_worthless_from_the_next_request_on(database: Database, clock: FakeClock) -> None:
    clients = Clients(database, clock)
    clients.add("Shop")
    key = clients.add_key("Shop")
    by = SignIns(clients)
    assert isinstance(sign_in(by, key.text)[0], SignedIn)
    clients.revoke(key.id)
    assert sign_in(by, key.text) == [Code.AUTH_INVALID_KEY]


def test_a_key_at_hand_is_what_it_is_on_a_thread_whatever_another_process_did_to_it(
    database: Database, clock: FakeClock, tmp_path: Path
) -> None:
    clients = Clients(database, clock)
    clients.add("Shop")
    key = clients.add_key("Shop", expires_s=clock.wall() + 1000)
    assert clients.recognise_at_hand(key) is None, "nobody has looked yet"
    unknown = new_key()
    (there,) = clients.recognise([key])

    def at_hand(*keys: ApiKey) -> list[SignedIn | Code | None]:
        return [clients.recognise_at_hand(each) for each in keys]

    (here,) = at_hand(key)
    assert isinstance(here, SignedIn)
    assert isinstance(there, SignedIn)
    assert replace(here, note_due=True) == replace(there, note_due=True)
    assert at_hand(unknown, ApiKey(key.id, unknown.secret)) == [Code.AUTH_INVALID_KEY] * 2

    with closing(Database(f"sqlite:///{tmp_path / 'x.sqlite3'}")) as elsewhere:
        others = Clients(elsewhere, clock)
        others.set_limits(key.id, KeyLimits(requests_minute=7))
        (limited,) = at_hand(key)
        assert isinstance(limited, SignedIn)
        assert limited.limits.requests_minute == 7
        newer = others.rotate(key.id, overlap_h=0.1)
        assert [isinstance(each, SignedIn) for each in at_hand(key, newer)] == [True, True]
        clock.advance(360)
        assert at_hand(key) == [Code.AUTH_INVALID_KEY]
        clock.advance(640)
        assert at_hand(newer) == [Code.AUTH_KEY_EXPIRED]
        others.revoke(key.id)
        assert at_hand(newer) == [Code.AUTH_INVALID_KEY]
