"""The daily job, durably: once a day over all processes, because its name is the day's; a kill is no end of it."""

from typing import Final

from server.services.durable import DurableWork
from server.services.retention import WORKFLOW, Retention
from server.workflows.engine import Steps, Workflow

DELAY_S: Final = 600.0
"""After a server has found that it is due: a start is busy enough."""


def erasing(retention: Retention) -> Workflow:
    """The workflow ``retention``: takes the day. Its steps may be repeated, and tell numbers only."""

    def erase(steps: Steps, day: str) -> None:
        steps.do("begin", retention.begin, day)
        of_clients = steps.do("clients", retention.sweep_clients)
        of_none = steps.do("rest", retention.sweep_rest)
        steps.do("finish", retention.finish, day, [of_clients, of_none])

    return erase


class RetentionSweep:
    """Puts the day's work into the line, unless it is there or done."""

    def __init__(self, retention: Retention, work: DurableWork) -> None:
        self._retention = retention
        self._work = work
        self._seen_to = ""

    def sweep(self) -> None:
        """One round; all but the first of a day cost nothing."""
        day = self._retention.day()
        if day == self._seen_to:
            return
        if not self._retention.is_done(day):
            self._work.enqueue(WORKFLOW, f"{WORKFLOW}:{day}", day, delay_s=DELAY_S)
        self._seen_to = day
