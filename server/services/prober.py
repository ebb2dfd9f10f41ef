"""Asks the AI whether it answers: at the start, once a day, and more often while it does not."""

import asyncio
import math

import anyio.to_thread

from server.db.books.calls import add_calls
from server.db.database import Database
from server.logs import journal
from server.services.ai_health import AiHealth
from server.services.examiner import Examiner
from vigint_core.analysis.examiner import Probe
from vigint_core.domain.fault import Code, VigintError
from vigint_core.ports import Clock

_log = journal(__name__)


class Prober:
    """A task beside the requests. Its calls stand in the ledger under no client: the owner of the server pays them."""

    def __init__(self, examiner: Examiner, health: AiHealth, database: Database, clock: Clock) -> None:
        self._examiner = examiner
        self._health = health
        self._database = database
        self._clock = clock

    async def run(self, begin: asyncio.Event) -> None:
        """Wait for ``begin``, then probe when it is due; ends by being cancelled."""
        await begin.wait()
        changed = asyncio.Event()
        loop = asyncio.get_running_loop()

        def wake() -> None:
            loop.call_soon_threadsafe(changed.set)

        self._health.listen(wake)
        while True:
            changed.clear()
            wait_s = self._health.begin_probe()
            if wait_s == 0:
                await self._probe()
                continue
            await first_of(changed, wait_s)

    async def _probe(self) -> None:
        probe = await self._ask()
        self._health.note_probe(probe)
        told = _log.info if probe.code is None and probe.notice is None else _log.warning
        code = probe.code or probe.notice
        told("ai probed", model=probe.model, code=code, detail=probe.detail, latency_s=round(probe.latency_s, 3))
        try:
            await anyio.to_thread.run_sync(self._write, probe)
        except VigintError as error:
            _log.error("probe not written into the ledger", code=error.code, detail=error.detail)

    def _write(self, probe: Probe) -> None:
        with self._database.writing() as session:
            add_calls(session, None, None, probe.calls, self._clock.wall())

    async def _ask(self) -> Probe:
        """One probe. Outermost frame of this worker: what nobody foresaw is a failed proof, not the end of proving."""
        try:
            return await self._examiner.probe()
        except Exception:  # noqa: BLE001 - the outermost frame of a worker
            _log.exception("probe crashed")
            return Probe("", Code.INTERNAL, "", 0.0)


async def first_of(changed: asyncio.Event, wait_s: float) -> None:
    """Return when ``changed`` is set, or after ``wait_s`` (inf: never)."""
    try:
        async with asyncio.timeout(None if math.isinf(wait_s) else wait_s):
            await changed.wait()
    except TimeoutError:
        return
