"""Durable work of this process: launched when the server listens, kept alive by a lease, taken over from the dead.

Each process works under an id of its own and renews a lease for it. A lease that ran out is taken by one living
process, which makes what its owner left the business of all; so is work whose owner has no lease at all, as after the
books were restored from a copy. A process that was held up so long that others took its work over begins again under
a new id.

The lease is kept apart from all other chores: however much there is to look after, whoever works is not taken for dead.
"""

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import anyio.to_thread

from server.db.database import Database
from server.db.leases import LeaseBook
from server.logs import journal
from server.workflows.engine import Engine, Workflow
from vigint_core.domain.fault import Code, VigintError
from vigint_core.ports import Clock

LEASE_S: Final = 15.0
RENEW_S: Final = 5.0
RETRY_S: Final = 1.0  # after a renewal that failed: a lease bears several
STUCK_S: Final = 300.0
"""Whoever looks after the work for so long at a time hangs: then others do better with it. A round takes seconds."""
_ROUND_S: Final = 10.0  # how often is looked for work whose owner has no lease, and for what was not begun
_GRACE_S: Final = 5.0
_log = journal(__name__)


@dataclass(frozen=True, slots=True)
class Plan:
    """What durable work there is.

    Attributes:
        workflows: by the names under which they are started; each takes ``Steps`` and what it was started with.
        sweeps: done when work can be done, and every ten seconds then: each finds what a killed process wrote down and
            did not begin, and begins it, some hundred at a time. Each must bear being done by several processes at
            once, also by one that has just lost its lease.
    """

    workflows: Mapping[str, Workflow]
    sweeps: Sequence[Callable[[], None]] = ()


