"""The task that proves the AI: it waits for its start, probes when due, and ends when it is told."""

import asyncio
import threading

import pytest
from sqlalchemy import text

from server.db.database import Database
from server.services.ai_health import AiHealth
from server.services.prober import Prober
from tests.fakes.clock import FakeClock
from tests.fakes.examiner import OVERLOADED, ScriptedExaminer
from vigint_core.analysis.examiner import Probe
from vigint_core.domain.fault import Code


class WatchedHealth(AiHealth):
    """Lets a test wait until a probe has counted."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(True, clock)
        self.noted = threading.Event()

    def note_probe(self, probe: Probe) -> None:
        super().note_probe(probe)
        self.noted.set()


async def probes_reach(examiner: ScriptedExaminer, count: int) -> None:
    def wait() -> bool:
        with examiner.probed:
            return examiner.probed.wait_for(lambda: examiner.probes >= count, 30)

    assert await asyncio.to_thread(wait)


async def ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_it_waits_for_its_start(database: Database) -> None:
    examiner = ScriptedExaminer()
    prober = Prober(examiner, AiHealth(True, FakeClock()), database, FakeClock())

    async def scene() -> None:
        begin = asyncio.Event()
        task = asyncio.create_task(prober.run(begin))
        await asyncio.sleep(0)
        assert examiner.probes == 0
        begin.set()
        await probes_reach(examiner, 1)
        await ended(task)

    asyncio.run(scene())


def test_a_failed_look_makes_it_probe_at_once_when_one_is_due(database: Database) -> None:
    """All was well for a long time; then a look fails: the next probe does not wait for a minute."""
    clock = FakeClock()
    examiner, health = ScriptedExaminer(), WatchedHealth(clock)

    async def scene() -> None:
        begin = asyncio.Event()
        begin.set()
        task = asyncio.create_task(Prober(examiner, health, database, clock).run(begin))
        await probes_reach(examiner, 1)
        assert await asyncio.to_thread(health.noted.wait, 10)
        clock.advance(3600)
        await asyncio.to_thread(health.note_looks, (OVERLOADED,), ())
        await probes_reach(examiner, 2)
        await ended(task)

    asyncio.run(scene())


@pytest.mark.expects_log("ai probed")
def test_a_failed_probe_is_not_repeated_before_its_time(database: Database) -> None:
    examiner, clock = ScriptedExaminer(probe_code=Code.AI_BILLING), FakeClock()
    health = WatchedHealth(clock)

    async def scene() -> None:
        begin = asyncio.Event()
        begin.set()
        task = asyncio.create_task(Prober(examiner, health, database, clock).run(begin))
        assert await asyncio.to_thread(health.noted.wait, 10)
        await ended(task)

    asyncio.run(scene())
    assert (examiner.probes, health.begin_probe()) == (1, 60.0)


@pytest.mark.expects_log("probe crashed")
@pytest.mark.expects_log("ai probed")
def test_a_crash_of_the_probe_is_a_failed_proof(database: Database) -> None:
    class Crashing(ScriptedExaminer):
        async def probe(self) -> Probe:
            raise RuntimeError("nobody foresaw this")

    health = AiHealth(True, FakeClock())
    asyncio.run(Prober(Crashing(), health, database, FakeClock())._probe())
    assert health.state.code is Code.INTERNAL


def test_a_probe_is_paid_by_the_owner(database: Database) -> None:
    examiner, health = ScriptedExaminer(), AiHealth(True, FakeClock())
    asyncio.run(Prober(examiner, health, database, FakeClock())._probe())
    with database.reading() as session:
        rows = session.execute(text("SELECT client_id, look, cost_micro_usd FROM calls")).all()
    assert [tuple(row) for row in rows] == [(None, "probe", 700)]
