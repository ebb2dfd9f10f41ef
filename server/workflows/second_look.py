"""A suspicion's way, step by step: (first look,) longer clip, second look, books, incident, alert.

Durable from the moment it is begun: whatever is killed between or within two steps, another process goes on here. Each
attempt at a window is a workflow of its own, because a window whose second look failed may be asked again.
"""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import CancelledError
from typing import Any, Final, TypeVar

from server.db.books.analyses import Stage, Work, unsettled_work
from server.db.tenant import Tenant
from server.logs import journal
from server.services.analyses import begin_work, workflow_id
from server.services.looks import Look, not_looked
from server.services.parts import Parts
from server.workflows.engine import Steps, StoppedError
from vigint_core.domain.fault import Code, VigintError
from vigint_core.wire import AnalysisResponse

_LEFT_ALONE_S: Final = 10.0  # whoever wrote the work down begins its workflow within that time, or is dead
_MOST_AT_ONCE: Final = 200
_MOST_ATTEMPTS: Final = 5
Result = TypeVar("Result")
_log = journal(__name__)


class SecondLook:
    """The workflow, on the parts of a server. ``loop`` is the server's: the examiner lives on it."""

    def __init__(self, parts: Parts, loop: asyncio.AbstractEventLoop) -> None:
        self._parts = parts
        self._looks = parts.looks
        self._loop = loop

    def run(self, steps: Steps, client_id: str, window_id: str, attempt: int, stage: str, waits: bool) -> None:
        """One attempt. ``stage`` is the look to begin with, ``waits`` whether the desk announced a longer clip."""
        at = (Tenant(self._parts.database, client_id), window_id, attempt)
        with self._looks.counted():
            if stage == Stage.FIRST:
                first = steps.do("first look", self._first, *at)
                if not steps.do("settle first", self._settle_first, *at, first):
                    return
            if waits:
                steps.do_when("context", self._context_is_due, *at)
            second = steps.do("second look", self._second, *at)
            steps.do("settle", self._settle, *at, second)
        incident_ids = steps.do("decide", self._decide, *at)
        if incident_ids:
            steps.do("alert", self._alert, at[0], incident_ids)

    def _first(self, tenant: Tenant, window_id: str, attempt: int) -> dict[str, Any] | None:
        work = _work(tenant, window_id, attempt)
        if work is None:
            return None
        answer: AnalysisResponse = self._awaited(self._looks.first_again(tenant, work))
        _refuse_stopped(answer.first.reason)
        return answer.model_dump(mode="json")

    def _settle_first(self, tenant: Tenant, window_id: str, attempt: int, first: dict[str, Any] | None) -> bool:
        if first is None:
            return False
        answer = AnalysisResponse.model_validate(first)
        work = _work(tenant, window_id, attempt)
        if work is None or work.stage is not Stage.FIRST:  # done before a kill
            return answer.first.outcome == "suspected"
        return self._looks.settle_first(tenant, work, answer)

    def _context_is_due(self, tenant: Tenant, window_id: str, attempt: int) -> bool:
        work = _work(tenant, window_id, attempt)
        return work is None or self._looks.context_is_due(tenant, work)

    def _second(self, tenant: Tenant, window_id: str, attempt: int) -> Look | None:
        work = _work(tenant, window_id, attempt)
        if work is None:
            return None
        look = self._awaited(self._looks.second(tenant, work))
        _refuse_stopped(look["outcome"]["reason"])
        return look

    def _settle(self, tenant: Tenant, window_id: str, attempt: int, look: Look | None) -> None:
        work = _work(tenant, window_id, attempt)
        if work is not None and look is not None:
            self._looks.settle_second(tenant, work, look)
        else:
            self._looks.tidy(tenant, window_id)

    def _decide(self, tenant: Tenant, window_id: str, _attempt: int) -> list[str]:
        """The incidents of the window, decided anew: also those that did not change, so that none is forgotten."""
        return [change.incident.id for change in self._parts.incidents.decide(tenant, window_id)]

    def _alert(self, tenant: Tenant, incident_ids: list[str]) -> None:
        for incident_id in incident_ids:
            incident = tenant.incidents.one(incident_id)
            if incident is not None:
                self._parts.alerts.consider(tenant, incident)

    def _awaited(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        """What a coroutine on the server's loop returns. Raises StoppedError when the loop ends before it."""
        try:
            return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()
        except CancelledError as error:
            raise StoppedError("look") from error
        except RuntimeError as error:
            if not self._loop.is_closed():
                raise
            coroutine.close()
            raise StoppedError("look") from error


class SecondLookSweep:
    """Finds work that was written down and is not done, and begins it (again)."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._was_here = False
        self._after: Work | None = None

    def sweep(self) -> None:
        """One round, which goes on where the last one came to; after the newest comes the oldest.

        The first one of a process spares nothing: what it wrote down before it could do work, waits.
        """
        now_s = self._parts.clock.wall()
        before_s = now_s - _LEFT_ALONE_S if self._was_here else now_s + 1.0
        found = unsettled_work(self._parts.database, before_s, _MOST_AT_ONCE, self._after)
        for work in found:
            self._begin(work, now_s)
        self._after = found[-1] if len(found) == _MOST_AT_ONCE else None
        self._was_here = True

    def _begin(self, work: Work, now_s: float) -> None:
        begin_work(self._parts.durable, work)
        try:
            self._parts.durable.result(workflow_id(work), 0.0)
        except TimeoutError:
            return  # it is under way
        except VigintError as error:
            if error.code is not Code.WORKER_CRASHED:
                raise
        self._begin_again(work, now_s)

    def _begin_again(self, work: Work, now_s: float) -> None:
        """The workflow has ended and the work has not."""
        tenant = Tenant(self._parts.database, work.client_id)
        _log.error("second look failed", window=work.entry.window_id, attempt=work.attempt)
        if work.attempt >= _MOST_ATTEMPTS and work.answer is not None:
            self._parts.looks.settle_second(tenant, work, not_looked(Code.INTERNAL))
            return
        again = tenant.analyses.begin_again(work, now_s)
        if again is not None:
            begin_work(self._parts.durable, again)


def _work(tenant: Tenant, window_id: str, attempt: int) -> Work | None:
    """The work of an attempt; None where it is done, or another attempt has taken its place."""
    work = tenant.analyses.work(window_id)
    return work if work is not None and work.attempt == attempt else None


def _refuse_stopped(reason: str | None) -> None:
    """An outcome that only says that the server stops is none: whoever takes over looks again."""
    if reason == Code.PIPELINE_STOPPED:
        raise StoppedError("look")