class Durable:
    """Starts workflows, and sees to it that they end, whoever dies. Thread-safe.

    DBOS is one for a process: two servers of one process (tests have them) must be on one database, and the first does
    the work of both.
    """

    def __init__(self, database: Database, plan: Plan, clock: Clock) -> None:
        """Nothing is begun yet."""
        self._url = database.url_for_work
        self._plan = plan
        self._leases = LeaseBook(database)
        self._clock = clock
        self._turn = threading.Lock()  # what is under way goes on while the task that asked for it is cancelled
        self._looking = threading.Lock()
        self._look_began_s: float | None = None
        self._stopped = False
        self._engine: Engine | None = None
        self._faults: dict[Callable[[], None], Code | None] = dict.fromkeys(
            (self.keep, self.look), Code.SERVER_STARTING
        )
        self._orphans_due_s = self._sweep_due_s = float("-inf")

    @property
    def fault(self) -> Code | None:
        """Why no durable work is done now, or None while it is."""
        found = self._faults.values()
        return next((each for each in (Code.SERVER_WORK_STOPPED, Code.SERVER_STARTING) if each in found), None)

    async def run(self, begin: asyncio.Event) -> None:
        """Wait for ``begin``, launch, keep the lease and look after the work; ends by being cancelled.

        ``stop`` is due then.
        """
        await begin.wait()
        launched = anyio.CapacityLimiter(1)
        first_s = await anyio.to_thread.run_sync(self._do, self.keep, limiter=launched)
        async with asyncio.TaskGroup() as chores:
            chores.create_task(self._again_and_again(self.keep, first_s))
            chores.create_task(self._again_and_again(self.look, 0.0))

    async def _again_and_again(self, chore: Callable[[], None], wait_s: float) -> None:
        thread = anyio.CapacityLimiter(1)  # its own: requests that hold all others must not cost the lease
        while True:
            await asyncio.sleep(wait_s)
            wait_s = await anyio.to_thread.run_sync(self._do, chore, limiter=thread)

    def keep(self) -> None:
        """Launch unless it runs; renew the lease. Nothing after ``stop``.

        Raises what the database raises; ``run`` calls it every few seconds whatever happened.
        """
        with self._turn:
            if not self._stopped:
                self._refuse_stuck()
                self._keep()
                self._faults[self.keep] = None

    def look(self) -> None:
        """Take over what the dead left, and begin what was not begun. Nothing before the launch and after ``stop``.

        Raises what the database raises; ``run`` calls it every few seconds whatever happened.
        """
        with self._looking:
            engine = self._engine
            if engine is None or self._stopped:
                return
            self._look_began_s = self._clock.monotonic()
            try:
                self._take_over(engine)
                self._sweep()
                self._faults[self.look] = None
            finally:
                self._look_began_s = None

    def _keep(self) -> None:
        engine = self._engine
        if engine is not None and not self._leases.renew(engine.executor_id, self._clock.wall() + LEASE_S):
            _log.warning("others took this process for dead: it begins anew", executor=engine.executor_id)
            self._leave(0.0, lost=True)
        if self._engine is None:
            self._join()

    def _refuse_stuck(self) -> None:
        """Give the work up while this process hangs over it. Raises VigintError(SERVER_WORK_STOPPED)."""
        began_s = self._look_began_s
        if began_s is not None and self._clock.monotonic() - began_s > STUCK_S:
            self._give_up(lost=True)
            raise VigintError(Code.SERVER_WORK_STOPPED, "looking after the work takes too long")

    def stop(self) -> None:
        """Let the steps under way end, and leave the rest to the living. Harmless to repeat."""
        self._stopped = True
        with self._looking, self._turn:
            self._give_up()

    def _give_up(self, *, lost: bool = False) -> None:
        engine = self._engine
        self._leave(_GRACE_S, lost=lost)
        if engine is not None:
            with suppress(VigintError):  # then the lease runs out by itself
                self._leases.release(engine.executor_id)

    def start(self, name: str, workflow_id: str, args: tuple[object, ...]) -> None:
        """``DurableWork.start``."""
        self._launched().start(name, workflow_id, args)

    def enqueue(self, name: str, workflow_id: str, args: tuple[object, ...], delay_s: float) -> None:
        """``DurableWork.enqueue``."""
        self._launched().enqueue(name, workflow_id, args, delay_s)

    def result(self, workflow_id: str, timeout_s: float) -> Any:
        """``DurableWork.result``."""
        return self._launched().result(workflow_id, timeout_s)

    def _launched(self) -> Engine:
        if self._engine is None:
            raise VigintError(self.fault or Code.SERVER_STARTING, "durable work is not done now")
        return self._engine

    def _do(self, chore: Callable[[], None]) -> float:
        """Do it once, and return after how many seconds it is due again.

        Outermost frame of this worker: whatever fails is a fault, and is tried again.
        """
        try:
            chore()
        except Exception:  # noqa: BLE001 - the outermost frame of a worker
            if self.fault is not Code.SERVER_WORK_STOPPED:
                _log.exception("durable work stands still")
            self._faults[chore] = Code.SERVER_WORK_STOPPED
            return RETRY_S if chore == self.keep and self._engine is not None else RENEW_S
        return RENEW_S

    def _join(self) -> None:
        """Work with the engine of this process: launched unless another server of the process has."""
        self._engine = _HOUSE.enter(self)
        _log.info("durable work is done", executor=self._engine.executor_id)

    def launch(self) -> Engine:
        """A new engine, with its lease. Raises whatever the database raises."""
        engine = Engine(self._url, self._plan.workflows)
        self._leases.open(engine.executor_id, self._clock.wall() + LEASE_S)
        engine.launch()
        if not self._leases.renew(engine.executor_id, self._clock.wall() + LEASE_S):
            engine.stop(0.0)
            raise VigintError(Code.SERVER_WORK_STOPPED, "the launch took longer than a lease")
        return engine

    @property
    def url(self) -> str:
        """Where its work is written down. May hold a password."""
        return self._url

    def _leave(self, grace_s: float, *, lost: bool = False) -> None:
        engine, self._engine = self._engine, None
        if engine is not None:
            self._faults[self.keep] = Code.SERVER_STARTING
            _HOUSE.leave(self, engine, grace_s, lost=lost)

    def _take_over(self, engine: Engine) -> None:
        """Make the work of the dead anybody's. A process that dies here leaves orphans, which the next look finds."""
        now_s = self._clock.wall()
        dead = self._leases.take_over(now_s, but=engine.executor_id)
        if not dead and self._clock.monotonic() < self._orphans_due_s:
            return
        self._orphans_due_s = self._clock.monotonic() + _ROUND_S
        left = sorted(engine.owners() - self._leases.living())
        if left:
            _log.warning("work of the dead is taken over", executors=left, workflows=engine.recover(left))

    def _sweep(self) -> None:
        if self._clock.monotonic() < self._sweep_due_s:
            return
        for sweep in self._plan.sweeps:
            if not self._stopped:
                sweep()
        self._sweep_due_s = self._clock.monotonic() + _ROUND_S


class _House:
    """Who of this process uses the one engine that it can have."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._inside: list[Durable] = []

    def enter(self, durable: Durable) -> Engine:
        """The engine for a server. Raises VigintError where the process already works on another database."""
        with self._lock:
            if self._inside and self._inside[0].url != durable.url:
                raise VigintError(Code.SERVER_WORK_STOPPED, "this process does another server's durable work")
            if self._engine is None:
                self._engine = durable.launch()
            self._inside.append(durable)
            return self._engine

    def leave(self, durable: Durable, engine: Engine, grace_s: float, *, lost: bool) -> None:
        """A server is done with an engine; with the last one, or when its work is lost to others, so is the engine."""
        with self._lock:
            self._inside.remove(durable)
            if self._engine is engine and (lost or not self._inside):
                self._engine = None
                engine.stop(grace_s)


_HOUSE: Final = _House()
