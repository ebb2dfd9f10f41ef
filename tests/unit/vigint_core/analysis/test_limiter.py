"""One pace per key, shared by all cameras and fair between them. Time is moved by naps alone."""

import asyncio
from itertools import pairwise

import pytest

from tests.fakes.clock import NOON_S, FakeClock
from vigint_core.analysis.limiter import Limiter, LocalPaceBook
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.verdict import NotAnalysed
from vigint_core.policy.pace import next_reset_s, slowed

MODEL, ZONE = "m", "America/Los_Angeles"
LIMITED = NotAnalysed(Code.AI_RATE_LIMITED, "HTTP 429", retry_after_s=2.0)
EXHAUSTED = NotAnalysed(Code.AI_QUOTA_EXHAUSTED, "HTTP 429")


class Gate:
    """A limiter, and who was admitted in which order and when."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.book = LocalPaceBook(self.clock)
        self.limiter = Limiter(self.book, self.clock, ZONE, 0, self._nap)
        self.admitted: list[tuple[str, float]] = []
        self._asking = 0
        self._naps: list[tuple[float, asyncio.Future[None]]] = []

    @property
    def order(self) -> list[str]:
        return [party for party, _ in self.admitted]

    async def ask(self, party: str, seconds: float = 1e6) -> NotAnalysed | None:
        self._asking += 1
        refused = await self.limiter.admit(MODEL, party, self.clock.monotonic() + seconds)
        self._asking -= 1
        self._wake()
        if refused is None:
            self.admitted.append((party, self.clock.monotonic()))
        return refused

    async def ask_all(self, *parties: str) -> list[NotAnalysed | None]:
        return list(await asyncio.gather(*(self.ask(party) for party in parties)))

    async def _nap(self, seconds: float) -> None:
        over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._naps.append((seconds, over))
        self._wake()
        await over

    def _wake(self) -> None:
        """Once everybody who asks naps, the clock goes on to the end of the shortest nap, and all look again."""
        if self._naps and len(self._naps) == self._asking:
            self.clock.advance(min(seconds for seconds, _ in self._naps))
            for _, over in self._naps:
                over.set_result(None)
            self._naps.clear()


def test_while_no_limit_is_known_nobody_waits() -> None:
    gate = Gate()
    begun_s = gate.clock.monotonic()
    assert asyncio.run(gate.ask_all(*["till"] * 50)) == [None] * 50
    assert gate.clock.monotonic() == begun_s


def test_the_delay_that_the_provider_names_is_kept_to_by_everybody() -> None:
    async def play(gate: Gate) -> None:
        await gate.ask("till")
        await gate.limiter.refused(MODEL, LIMITED)
        await gate.ask_all("till", "door", "aisle")

    gate = Gate()
    begun_s = gate.clock.monotonic()
    asyncio.run(play(gate))
    assert min(at_s for _, at_s in gate.admitted[1:]) >= begun_s + 2.0


def test_after_a_refusal_calls_come_at_half_the_pace_of_the_last_minute() -> None:
    async def play(gate: Gate) -> None:
        for _ in range(60):  # one a second
            await gate.ask("till")
            gate.clock.advance(1.0)
        await gate.limiter.refused(MODEL, LIMITED)
        await gate.ask_all(*["till"] * 10)

    gate = Gate()
    asyncio.run(play(gate))
    late = [at_s for _, at_s in gate.admitted[60:]]
    gaps = [b - a for a, b in pairwise(late)]
    assert all(gap == pytest.approx(2.0, abs=0.3) for gap in gaps)


def test_answers_make_it_faster_until_no_limit_is_known_any_more() -> None:
    async def play(gate: Gate) -> None:
        await gate.ask("till")
        await gate.limiter.refused(MODEL, LIMITED)
        gate.clock.advance(60.0)
        for _ in range(300):
            await gate.limiter.answered(MODEL)
        begun_s = gate.clock.monotonic()
        await gate.ask_all(*["till"] * 20)
        assert gate.clock.monotonic() == begun_s

    asyncio.run(play(Gate()))


def test_a_busy_camera_keeps_no_quiet_one_from_being_looked_at() -> None:
    async def play(gate: Gate) -> None:
        await gate.ask("busy")
        await gate.limiter.refused(MODEL, LIMITED)
        await gate.ask_all(*["busy"] * 25, "quiet")

    gate = Gate()
    asyncio.run(play(gate))
    assert gate.order[1:].index("quiet") <= 1


def test_who_asks_a_hundred_times_goes_before_nobody_who_asks_once() -> None:
    clock = FakeClock()
    book = LocalPaceBook(clock)
    book.turn(MODEL, "busy", "0", clock.wall())
    book.change(MODEL, lambda pace, count: slowed(pace, clock.wall(), 2.0, count))
    waiting = {f"busy {number}": "busy" for number in range(100)} | {"quiet": "quiet", "door": "door"}
    order: list[str] = []
    while waiting:
        for ticket, party in list(waiting.items()):
            if not book.turn(MODEL, party, ticket, clock.wall()).wait_s:
                order.append(ticket)
                del waiting[ticket]
        clock.advance(12.0)

    assert order == ["quiet", "door", *(f"busy {number}" for number in range(100))], "the rest as they came"


def test_whoever_is_not_admitted_is_told_each_time() -> None:
    async def play(gate: Gate) -> list[NotAnalysed | None]:
        await gate.ask("busy")
        await gate.limiter.refused(MODEL, LIMITED)
        return list(await asyncio.gather(*(gate.ask("busy", seconds=60.0) for _ in range(30))))

    gate = Gate()
    told = asyncio.run(play(gate))
    dropped = [refused for refused in told if refused]
    assert len(gate.admitted) - 1 + len(dropped) == 30
    assert 0 < len(dropped) < 30
    assert all(refused.reason is Code.AI_RATE_LIMITED and refused.retry_after_s for refused in dropped)


def test_equals_take_turns() -> None:
    async def play(gate: Gate) -> None:
        await gate.ask("a")
        await gate.limiter.refused(MODEL, LIMITED)
        await gate.ask_all(*["a"] * 5, *["b"] * 5, *["c"] * 5)

    gate = Gate()
    asyncio.run(play(gate))
    rounds = [gate.order[i : i + 3] for i in range(1, 16, 3)]
    assert all(sorted(each) == ["a", "b", "c"] for each in rounds)


def test_a_look_that_can_t_start_in_time_is_told_so_at_once() -> None:
    async def play(gate: Gate) -> NotAnalysed | None:
        await gate.ask("till")
        await gate.limiter.refused(MODEL, LIMITED)
        return await gate.ask("till", seconds=1.0)

    gate = Gate()
    begun_s = gate.clock.monotonic()
    refused = asyncio.run(play(gate))
    assert refused is not None
    assert (refused.reason, refused.retry_after_s) == (Code.AI_RATE_LIMITED, pytest.approx(2.0))
    assert gate.clock.monotonic() == begun_s


def test_who_gave_up_holds_up_nobody() -> None:
    async def play(gate: Gate) -> None:
        await gate.ask("till")
        await gate.limiter.refused(MODEL, LIMITED)
        await gate.ask("impatient", seconds=1.0)
        await gate.ask("door")

    gate = Gate()
    begun_s = gate.clock.monotonic()
    asyncio.run(play(gate))
    assert gate.order == ["till", "door"]
    assert gate.clock.monotonic() - begun_s <= 2.3


def test_a_used_up_day_pauses_until_the_quota_begins_anew_and_says_until_when() -> None:
    async def play(gate: Gate) -> tuple[NotAnalysed | None, NotAnalysed | None]:
        await gate.limiter.refused(MODEL, EXHAUSTED)
        paused = await gate.ask("till", seconds=20.0)
        gate.clock.advance(reset_s - NOON_S)
        return paused, await gate.ask("till", seconds=20.0)

    reset_s = next_reset_s(NOON_S, ZONE, 0)
    paused, afterwards = asyncio.run(play(Gate()))
    assert paused is not None
    assert (paused.reason, paused.retry_after_s) == (Code.AI_QUOTA_EXHAUSTED, pytest.approx(reset_s - NOON_S))
    assert afterwards is None


def test_models_have_paces_of_their_own() -> None:
    async def play(gate: Gate) -> NotAnalysed | None:
        await gate.limiter.refused(MODEL, EXHAUSTED)
        return await gate.limiter.admit("another", "till", gate.clock.monotonic())

    assert asyncio.run(play(Gate())) is None


@pytest.mark.parametrize("reason", [Code.AI_OVERLOADED, Code.AI_TIMEOUT, Code.AI_KEY_INVALID])
def test_other_failures_teach_nothing_about_the_pace(reason: Code) -> None:
    async def play(gate: Gate) -> NotAnalysed | None:
        await gate.limiter.refused(MODEL, NotAnalysed(reason))
        return await gate.ask("till", seconds=0.0)

    assert asyncio.run(play(Gate())) is None


def test_closing_lets_nobody_wait_any_longer() -> None:
    async def play(gate: Gate) -> NotAnalysed | None:
        await gate.ask("till")
        await gate.limiter.refused(MODEL, LIMITED)
        gate.limiter.close()
        return await gate.ask("till")

    assert asyncio.run(play(Gate())) == NotAnalysed(Code.PIPELINE_STOPPED)


def test_closing_releases_those_who_wait_already() -> None:
    async def play(gate: Gate) -> list[NotAnalysed | None]:
        await gate.ask("till")
        await gate.limiter.refused(MODEL, EXHAUSTED)
        naps: asyncio.Queue[asyncio.Future[None]] = asyncio.Queue()

        async def nap(_: float) -> None:
            over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            await naps.put(over)
            await over

        limiter = Limiter(gate.book, gate.clock, ZONE, 0, nap)
        waiting = [asyncio.create_task(limiter.admit(MODEL, party, 1e9)) for party in ("till", "door")]
        both = [await naps.get(), await naps.get()]
        limiter.close()
        for over in both:
            over.set_result(None)
        return list(await asyncio.gather(*waiting))

    assert asyncio.run(play(Gate())) == [NotAnalysed(Code.PIPELINE_STOPPED)] * 2


@pytest.mark.expects_log("a pace is not kept")
def test_an_answer_is_not_lost_for_what_could_be_learnt_from_it() -> None:
    class Broken(LocalPaceBook):
        def change(self, model: str, how: object) -> None:
            raise VigintError(Code.SERVER_STORAGE)

    clock = FakeClock()
    asyncio.run(Limiter(Broken(clock), clock, ZONE, 0).answered(MODEL))
