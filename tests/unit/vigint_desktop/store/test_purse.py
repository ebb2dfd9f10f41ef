"""The desk's own money: caps that hold, holds of a run that was killed, and the ledger of calls."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.clock import FakeClock
from vigint_core.domain.budget import Caps, Economy, Hold, Payer
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.verdict import Call
from vigint_desktop.store.purse import KEEP_CALLS_S, DeskPurse

DOOR = Payer(camera_id="door")
CALL = Call("first", "m", "v3", 1300, 120, 690, 0.5, None, 700, 10, 20, 5, "suspected", flagged=True, thrifty=True)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def purse(tmp_path: Path, clock: FakeClock) -> Iterator[DeskPurse]:
    opened = DeskPurse(tmp_path / "money.sqlite3", clock, Caps(day=1000))
    yield opened
    opened.close()


def held(purse: DeskPurse, amount: int, *, second: bool = False, payer: Payer = DOOR) -> Hold:
    hold = purse.reserve(payer, amount, second=second)
    assert isinstance(hold, Hold)
    return hold


def test_what_was_put_aside_is_given_back_and_what_it_cost_is_counted(purse: DeskPurse) -> None:
    hold = held(purse, 600)
    assert purse.view().spent_day == 0
    purse.settle(hold, 150)

    view = purse.view()
    assert (view.spent_day, view.spent_month) == (150, 150)
    assert held(purse, 700).amount == 700


def test_no_cap_is_passed_and_first_looks_leave_the_reserve(purse: DeskPurse) -> None:
    held(purse, 850)
    assert purse.reserve(DOOR, 1, second=False) is Code.BUDGET_SPENT
    held(purse, 150, second=True)
    assert purse.reserve(DOOR, 1, second=True) is Code.BUDGET_SPENT


def test_a_refused_call_changes_no_account(purse: DeskPurse) -> None:
    purse.limit(Caps(day=1000, camera_day=100))
    assert purse.reserve(DOOR, 200, second=True) is Code.BUDGET_SPENT
    purse.limit(Caps(day=1000))
    assert held(purse, 1000, second=True).amount == 1000


def test_a_camera_has_limits_of_its_own(purse: DeskPurse) -> None:
    purse.limit(Caps(camera_day=100))
    purse.settle(held(purse, 80), 80)

    assert purse.economy(DOOR) is Economy.HIGH_VALUE_ONLY
    assert purse.economy(Payer(camera_id="till")) is Economy.NONE


def test_many_threads_pass_no_cap_together(purse: DeskPurse) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: purse.reserve(DOOR, 100, second=True), range(40)))
    assert sum(isinstance(answer, Hold) for answer in answers) == 10


def test_what_a_killed_run_had_put_aside_counts_as_spent(tmp_path: Path, clock: FakeClock) -> None:
    file = tmp_path / "other.sqlite3"
    killed = DeskPurse(file, clock, Caps(day=1000))
    held(killed, 300)
    killed.close()  # nothing was settled

    again = DeskPurse(file, clock, Caps(day=1000))
    assert again.view().spent_day == 300
    assert again.reserve(DOOR, 701, second=True) is Code.BUDGET_SPENT
    again.close()


def test_the_ledger_keeps_every_fact_of_a_call(purse: DeskPurse, clock: FakeClock, tmp_path: Path) -> None:
    failed = replace(CALL, look="second", error=Code.AI_TIMEOUT, outcome="not_analysed")
    purse.book("door", "w1", (CALL, failed))
    assert purse.calls() == [("door", "w1", CALL), ("door", "w1", failed)]

    clock.advance(KEEP_CALLS_S + 1)
    later = DeskPurse(tmp_path / "money.sqlite3", clock, Caps())
    assert later.calls() == []
    later.close()


def test_another_day_begins_with_the_whole_limit(purse: DeskPurse, clock: FakeClock) -> None:
    purse.settle(held(purse, 1000, second=True), 1000)
    assert purse.reserve(DOOR, 1, second=True) is Code.BUDGET_SPENT
    clock.advance(24 * 3600)
    assert held(purse, 500).amount == 500


def test_an_answer_after_midnight_counts_for_the_day_on_which_it_was_asked_for(
    purse: DeskPurse, clock: FakeClock
) -> None:
    late = held(purse, 800)
    clock.advance(24 * 3600)
    purse.settle(late, 300)

    assert purse.view().spent_day == 0
    assert held(purse, 850).amount == 850


def test_other_limits_hold_for_what_was_spent_already(purse: DeskPurse) -> None:
    purse.settle(held(purse, 400), 400)
    purse.limit(Caps(day=300))

    assert purse.reserve(DOOR, 1, second=True) is Code.BUDGET_SPENT
    assert purse.economy(DOOR) is Economy.LOCAL_ONLY
    purse.limit(Caps())
    assert held(purse, 10**9).amount == 10**9


@pytest.mark.parametrize("caps", [Caps(day=0), Caps(camera_day=0), Caps(camera_month=0)])
def test_where_nothing_may_be_spent_nothing_is_asked_for(purse: DeskPurse, caps: Caps) -> None:
    purse.limit(caps)

    assert purse.economy(DOOR) is Economy.LOCAL_ONLY
    assert purse.reserve(DOOR, 1, second=True) is Code.BUDGET_SPENT


def test_a_closed_file_is_named(tmp_path: Path, clock: FakeClock) -> None:
    purse = DeskPurse(tmp_path / "x.sqlite3", clock, Caps())
    purse.close()
    with pytest.raises(VigintError) as caught:
        purse.view()
    assert caught.value.code is Code.STORE_FAILED
