"""The clients' purse, a real database, whatever happens: its caps hold, over crashes, midnights and processes."""

import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from itertools import count
from multiprocessing import get_context
from pathlib import Path

import pytest

from server.db.database import Database
from server.db.purse import BooksPurse
from server.db.schema import migrate
from server.db.tables import AccountRow
from tests.fakes.clock import FakeClock
from tests.fakes.spending import Books, spend_at_random, steps_taken
from tests.fakes.spending_child import spend_in_books, start_together
from vigint_core.domain.budget import Caps, Economy, Payer
from vigint_core.domain.fault import Code


@pytest.fixture(scope="module", autouse=True)
def paris() -> Iterator[None]:
    """The machine's clock is that of a shop whose days have 23 and 25 hours now and then."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "Europe/Paris")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def url(tmp_path: Path) -> str:
    address = f"sqlite:///{tmp_path / 'x.sqlite3'}"
    with closing(Database(address)) as database:
        migrate(database)
    return address


def test_whatever_happens_no_cap_is_ever_passed(url: str) -> None:
    numbers = count()
    with closing(Database(url)) as database:

        def fresh(clock: FakeClock, caps: Caps) -> tuple[BooksPurse, str]:
            return BooksPurse(database, clock, caps), f"shop {next(numbers)}"

        def used(_purse: BooksPurse, site: str, camera: str, period: str) -> int:
            with database.reading() as session:
                row = session.get_one(AccountRow, (site, camera, period))
                return row.spent + row.reserved

        # A process that is killed leaves its holds behind; the next that asks counts them once they are too old.
        spend_at_random(Books(fresh, killed=lambda purse: purse, used=used), examples=50)


def test_the_steps_come_in_their_order_and_none_is_left_out(url: str) -> None:
    with closing(Database(url)) as database:
        purse = BooksPurse(database, FakeClock(), Caps(month=10_000))
        assert steps_taken(purse, Payer("shop", "door"), 200) == list(Economy)


def test_two_processes_pass_no_cap_together(url: str) -> None:
    context = get_context("spawn")
    with ProcessPoolExecutor(2, context, initializer=start_together, initargs=(context.Barrier(2),)) as pool:
        real = sum(pool.map(spend_in_books, [url] * 4, [5000] * 4))

    with closing(Database(url)) as database:
        purse = BooksPurse(database, FakeClock(), Caps(day=5000))
        assert purse.reserve(Payer("shop", "door"), 50, second=True) is Code.BUDGET_SPENT
        assert 4950 < real <= 5000
        assert purse.view("shop").spent_day <= real
