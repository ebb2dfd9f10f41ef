"""What is known about alerts on their way: when one was taken last, and since when, and why, none is."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from server.db.books.alerts import Alert, Standing, channel_standing
from server.db.database import Database
from server.db.tenant import Tenant
from server.services.mail_probe import OF_WAY, MailProbe, Way
from server.services.proofs import Finding, Proof
from vigint_core.domain.alert import Channel, Recipient
from vigint_core.domain.fault import Code
from vigint_core.domain.status import Health

_OF_RECIPIENT: Final = frozenset({Code.MAIL_REFUSED, Code.INTERNAL})
"""What a mail server that works says of one recipient, and what went wrong here with one mail."""
_DISPROVED: Final = OF_WAY | {Code.MAIL_NOT_CONFIGURED}
_PASSING: Final = frozenset({Code.MAIL_DEFERRED})


def mail_proof(database: Database, probe: MailProbe) -> Proof:
    """The mail server by its last proof and by what became of the last mails, whichever process sent them."""

    def proven(_now_s: float) -> Finding:
        if probe.server is None:
            return Finding(Health.NOT_CONFIGURED, Code.MAIL_NOT_CONFIGURED)
        standing, way = channel_standing(database, Channel.MAIL), probe.way
        by_sign_in = "a sign-in" if probe.server.username else "a greeting"
        return replace(_of_mail(standing, way, by_sign_in), label=probe.server.host)

    return proven


def alerts_finding(tenant: Tenant, recipients: Sequence[Recipient]) -> Finding:
    """Whether a client's alerts arrive: the worst that befell any of its recipients since one of its own was taken."""
    if not recipients:
        return Finding(Health.NOT_CONFIGURED, Code.MAIL_NOT_CONFIGURED)
    standings = [tenant.alerts.standing(one.id) for one in recipients]
    for standing in standings:
        if standing.given_up is not None and _when(standing.given_up) > (standing.sent_s or 0.0):
            return _ill(Health.DOWN, standing.given_up, standing)
    for standing in standings:
        if standing.failing is not None:
            return _ill(Health.DEGRADED, standing.failing, standing)
    newest = max(standings, key=lambda one: one.sent_s or 0.0)
    health = Health.UNKNOWN if newest.sent_s is None else Health.OK
    return Finding(health, asked_s=newest.sent_s, worked_s=newest.sent_s, figures=_figures(newest))


def _of_mail(standing: Standing, way: Way, by_sign_in: str) -> Finding:
    """The newest evidence counts: a mail that was taken, a try that failed, a proof of the way."""
    sent_s, proven_s = standing.sent_s or 0.0, way.worked_s or 0.0
    worked_s = max(sent_s, proven_s) or None
    figures = _figures(standing)
    figures |= {"sent_s": sent_s} if sent_s else {}
    figures |= {"proven_s": proven_s} if proven_s else {}
    if way.code is not None and (way.failed_s or 0.0) > sent_s:
        health = Health.DEGRADED if way.code in _PASSING else Health.DOWN
        figures["failing_since_s"] = way.since_s or 0.0
        return Finding(health, way.code, "", way.detail, way.failed_s, worked_s, figures=figures)
    failing = None if _is_disproved(standing.failing, proven_s) else standing.failing
    given_up = None if _is_disproved(standing.given_up, proven_s) else standing.given_up
    grave = [one for one in (failing, given_up) if one and one.code not in _OF_RECIPIENT and _when(one) > sent_s]
    ill = next(iter(grave), failing)
    if ill is not None:
        found = _ill(Health.DOWN if grave else Health.DEGRADED, ill, standing)
        return replace(found, worked_s=worked_s, figures=figures | found.figures)
    if worked_s is None:
        return Finding(Health.UNKNOWN, figures=figures)
    by = "a mail" if sent_s >= proven_s else by_sign_in
    return Finding(Health.OK, detail=f"proven by {by}", asked_s=worked_s, worked_s=worked_s, figures=figures)


def _is_disproved(alert: Alert | None, proven_s: float) -> bool:
    """Whether the way that a delivery failed on was proven after its last try."""
    return alert is not None and alert.code in _DISPROVED and proven_s > (alert.composed_s or 0.0)


def _when(alert: Alert) -> float:
    """Since when it is given up or fails."""
    return alert.finished_s or alert.failing_s or 0.0


def _ill(health: Health, bad: Alert, standing: Standing) -> Finding:
    figures = _figures(standing)
    if bad.failing_s is not None:
        figures["failing_since_s"] = bad.failing_s
    return Finding(health, Code(bad.code), "", bad.detail, bad.composed_s, standing.sent_s, figures=figures)


def _figures(standing: Standing) -> dict[str, float]:
    figures = {"waiting": float(standing.waiting)}
    if standing.due_s is not None:
        figures["oldest_due_s"] = standing.due_s
    return figures
