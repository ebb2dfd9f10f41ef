"""What a second process does to the server's purse: it is imported there by its name."""

import itertools
from contextlib import closing
from multiprocessing.synchronize import Barrier

from server.db.database import Database
from server.db.purse import BooksPurse
from tests.fakes.clock import FakeClock
from vigint_core.domain.budget import Caps, Hold, Payer


def start_together(barrier: Barrier) -> None:
    """Begin when all of them do."""
    barrier.wait(timeout=60)


def spend_in_books(url: str, cap: int) -> int:
    """Make calls for one shop until its cap a day forbids; tell what they really cost.

    One in five is never settled, and costs all that was put aside.
    """
    real = 0
    with closing(Database(url)) as database:
        purse = BooksPurse(database, FakeClock(), Caps(day=cap))
        for number in itertools.count():
            hold = purse.reserve(Payer("shop", "door"), 50, second=True)
            if not isinstance(hold, Hold):
                break
            cost = 30 if number % 5 else 50
            if number % 5:
                purse.settle(hold, cost)
            real += cost
    return real
