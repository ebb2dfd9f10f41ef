"""Keys that come together are read together, and each is judged as if it had come alone."""

import asyncio
from collections.abc import Sequence

from sqlalchemy import Engine, event

from server.db.database import Database
from server.services.clients import Clients, SignedIn
from server.services.failed_sign_ins import MOST_PER_KEY
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
