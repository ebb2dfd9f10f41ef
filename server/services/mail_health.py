"""What is known about alerts on their way: when one was taken last, and since when, and why, none is."""

from collections.abc import Sequence
from typing import Final

from server.config import Config
from server.db.books.alerts import Alert, Standing, channel_standing
from server.db.database import Database
from server.db.tenant import Tenant
from server.mail.smtp import mail_server
from server.services.proofs import Finding, Proof
from vigint_core.domain.alert import Channel, Recipient
from vigint_core.domain.fault import Code
from vigint_core.domain.status import Health

_OF_RECIPIENT: Final = frozenset({Code.MAIL_REFUSED})
"""What a mail server that works says of one recipient."""


def mail_proof(config: Config, database: Database) -> Proof:
    """The mail server by what became of the last mails, whichever process sent them; no mail is sent to ask."""
    server = mail_server(config)

    def prove(_now_s: float) -> Finding:
        if server is None:
            return Finding(Health.NOT_CONFIGURED, Code.MAIL_NOT_CONFIGURED)
        standing = channel_standing(database, Channel.MAIL)
        bad = [one for one in (standing.failing, standing.given_up) if one and one.code not in _OF_RECIPIENT]
        newer = [one for one in bad if _when(one) > (standing.sent_s or 0.0)]
        if newer:
            return _finding(Health.DOWN, newer[0], standing, server.host)
        if standing.failing is not None:
            return _finding(Health.DEGRADED, standing.failing, standing, server.host)
        health = Health.UNKNOWN if standing.sent_s is None else Health.OK
        return _finding(health, None, standing, server.host)

    return prove


def alerts_finding(tenant: Tenant, recipients: Sequence[Recipient]) -> Finding:
    """Whether a client's alerts arrive: the worst that befell any of its recipients since one of its own was taken."""
    if not recipients:
        return Finding(Health.NOT_CONFIGURED, Code.MAIL_NOT_CONFIGURED)
    standings = [tenant.alerts.standing(one.id) for one in recipients]
    for standing in standings:
        if standing.given_up is not None and _when(standing.given_up) > (standing.sent_s or 0.0):
            return _finding(Health.DOWN, standing.given_up, standing)
    for standing in standings:
        if standing.failing is not None:
            return _finding(Health.DEGRADED, standing.failing, standing)
    newest = max(standings, key=lambda one: one.sent_s or 0.0)
    return _finding(Health.UNKNOWN if newest.sent_s is None else Health.OK, None, newest)


def _when(alert: Alert) -> float:
    """Since when it is given up or fails."""
    return alert.finished_s or alert.failing_s or 0.0


def _finding(health: Health, bad: Alert | None, standing: Standing, label: str = "") -> Finding:
    figures = {"waiting": float(standing.waiting)}
    if standing.due_s is not None:
        figures["oldest_due_s"] = standing.due_s
    if bad is not None and bad.failing_s is not None:
        figures["failing_since_s"] = bad.failing_s
    return Finding(
        health,
        None if bad is None else Code(bad.code),
        label,
        "" if bad is None else bad.detail,
        asked_s=standing.sent_s if bad is None else bad.composed_s,
        worked_s=standing.sent_s,
        figures=figures,
    )
