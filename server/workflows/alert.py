"""Attending to alerts, durably: one workflow a round of a delivery, each in the line from the time it is due.

A delivery's next round is put into the line by the workflow of the one before. What was put down while no durable work
was done, or lost its workflow, is found by ``Alerts.resume``, a sweep.
"""

from server.services.alerts import Alerts
from server.workflows.engine import Steps, Workflow


def attending(alerts: Alerts) -> Workflow:
    """The workflow ``alert``: takes a client's id, an alert's id and the round."""

    def attend(steps: Steps, client_id: str, alert_id: str, at_round: int) -> None:
        again = steps.do("attend", alerts.attend, client_id, alert_id, at_round)
        if again is not None:
            next_round, at_s = again
            alerts.begin_round(client_id, alert_id, next_round, at_s)

    return attend
