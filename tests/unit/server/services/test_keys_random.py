"""A key's life at random, against the plainest account of it: which secrets are good at a moment."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.db.database import Database
from server.db.schema import migrate
from server.services.clients import Clients, StateError
from server.services.refusals import RefusedError
from tests.fakes.clock import FakeClock

HOUR_S = 3600.0
ACTS = st.one_of(
    st.tuples(st.just("wait"), st.sampled_from([1.0, HOUR_S / 2, HOUR_S, 5 * HOUR_S])),
    st.tuples(st.just("rotate"), st.sampled_from([0.0, 0.5, 1.0, 3.0])),
    st.tuples(st.just("revoke"), st.just(0.0)),
)
ENDS = st.none() | st.sampled_from([HOUR_S, 7 * HOUR_S])


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    folder: Path = tmp_path_factory.mktemp("keys")
    database = Database(f"sqlite:///{folder / 'x.sqlite3'}")
    migrate(database)
    yield database
    database.close()


NAMES = count()


@settings(max_examples=60)
@given(ENDS, st.lists(ACTS, max_size=8))
def test_exactly_the_secrets_that_should_be_good_are(
    database: Database, lasts_s: float | None, acts: list[tuple[str, float]]
) -> None:
    number = next(NAMES)
    clock = FakeClock(wall_s=1e9 + number * 1e6)  # far from the failures of the example before
    clients = Clients(database, clock)
    clients.add(f"Shop {number}")
    ends_s = None if lasts_s is None else clock.wall() + lasts_s
    key = clients.add_key(f"Shop {number}", expires_s=ends_s)
    good_until = {key.text: float("inf")}
    over = False
    for act, value in acts:
        if act == "wait":
            clock.advance(value)
        elif act == "revoke":
            clients.revoke(key.id)
            over = True
        elif over or (ends_s is not None and clock.wall() >= ends_s):
            with pytest.raises(StateError):
                clients.rotate(key.id, value)
        else:
            (newest,) = [text for text, until_s in good_until.items() if until_s == float("inf")]
            good_until = dict.fromkeys(good_until, 0.0) | {newest: clock.wall() + value * HOUR_S}
            good_until[clients.rotate(key.id, value).text] = float("inf")

        ended = over or (ends_s is not None and clock.wall() >= ends_s)
        expected = {text for text, until_s in good_until.items() if not ended and clock.wall() < until_s}
        assert {text for text in good_until if signs_in(clients, text)} == expected


def signs_in(clients: Clients, text: str) -> bool:
    try:
        clients.sign_in(text, "192.0.2.1")
    except RefusedError:
        return False
    return True
