"""The clients' money: caps that hold over threads and processes, dead holds, and how it stands."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from server.db.database import Database
from server.db.purse import BooksPurse
from tests.fakes.clock import FakeClock
from vigint_core.domain.budget import Caps, Economy, Hold, Payer
from vigint_core.domain.fault import Code

DOOR = Payer("shop", "door")


@pytest.fixture
def purse(database: Database, clock: FakeClock) -> BooksPurse:
    return BooksPurse(database, clock, Caps(day=1000, month=5000))


def held(purse: BooksPurse, amount: int, *, second: bool = False, payer: Payer = DOOR) -> Hold:
    hold = purse.reserve(payer, amount, second=second)
    assert isinstance(hold, Hold)
    return hold


def test_what_was_put_aside_is_given_back_and_what_it_cost_is_counted(purse: BooksPurse) -> None:
    purse.settle(held(purse, 850), 150)
    view = purse.view("shop")
    assert (view.spent_day, view.spent_month) == (150, 150)
    held(purse, 700)


def test_no_cap_is_passed_and_first_looks_leave_the_reserve(purse: BooksPurse) -> None:
    held(purse, 850)
    assert purse.reserve(DOOR, 1, second=False) is Code.BUDGET_SPENT
    held(purse, 150, second=True)
    assert purse.reserve(DOOR, 1, second=True) is Code.BUDGET_SPENT


def test_clients_pay_for_themselves_alone(purse: BooksPurse) -> None:
    held(purse, 1000, second=True)
    held(purse, 1000, second=True, payer=Payer("other", "door"))


def test_several_processes_pass_no_cap_together(database: Database, tmp_path: Path, clock: FakeClock) -> None:
    other = Database(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    purses = [BooksPurse(database, clock, Caps(day=1000)), BooksPurse(other, clock, Caps(day=1000))]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: purses[n % 2].reserve(DOOR, 100, second=True), range(40)))
    other.close()
    assert sum(isinstance(answer, Hold) for answer in answers) == 10


def test_money_that_a_dead_process_held_counts_as_spent(purse: BooksPurse, clock: FakeClock) -> None:
    held(purse, 700)
    clock.advance(121)
    assert purse.reserve(DOOR, 301, second=True) is Code.BUDGET_SPENT
    assert purse.settle(held(purse, 300, second=True), 0) is None
    assert purse.view("shop").spent_day == 700


def test_who_was_taken_for_dead_and_settles_after_all_is_counted_right(purse: BooksPurse, clock: FakeClock) -> None:
    hold = held(purse, 700)
    clock.advance(121)
    purse.settle(held(purse, 1), 0)  # the next call finds the dead hold
    purse.settle(hold, 50)
    assert purse.view("shop").spent_day == 50


def test_without_limits_nothing_is_put_aside_but_what_was_spent_is_known(database: Database, clock: FakeClock) -> None:
    purse = BooksPurse(database, clock, Caps())
    hold = held(purse, 10**9)
    purse.settle(hold, 42)
    assert (hold.id, purse.view("shop").spent_month, purse.economy(DOOR)) == ("", 42, Economy.NONE)


def test_how_it_stands_names_cameras_at_which_more_is_left_out(database: Database, clock: FakeClock) -> None:
    purse = BooksPurse(database, clock, Caps(day=10_000, camera_day=100))
    purse.settle(held(purse, 85), 85)
    view = purse.view("shop")
    assert (view.economy, view.economy_of("door")) == (Economy.NONE, Economy.LOCAL_ONLY)
    assert purse.economy(Payer("shop", "till")) is Economy.NONE
