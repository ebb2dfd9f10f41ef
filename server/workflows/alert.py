"""Attending to alerts, durably: one workflow a round of a delivery, each in the line from the time it is due.

A delivery's next round is put into the line by the workflow of the one before. What was put down while no durable work
was done, or lost its workflow, is found by ``Alerts.resume``, a sweep.
"""

from server.logs import journal
from server.services.alerts import Alerts, Met, Next, met
from server.workflows.engine import Steps, Workflow
from vigint_core.domain.fault import Code, VigintError

_log = journal(__name__)


def attending(alerts: Alerts) -> Workflow:
    """The workflow ``alert``: takes a client's id, an alert's id and the round.

    Two steps, so that a message that went out is not sent again while the books take nothing. An error that nobody
    foresaw is a try that failed: the delivery is tried again, given up in time, and its client told.
    """

    def attend(steps: Steps, client_id: str, alert_id: str, at_round: int) -> None:
        tried = steps.do("attend", try_it, client_id, alert_id, at_round)
        if isinstance(tried, dict):
            again = steps.do("settle", alerts.settle, client_id, alert_id, at_round, tried)
        else:
            again = tried
        if again is not None:
            next_round, at_s = again
            alerts.begin_round(client_id, alert_id, next_round, at_s)

    def try_it(client_id: str, alert_id: str, at_round: int) -> Met | Next:
        try:
            return alerts.attend(client_id, alert_id, at_round)
        except Exception as error:
            if isinstance(error, VigintError) and error.code is Code.SERVER_STORAGE:
                raise  # nothing was sent: the step waits for the books
            _log.error("unforeseen error", alert=alert_id, client=client_id, exc_info=error)
            return met(VigintError(Code.INTERNAL, type(error).__name__))

    return attend
