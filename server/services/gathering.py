"""Questions that come at about the same time, asked together: one round on another thread for all of them.

A round costs far more than most answers, and while one is under way the event loop is slowed down. So whoever comes
while rounds are under way waits for the end of one, and all who waited share the next one. A question is asked after it
came, never before: nothing that an answer rests on is older than its question.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from contextvars import Context
from typing import Final, Generic, TypeVar

import anyio
import anyio.to_thread

from vigint_core.domain.fault import VigintError

Question = TypeVar("Question")
Answer = TypeVar("Answer")
MOST_AT_ONCE: Final = 64


class Gathering(Generic[Question, Answer]):
    """Asks for everybody. Used on one event loop; ``ask`` runs on other threads."""

    def __init__(
        self, ask: Callable[[Sequence[Question]], Sequence[Answer]], most: int = MOST_AT_ONCE, rounds: int = 1
    ) -> None:
        """``ask`` answers questions in their order; at most ``most`` of them are asked together.

        ``rounds``: how many may be under way at once. More than one where an answer is mostly waited for, as a
        database on another machine is.
        """
        self._ask = ask
        self._most = most
        self._rounds = rounds
        self._waiting: deque[tuple[Question, asyncio.Future[Answer]]] = deque()
        self._going: set[asyncio.Task[None]] = set()

    async def answer(self, question: Question) -> Answer:
        """The answer to a question. Raises what ``ask`` raises; a VigintError all learn who asked together."""
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, answered))
        if len(self._going) < self._rounds:
            # Of no request: what is logged there belongs to all who ask, and no leaving one takes it along.
            self._going.add(asyncio.create_task(self._go_rounds(), context=Context()))
        return await answered

    async def _go_rounds(self) -> None:
        """One round after the other, until nobody waits."""
        thread = anyio.CapacityLimiter(1)  # its own: work that holds all the others holds up nobody here
        try:
            while self._waiting:
                some = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
                asked = [each for each in some if not each[1].done()]  # the others have gone away
                if asked:
                    await self._round(asked, thread)
        except asyncio.CancelledError:  # the event loop ends
            while self._waiting:
                self._waiting.popleft()[1].cancel()
            raise
        finally:  # not when the task is done: whoever came in between would wait for ever
            self._going.difference_update({asyncio.current_task()})

    async def _round(
        self, asked: Sequence[tuple[Question, "asyncio.Future[Answer]"]], thread: anyio.CapacityLimiter
    ) -> None:
        questions = [question for question, _ in asked]
        round_ = asyncio.create_task(anyio.to_thread.run_sync(self._ask, questions, limiter=thread))
        try:
            await asyncio.wait([round_])
            if len(asked) > 1 and _is_unforeseen(round_):  # whose question it was, nobody knows: each alone now
                for each in asked:
                    await self._round([each], thread)
        finally:
            for place, (_, answered) in enumerate(asked):
                _settle(answered, round_, place)


def _is_unforeseen(round_: "asyncio.Task[Sequence[Answer]]") -> bool:
    """Whether a round failed of a mistake in one question; what the books as a whole lack, all learn at once."""
    if round_.cancelled():
        return False
    error = round_.exception()
    return isinstance(error, Exception) and not isinstance(error, VigintError)


def _settle(answered: "asyncio.Future[Answer]", round_: "asyncio.Task[Sequence[Answer]]", place: int) -> None:
    """Tell one of those who asked what came of the round, unless it has gone away."""
    if answered.done():
        return
    if not round_.done() or round_.cancelled():
        answered.cancel()
    elif (error := round_.exception()) is not None:
        answered.set_exception(error)
    else:
        answered.set_result(round_.result()[place])
