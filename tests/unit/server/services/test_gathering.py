"""Questions that come together share a round; what goes wrong goes to whoever asked, and to nobody else."""

import asyncio
import threading
from collections.abc import Coroutine, Sequence
from typing import Any
from unittest.mock import ANY

import pytest

from server.services.gathering import Gathering
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.request_id import bound_request_id, current_request_id

_WAIT_S = 20.0


class Books:
    """Answers each number with its double, and holds every round until the test lets it go on."""

    def __init__(self, held: bool = False) -> None:
        self.rounds: list[list[int]] = []
        self.begun = threading.Semaphore(0)
        self.go_on = threading.Semaphore(0 if held else 1000)
        self.broken = False

    def ask(self, numbers: Sequence[int]) -> Sequence[int]:
        self.rounds.append(list(numbers))
        self.begun.release()
        assert self.go_on.acquire(timeout=_WAIT_S)
        if self.broken:
            raise VigintError(Code.SERVER_STORAGE, "gone")
        return [2 * number for number in numbers]

    async def has_begun(self) -> None:
        assert await asyncio.to_thread(self.begun.acquire, timeout=_WAIT_S)


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, _WAIT_S))


def asked(gathering: Gathering[int, int], numbers: Sequence[int]) -> list[asyncio.Task[int]]:
    return [asyncio.create_task(gathering.answer(number)) for number in numbers]


def test_who_comes_together_shares_a_round_and_gets_an_answer_of_its_own() -> None:
    books = Books()

    async def work() -> None:
        assert await asyncio.gather(*asked(Gathering(books.ask), range(10))) == [2 * number for number in range(10)]

    run(work())
    assert books.rounds == [list(range(10))]


def test_who_comes_during_a_round_is_asked_for_after_it() -> None:
    """An answer is never older than its question, and the next round is for all who waited."""
    books = Books(held=True)

    async def work() -> None:
        gathering = Gathering(books.ask)
        first = asked(gathering, [1])
        await books.has_begun()
        later = asked(gathering, [2, 3])
        await asyncio.sleep(0)
        books.go_on.release(2)
        assert await asyncio.gather(*first, *later) == [2, 4, 6]

    run(work())
    assert books.rounds == [[1], [2, 3]]


def test_a_round_is_bounded_and_the_first_come_are_the_first_asked_for() -> None:
    books = Books()

    async def work() -> None:
        await asyncio.gather(*asked(Gathering(books.ask, most=4), range(10)))

    run(work())
    assert books.rounds == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


def test_a_slow_round_holds_up_nobody_where_there_may_be_more() -> None:
    books = Books(held=True)

    async def work() -> None:
        gathering = Gathering(books.ask, rounds=2)
        slow = asked(gathering, [1])
        await books.has_begun()
        quick = asked(gathering, [2])
        await books.has_begun()
        waits = asked(gathering, [3])
        await asyncio.sleep(0)
        assert books.rounds == [[1], [2]], "two at once, and no third"
        books.go_on.release(4)
        assert await asyncio.gather(*slow, *quick, *waits) == [2, 4, 6]
        assert await gathering.answer(4) == 8, "also after all have ended"

    run(work())


def test_everybody_of_a_round_learns_of_its_failure_and_the_next_round_is_made() -> None:
    books = Books()
    books.broken = True

    async def work() -> None:
        gathering = Gathering(books.ask)
        found = await asyncio.gather(*asked(gathering, [1, 2]), return_exceptions=True)
        assert [getattr(each, "code", None) for each in found] == [Code.SERVER_STORAGE] * 2
        books.broken = False
        assert await gathering.answer(3) == 6

    run(work())


def test_who_goes_away_takes_nobody_along_and_is_not_asked_for() -> None:
    books = Books(held=True)

    async def work() -> None:
        gathering = Gathering(books.ask)
        first, second = asked(gathering, [1, 2])
        await books.has_begun()
        third, fourth = asked(gathering, [3, 4])
        await asyncio.sleep(0)
        first.cancel()
        third.cancel()
        books.go_on.release(2)
        assert await asyncio.gather(second, fourth) == [4, 8]
        assert first.cancelled()
        assert third.cancelled()

    run(work())
    assert books.rounds == [[1, 2], [4]]


def test_a_round_belongs_to_no_request() -> None:
    ids: list[str] = []

    def ask(numbers: Sequence[int]) -> Sequence[int]:
        ids.append(current_request_id())
        return numbers

    async def work() -> None:
        with bound_request_id("mine"):
            await Gathering(ask).answer(1)
            assert current_request_id() == "mine"

    run(work())
    assert ids == [""]


def test_nobody_waits_for_ever_where_the_loop_ends() -> None:
    books = Books(held=True)
    waiting: list[asyncio.Task[int]] = []

    async def work() -> None:
        others = asyncio.all_tasks()
        gathering = Gathering(books.ask, most=1)
        waiting.extend(asked(gathering, [1, 2]))
        await books.has_begun()
        books.go_on.release(2)
        for task in asyncio.all_tasks().difference(others, waiting):
            task.cancel()
        await asyncio.wait(waiting)

    run(work())
    assert all(task.done() for task in waiting)
    with pytest.raises(asyncio.CancelledError):
        waiting[1].result()


def test_a_question_that_breaks_its_round_breaks_it_for_nobody_else() -> None:
    rounds = []

    def ask(numbers: Sequence[int]) -> Sequence[int]:
        rounds.append(list(numbers))
        return [12 // number for number in numbers]

    async def work() -> None:
        together = asked(Gathering(ask), [1, 0, 3])
        assert await asyncio.gather(*together, return_exceptions=True) == [12, ANY, 4]
        with pytest.raises(ZeroDivisionError):
            await together[1]

    run(work())
    assert rounds == [[1, 0, 3], [1], [0], [3]]
