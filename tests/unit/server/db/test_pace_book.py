"""The provider's limits in the books: one pace for all processes, and turns that are fair between clients."""

import pytest

from server.db.database import Database
from server.db.pace_book import BooksPaceBook
from tests.fakes.clock import FakeClock
from vigint_core.domain.fault import Code
from vigint_core.policy.pace import Pace, answered, exhausted, slowed

MODEL = "m"


@pytest.fixture
def books(database: Database, clock: FakeClock) -> tuple[BooksPaceBook, BooksPaceBook]:
    """Those of two processes with one key."""
    return BooksPaceBook(database, clock, "key"), BooksPaceBook(database, clock, "key")


def slow(book: BooksPaceBook, clock: FakeClock, retry_after_s: float = 2.0) -> None:
    book.change(MODEL, lambda pace, _: slowed(pace, clock.wall(), retry_after_s, 30))


def test_while_no_limit_is_known_nobody_waits(books: tuple[BooksPaceBook, BooksPaceBook], clock: FakeClock) -> None:
    assert [books[0].turn(MODEL, "shop", f"t{n}", clock.wall()).wait_s for n in range(5)] == [0.0] * 5


def test_what_one_process_learnt_all_keep_to(books: tuple[BooksPaceBook, BooksPaceBook], clock: FakeClock) -> None:
    slow(books[0], clock)
    turn = books[1].turn(MODEL, "shop", "t", clock.wall())
    assert (turn.wait_s >= 2.0, turn.reason) == (True, Code.AI_RATE_LIMITED)


def test_another_key_and_another_model_are_not_meant(
    books: tuple[BooksPaceBook, BooksPaceBook], database: Database, clock: FakeClock
) -> None:
    slow(books[0], clock)
    assert BooksPaceBook(database, clock, "other key").turn(MODEL, "shop", "t", clock.wall()).wait_s == 0
    assert books[0].turn("another", "shop", "t", clock.wall()).wait_s == 0


def test_who_was_served_longest_ago_goes_first(books: tuple[BooksPaceBook, BooksPaceBook], clock: FakeClock) -> None:
    slow(books[0], clock)
    order = []
    waiting = {"busy-1": "busy", "busy-2": "busy", "busy-3": "busy", "quiet-1": "quiet"}
    for _ in range(400):
        for ticket, party in list(waiting.items()):
            if books[len(ticket) % 2].turn(MODEL, party, ticket, clock.wall()).wait_s == 0:
                order.append(ticket)
                del waiting[ticket]
        clock.advance(0.25)
        if not waiting:
            break
    assert order[:2] == ["busy-1", "quiet-1"]
    assert len(order) == 4


def test_a_ticket_that_nobody_shows_any_more_holds_nobody_up(
    books: tuple[BooksPaceBook, BooksPaceBook], clock: FakeClock
) -> None:
    slow(books[0], clock)
    books[0].turn(MODEL, "dead", "dead", clock.wall())
    clock.advance(6.0)
    assert books[1].turn(MODEL, "alive", "alive", clock.wall()).wait_s == 0


def test_who_leaves_holds_nobody_up(books: tuple[BooksPaceBook, BooksPaceBook], clock: FakeClock) -> None:
    slow(books[0], clock)
    books[0].turn(MODEL, "gone", "gone", clock.wall())
    books[0].leave(MODEL, "gone")
    clock.advance(3.0)
    assert books[1].turn(MODEL, "alive", "alive", clock.wall()).wait_s == 0


def test_a_used_up_quota_pauses_all(books: tuple[BooksPaceBook, BooksPaceBook], clock: FakeClock) -> None:
    books[0].change(MODEL, lambda pace, _: exhausted(pace, clock.wall() + 5000))
    turn = books[1].turn(MODEL, "shop", "t", clock.wall())
    assert (turn.wait_s, turn.reason) == (pytest.approx(5000), Code.AI_QUOTA_EXHAUSTED)


def test_answers_make_it_faster_until_no_limit_is_known(
    books: tuple[BooksPaceBook, BooksPaceBook], clock: FakeClock
) -> None:
    slow(books[0], clock)
    clock.advance(60.0)
    for _ in range(400):
        books[1].change(MODEL, lambda pace, _count: answered(pace, clock.wall()) if pace.is_limited else pace)
    seen: list[Pace] = []
    books[0].change(MODEL, lambda pace, _: seen.append(pace) or pace)
    assert not seen[0].is_limited


def test_the_calls_of_the_last_minute_are_counted(books: tuple[BooksPaceBook, BooksPaceBook], clock: FakeClock) -> None:
    for number in range(12):
        books[0].turn(MODEL, "shop", f"t{number}", clock.wall())
    counts: list[int] = []

    def note(pace: Pace, count: int) -> Pace:
        counts.append(count)
        return slowed(pace, clock.wall(), 1.0, count)

    books[0].change(MODEL, note)
    assert counts[-1] == 12
