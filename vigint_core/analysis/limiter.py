"""Who may ask a model now: one pace per key, shared by all who use it, and fair between them.

While no limit is known nobody waits. When one is, the party that was served longest ago goes first, so that a busy
camera (on a server: a busy client) can't keep a quiet one from being looked at. A look that could not start in time is
told why at once, instead of being held until it is stale.
"""

import asyncio
import itertools
import logging
import threading
import uuid
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, Protocol

import anyio.to_thread

from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.verdict import NotAnalysed
from vigint_core.policy.pace import Pace, answered, exhausted, next_reset_s, slowed, started
from vigint_core.ports import Clock

_log = logging.getLogger(__name__)
_LONGEST_NAP_S: Final = 0.25  # between two questions whether it is one's turn
_MINUTE_S: Final = 60.0
_SOON_S: Final = 0.001  # of somebody who waits for others alone


@dataclass(frozen=True, slots=True)
class Turn:
    """The answer to: may I ask now?

    Attributes:
        wait_s: 0 when it is one's turn, which then counts as taken; else how long it takes at the least.
        reason: why one has to wait.
    """

    wait_s: float
    reason: Code = Code.AI_RATE_LIMITED


class PaceBook(Protocol):
    """Where the paces of a key's models are kept. Thread-safe. Two: in this process, in a server's database."""

    def turn(self, model: str, party: str, ticket: str, now_s: float) -> Turn:
        """Ask for a turn; who waits asks again with the same ticket."""

    def leave(self, model: str, ticket: str) -> None:
        """Wait no more without having had a turn."""

    def change(self, model: str, how: Callable[[Pace, int], Pace]) -> None:
        """Make another pace of the one in force and of the number of calls that started in the last minute."""


class Limiter:
    """Admits calls and learns from their answers. Used on one event loop."""

    def __init__(
        self,
        book: PaceBook,
        clock: Clock,
        quota_zone: str,
        quota_hour: int,
        nap: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._book = book
        self._clock = clock
        self._quota_resets = (quota_zone, quota_hour)
        self._nap = nap
        self._serials = itertools.count()
        self._process = uuid.uuid4().hex
        self._closed = False

    def close(self) -> None:
        """Let nobody wait any longer: the program ends."""
        self._closed = True

    async def admit(self, model: str, party: str, until_mono_s: float) -> NotAnalysed | None:
        """Wait for a turn; None when it has come, else why it can't come before ``until_mono_s``."""
        ticket = f"{self._process}-{next(self._serials)}"
        waited = False
        try:
            while True:
                turn = await anyio.to_thread.run_sync(self._book.turn, model, party, ticket, self._clock.wall())
                if turn.wait_s <= 0:
                    waited = False
                    return None
                waited = True
                if self._closed:
                    return NotAnalysed(Code.PIPELINE_STOPPED)
                if self._clock.monotonic() + turn.wait_s > until_mono_s:
                    return NotAnalysed(turn.reason, f"{model}: asked to wait", retry_after_s=turn.wait_s)
                await self._nap(min(turn.wait_s, _LONGEST_NAP_S))
        finally:
            if waited:
                self._book.leave(model, ticket)

    async def refused(self, model: str, failure: NotAnalysed) -> None:
        """The provider refused a call; only refusals for too many calls teach anything."""
        now_s = self._clock.wall()
        if failure.reason is Code.AI_QUOTA_EXHAUSTED:
            reset_s = next_reset_s(now_s, *self._quota_resets)
            await self._change(model, lambda pace, _: exhausted(pace, reset_s))
        elif failure.reason is Code.AI_RATE_LIMITED:
            await self._change(model, lambda pace, count: slowed(pace, now_s, failure.retry_after_s, count))

    async def answered(self, model: str, *, in_spite: bool = False) -> None:
        """The provider answered; ``in_spite`` of a pause, if the call did not ask for a turn."""
        now_s = self._clock.wall()
        await self._change(model, lambda pace, _: answered(pace, now_s, in_spite=in_spite) if pace.is_limited else pace)

    async def _change(self, model: str, how: Callable[[Pace, int], Pace]) -> None:
        try:
            await anyio.to_thread.run_sync(self._book.change, model, how)
        except VigintError as error:  # an answer that is here must not be lost for what could be learnt from it
            _log.error("a pace is not kept: %s", error)


@dataclass(slots=True)
class _Lane:
    """One model: its pace, who waits (by ticket), who was served when, and the starts of the last minute."""

    pace: Pace = field(default_factory=Pace)
    waiting: dict[str, str] = field(default_factory=dict)
    served_s: dict[str, float] = field(default_factory=dict)
    starts_s: deque[float] = field(default_factory=deque)

    def ahead(self, ticket: str) -> int:
        """How many go first: those whose party was served longer ago; of equals, who came first."""
        in_turn = sorted(self.waiting, key=lambda each: self.served_s.get(self.waiting[each], float("-inf")))
        return in_turn.index(ticket)


class LocalPaceBook:
    """``PaceBook`` of one process. Parties are cameras, so nothing here grows without bound."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lanes: dict[str, _Lane] = {}
        self._lock = threading.Lock()

    def turn(self, model: str, party: str, ticket: str, now_s: float) -> Turn:
        """Ask for a turn."""
        with self._lock:
            lane = self._lanes.setdefault(model, _Lane())
            lane.waiting[ticket] = party
            ahead = lane.ahead(ticket) if lane.pace.is_limited else 0
            wait_s = lane.pace.start_s(now_s) - now_s + ahead * lane.pace.interval_s
            if wait_s > 0 or ahead:
                return Turn(max(wait_s, _SOON_S), lane.pace.reason)
            del lane.waiting[ticket]
            lane.served_s[party] = now_s
            lane.starts_s.append(now_s)
            self._forget(lane, now_s)
            lane.pace = started(lane.pace, now_s)
            return Turn(0.0)

    def leave(self, model: str, ticket: str) -> None:
        """Wait no more."""
        with self._lock:
            self._lanes[model].waiting.pop(ticket, None)

    def change(self, model: str, how: Callable[[Pace, int], Pace]) -> None:
        """Make another pace."""
        with self._lock:
            lane = self._lanes.setdefault(model, _Lane())
            self._forget(lane, self._clock.wall())
            lane.pace = how(lane.pace, len(lane.starts_s))

    def _forget(self, lane: _Lane, now_s: float) -> None:
        while lane.starts_s and lane.starts_s[0] < now_s - _MINUTE_S:
            lane.starts_s.popleft()
