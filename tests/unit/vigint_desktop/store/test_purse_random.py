"""The desk's purse, a real file, whatever happens: its caps hold, over crashes, midnights and threads."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from itertools import count
from pathlib import Path

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.spending import Books, spend_at_random, steps_taken
from vigint_core.domain.budget import Caps, Economy, Hold, Payer
from vigint_desktop.store.purse import DeskPurse


@pytest.fixture(scope="module", autouse=True)
def paris() -> Iterator[None]:
    """The machine's clock is that of a shop whose days have 23 and 25 hours now and then."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "Europe/Paris")
        time.tzset()
        yield
    time.tzset()


class Mortal(DeskPurse):
    """A purse that can be killed: its file is left as it is, and opened once more."""

    def __init__(self, file: Path, clock: FakeClock, caps: Caps, opened: ExitStack) -> None:
        super().__init__(file, clock, caps)
        self._how = (file, clock, caps, opened)
        opened.callback(self.close)

    def killed(self) -> "Mortal":
        self.close()
        return Mortal(*self._how)

    def used(self, camera_id: str, period: str) -> int:
        query = "SELECT spent + reserved FROM accounts WHERE camera_id = ? AND period = ?"
        (used,) = self._connection.execute(query, (camera_id, period)).fetchone()
        return int(used)


def test_whatever_happens_no_cap_is_ever_passed(tmp_path: Path) -> None:
    numbers = count()
    with ExitStack() as opened:

        def fresh(clock: FakeClock, caps: Caps) -> tuple[Mortal, str]:
            return Mortal(tmp_path / f"{next(numbers)}.sqlite3", clock, caps, opened), ""

        books = Books(fresh, Mortal.killed, lambda purse, _site, camera, period: purse.used(camera, period))
        spend_at_random(books, examples=80)


def test_the_steps_come_in_their_order_and_none_is_left_out(tmp_path: Path) -> None:
    with closing(DeskPurse(tmp_path / "money.sqlite3", FakeClock(), Caps(camera_month=10_000))) as purse:
        assert steps_taken(purse, Payer("", "door"), 200) == list(Economy)


def test_two_programs_that_share_a_file_by_mistake_pass_no_cap_together(tmp_path: Path) -> None:
    file, clock, caps = tmp_path / "money.sqlite3", FakeClock(), Caps(day=1000, camera_day=700)
    with closing(DeskPurse(file, clock, caps)) as one, closing(DeskPurse(file, clock, caps)) as other:

        def spend(number: int) -> int:
            """What it really cost."""
            purse = (one, other)[number % 2]
            hold = purse.reserve(Payer("", ("door", "till")[number % 3 == 0]), 50, second=True)
            if not isinstance(hold, Hold):
                return 0
            if number % 5:
                purse.settle(hold, 30)
                return 30
            return 50  # nobody ever says

        with ThreadPoolExecutor(8) as pool:
            real = sum(pool.map(spend, range(120)))

        assert 900 < real <= 1000
        assert one.view().spent_day == other.view().spent_day <= real
