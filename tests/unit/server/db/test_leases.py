"""Leases: one owner each, renewed while it lives, taken by one when it does not."""

from concurrent.futures import ThreadPoolExecutor

from server.db.database import Database
from server.db.leases import LeaseBook


def test_a_lease_lives_until_it_runs_out(database: Database) -> None:
    book = LeaseBook(database)
    book.open("a", 100.0)
    assert book.living() == {"a"}
    assert book.take_over(100.0) == []
    assert book.take_over(100.1) == ["a"]
    assert book.living() == frozenset()


def test_a_renewed_one_is_not_taken(database: Database) -> None:
    book = LeaseBook(database)
    book.open("a", 100.0)
    assert book.renew("a", 115.0)
    assert book.take_over(110.0) == []


def test_who_was_taken_over_is_told_at_the_next_renewal(database: Database) -> None:
    book = LeaseBook(database)
    book.open("a", 100.0)
    book.take_over(101.0)
    assert not book.renew("a", 120.0)


def test_a_released_one_is_anybodys_at_once(database: Database) -> None:
    book = LeaseBook(database)
    book.open("a", 100.0)
    book.release("a")
    assert book.take_over(1.0) == ["a"]


def test_nobody_takes_itself_over(database: Database) -> None:
    book = LeaseBook(database)
    book.open("slow", 100.0)
    book.open("dead", 100.0)
    assert book.take_over(101.0, but="slow") == ["dead"]
    assert book.renew("slow", 116.0)


def test_of_many_who_try_one_takes_over(database: Database) -> None:
    book = LeaseBook(database)
    for number in range(5):
        book.open(f"dead-{number}", 100.0)
    with ThreadPoolExecutor(8) as pool:
        taken = [each for got in pool.map(lambda _: book.take_over(101.0), range(16)) for each in got]
    assert sorted(taken) == [f"dead-{number}" for number in range(5)]
