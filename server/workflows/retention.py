"""The daily job, durably: once a day over all processes, because its name is the day's; a kill is no end of it."""

from typing import Final

from server.logs import journal
from server.services.durable import DurableWork
from server.services.retention import WORKFLOW, Retention
from server.workflows.engine import Steps, Workflow
from vigint_core.domain.fault import Code, VigintError

DELAY_S: Final = 600.0
"""After a server has found that it is due: a start is busy enough."""
AGAIN_S: Final = 3600.0
"""After it failed."""
MOST_ATTEMPTS: Final = 5
"""For one day."""
_log = journal(__name__)


def erasing(retention: Retention) -> Workflow:
    """The workflow ``retention``: takes the day. Its steps may be repeated, and tell numbers only."""

    def erase(steps: Steps, day: str) -> None:
        steps.do("begin", retention.begin, day)
        of_clients = steps.do("clients", retention.sweep_clients)
        of_none = steps.do("rest", retention.sweep_rest)
        steps.do("finish", retention.finish, day, [of_clients, of_none])

    return erase


class RetentionSweep:
    """Puts the day's work into the line unless it is there or done, and again where it failed.

    Each attempt is a workflow of its own. All processes find the same of the same names, so they agree on which it is.
    """

    def __init__(self, retention: Retention, work: DurableWork) -> None:
        self._retention = retention
        self._work = work
        self._day = ""
        self._attempt = 1
        self._enqueued = False
        self._seen_to = ""

    def sweep(self) -> None:
        """One round; once a day's work is done, all others of the day cost nothing."""
        day = self._retention.day()
        if day == self._seen_to:
            return
        if day != self._day:
            self._day, self._attempt, self._enqueued = day, 1, False
        if self._retention.is_done(day) or self._has_succeeded(day):
            self._seen_to, self._work.trouble = day, None

    def _has_succeeded(self, day: str) -> bool:
        """Whether the attempt has, which is begun if it was not; the next one takes its place where it failed."""
        name = attempt_id(day, self._attempt)
        if not self._enqueued:
            self._work.enqueue(WORKFLOW, name, day, delay_s=DELAY_S if self._attempt == 1 else AGAIN_S)
            self._enqueued = True
        try:
            self._work.result(name, 0.0)
        except TimeoutError:
            return False
        except VigintError as error:
            if error.code is not Code.WORKER_CRASHED:
                raise
            self._fail(day, error)
            return False
        return True

    def _fail(self, day: str, error: VigintError) -> None:
        _log.error("what is not kept was not erased", day=day, attempt=self._attempt, detail=error.detail)
        self._work.trouble = Code.SERVER_ERASING_FAILED
        if self._attempt == MOST_ATTEMPTS:
            self._seen_to = day  # the next day is another one
        else:
            self._attempt, self._enqueued = self._attempt + 1, False


def attempt_id(day: str, attempt: int) -> str:
    """The id of the workflow."""
    return f"{WORKFLOW}:{day}" if attempt == 1 else f"{WORKFLOW}:{day}:{attempt}"
