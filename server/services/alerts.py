"""Alerts that arrive: whom to tell of an incident is decided when it changes, and what to tell when that falls due.

A delivery is a row from the moment it is decided, so a process that dies loses none; durable workflows attend to it,
one a round (``server/workflows/alert.py``). What was put into words and perhaps sent is sent again by whoever takes
over, under the same message id. A try that failed is no telling: the next one tells the newest facts, or nothing where
no news is left. What was put down for somebody who is told nothing any more is put down for those who are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol, TypedDict

from server.db.books.alerts import Alert, AlertDesk, ClientFacts, Due
from server.db.database import Database
from server.db.tables import AlertState
from server.db.tenant import Tenant
from server.logs import journal
from server.mail.failures import UndeliverableError
from server.services.alert_rounds import AlertRounds
from server.services.alert_turns import Turns
from server.services.durable import DurableWork
from server.services.mail_health import alerts_finding
from server.services.proofs import Finding
from server.services.recipients import Recipients
from vigint_core.domain.alert import TOLD_STATES, Channel, Fact, Recipient, Told
from vigint_core.domain.fault import Code, VigintError
from vigint_core.policy.retry import BackOff
from vigint_core.ports import Clock
from vigint_core.wire import IncidentBody, IncidentView

WORKFLOW: Final = "alert"
GIVE_UP_S: Final = 12 * 3600.0
"""How long a delivery is tried."""
OVERDUE_S: Final = 30.0
"""A delivery overdue for longer may have no workflow."""
STUCK_S: Final = 600.0
"""A delivery overdue for longer has lost it: no single try takes that long."""
RETRIES: Final = BackOff(first_s=30.0, factor=2.0, most_s=1800.0)
STILL_WAIT_S: Final = 10.0
"""How long a mail waits for the picture of an incident."""
_STILL_LOOK_S: Final = 2.0
_MOST_DETAIL: Final = 500
_log = journal(__name__)


@dataclass(frozen=True, slots=True)
class Telling:
    """One incident of a message: what is told of it, and the rest as its desk says it now."""

    told: Told
    body: IncidentBody


@dataclass(frozen=True, slots=True)
class Message:
    """What one recipient is to be told, complete. It has at least one telling."""

    tenant: Tenant
    client: ClientFacts
    recipient: Recipient
    alert: Alert
    tellings: Sequence[Telling]


class Met(TypedDict):
    """What a try met, as JSON: ``code`` is "" where the message was taken; ``for_good``: no other try is any use."""

    code: str
    detail: str
    for_good: bool


Next = tuple[int, float] | None
"""The next round of a delivery and the Unix time it is due; None where there is none."""


class Post(Protocol):
    """What carries messages (``services/post.py``)."""

    def lacks_still(self, tenant: Tenant, incident_id: str) -> bool:
        """Whether the picture of an incident has not come yet."""

    def message_id(self, alert_id: str) -> str:
        """What a delivery is called, the same each time."""

    def send(self, message: Message) -> None:
        """Send it. Raises UndeliverableError, and VigintError where another try may succeed."""


class Alerts:
    """Decides, and attends to what was decided. Thread-safe; everything blocks."""

    def __init__(self, database: Database, clock: Clock, recipients: Recipients, post: Post, work: DurableWork) -> None:
        self._database = database
        self._clock = clock
        self._recipients = recipients
        self._post = post
        self._work = work
        self._rounds = AlertRounds(database)

    def consider(self, tenant: Tenant, incident: IncidentView) -> None:
        """An incident is new or has changed: put down who is to be told of it, and see that it is attended to.

        Harmless to repeat, and right in whatever order changes are considered: how the incident stands is read anew.
        Raises VigintError(SERVER_STORAGE) where the books can't be written; then it is to be done again.
        """
        now_s = self._clock.wall()
        with tenant.alerts.deciding() as desk:
            fact = desk.facts([incident.id]).get(incident.id)
            turns = [] if fact is None else self._turns(desk, now_s)
            put_down = [] if fact is None else [each.put_down(fact) for each in turns]
        self._start(*(_due(tenant, alert) for alert in put_down if alert is not None))

    def attend(self, client_id: str, alert_id: str, at_round: int) -> Met | Next:
        """The first half of a round: put into words what is due, and send it.

        Returns what that met, for ``settle`` to write down, or the next round where nothing was sent. Harmless to
        repeat before it returned. Raises VigintError(SERVER_STORAGE), and nothing was sent then.
        """
        tenant = Tenant(self._database, client_id)
        ready = self._composed(tenant, alert_id, at_round)
        if not isinstance(ready, Message):
            return _next(ready)
        try:
            self._post.send(ready)
        except VigintError as error:
            return met(error, for_good=isinstance(error, UndeliverableError))
        return Met(code="", detail="", for_good=False)

    def settle(self, client_id: str, alert_id: str, at_round: int, tried: Met) -> Next:
        """The second half: write down what became of it. Apart, so that whoever repeats it sends nothing again.

        Returns the next round. Harmless to repeat. Raises VigintError(SERVER_STORAGE).
        """
        with Tenant(self._database, client_id).alerts.deciding() as desk:
            alert = desk.get(alert_id)
            if alert is None or alert.finished_s is not None:
                return None
            if tried["code"]:
                return _next(alert) if alert.round != at_round else self._failed(desk, alert, tried)
            if alert.state is not AlertState.SENDING:
                return _next(alert)
            sent = replace(alert, state=AlertState.SENT, finished_s=self._clock.wall())
            desk.put(replace(sent, failing_s=None, code="", detail=""))
        return None

    def begin_round(self, client_id: str, alert_id: str, at_round: int, at_s: float) -> None:
        """Start the workflow of a round at its time."""
        self._start(Due(client_id, alert_id, at_round, at_s))

    def health(self, tenant: Tenant) -> Finding:
        """Whether a client's alerts arrive; DOWN once one was given up, until the same recipient gets another."""
        told = self._recipients.told(tenant.recipients.all(), "en")
        return alerts_finding(tenant, [one for one in told if not one.paused])

    def resume(self) -> None:
        """See that every open delivery has its workflow. A sweep, to be done again and again, by every process.

        What is overdue is always looked at, some hundred a round; what is due later only where it may never have been
        started: after the start of this process, and after durable work was away. Goes on with what ``hurry`` began.
        """
        now_s = self._clock.wall()
        self._hurry_some(now_s)
        dues = self._rounds.open(now_s - OVERDUE_S)
        self._start(*(due if due.due_s > now_s - STUCK_S else self._unstuck(due, now_s) for due in dues))
        self._rounds.pass_on(dues)

    def hurry(self) -> None:
        """The mail server takes mails again: try at once what could not be sent. Raises VigintError(SERVER_STORAGE).

        The first some hundred now, and what is left from ``resume`` to ``resume``.
        """
        now_s = self._clock.wall()
        self._rounds.hurry(now_s)
        self._hurry_some(now_s)

    def _hurry_some(self, now_s: float) -> None:
        for due in self._rounds.failing(now_s):
            with Tenant(self._database, due.client_id).alerts.deciding() as desk:
                alert = desk.get(due.alert_id)
                waits = alert is not None and alert.state is AlertState.WAITING and alert.due_s > now_s
                hurried = _later(desk, alert, now_s) if alert is not None and waits else None
            if hurried is not None:
                self._start(replace(due, round=hurried.round, due_s=now_s))

    def _start(self, *dues: Due) -> None:
        """Put the workflows of rounds into the line; a second one of the same round does nothing."""
        for due in dues:
            wait_s = max(0.0, due.due_s - self._clock.wall())
            try:
                self._work.enqueue(WORKFLOW, _id(due), due.client_id, due.alert_id, due.round, delay_s=wait_s)
            except VigintError as error:  # ``resume`` starts it once durable work is done
                _log.info("alerts wait for durable work", alert=due.alert_id, code=error.code, detail=error.detail)
                self._rounds.owe()
                return

    def _unstuck(self, due: Due, now_s: float) -> Due:
        """The same delivery in a new round, unless it has a workflow or somebody attended to it just now."""
        if not self._has_ended(due):
            return due
        with Tenant(self._database, due.client_id).alerts.deciding() as desk:
            alert = desk.get(due.alert_id)
            if alert is None or alert.round != due.round or (alert.composed_s or 0.0) > now_s - STUCK_S:
                return due
            desk.put(replace(alert, round=alert.round + 1))
            return replace(due, round=due.round + 1)

    def _has_ended(self, due: Due) -> bool:
        """Whether its workflow has, well or not. One that waits in a long line gets no other, which would wait too."""
        try:
            self._work.result(_id(due), 0.0)
        except TimeoutError:
            return False
        except VigintError as error:
            return error.code is Code.WORKER_CRASHED
        return True

    def _turns(self, desk: AlertDesk, now_s: float) -> Sequence[Turns]:
        """One for each recipient that is told anything now."""
        client = desk.client()
        told = self._recipients.told(desk.recipients(), client.language)
        return [Turns(desk, one, self._recipients.pace, now_s, client) for one in told if not one.paused]

    def _composed(self, tenant: Tenant, alert_id: str, at_round: int) -> Message | Alert | None:
        """What is to be sent now, or the delivery where nothing is; None where it is at its end already."""
        with tenant.alerts.deciding() as desk:
            now_s = self._clock.wall()
            alert = desk.get(alert_id)
            if alert is None or alert.finished_s is not None or alert.round != at_round:
                return alert
            if alert.due_s > now_s:
                return _later(desk, alert, alert.due_s)
            ready, others = self._in_turn(tenant, desk, alert, now_s)
        self._start(*(_due(tenant, other) for other in others))
        return ready

    def _in_turn(
        self, tenant: Tenant, desk: AlertDesk, alert: Alert, now_s: float
    ) -> tuple[Message | Alert, Sequence[Alert]]:
        """A delivery that is due, in words unless there is nothing to be sent now, and those that follow from it."""
        turns = self._turns_of(desk, alert, now_s)
        if turns is None:
            return self._handed_over(desk, alert, now_s)
        if alert.state is AlertState.SENDING:
            return _message(tenant, turns, alert), ()
        divided = turns.divide(alert)
        if self._waits_for_still(tenant, alert, divided.now, now_s):
            return _later(desk, alert, now_s + _STILL_LOOK_S), divided.later
        worded = turns.worded(alert, self._post.message_id(alert.id), divided.now)
        return _message(tenant, turns, worded), divided.later

    def _turns_of(self, desk: AlertDesk, alert: Alert, now_s: float) -> Turns | None:
        """Of whom a delivery is for, or None where it gets nothing any more.

        What was put down for ``EMAIL_TO`` goes there also where the client has got recipients of its own since then.
        """
        client = desk.client()
        own = desk.recipients()
        of_it = [*own, *self._recipients.defaults(client.language)]
        found = next((one for one in of_it if one.id == alert.recipient_id and not one.paused), None)
        return None if found is None else Turns(desk, found, self._recipients.pace, now_s, client)

    def _handed_over(self, desk: AlertDesk, alert: Alert, now_s: float) -> tuple[Alert, Sequence[Alert]]:
        """The delivery, dropped, and those in which whoever is told now is told what of it they do not know."""
        facts = desk.facts(desk.item_ids(alert.id)).values()
        put_down = [turns.put_down(fact) for turns in self._turns(desk, now_s) for fact in facts]
        others = {one.id: one for one in put_down if one is not None}
        return _dropped(desk, alert, now_s), list(others.values())

    def _waits_for_still(self, tenant: Tenant, alert: Alert, facts: Sequence[Fact], now_s: float) -> bool:
        """Whether a picture that makes a mail worth more may still come."""
        if alert.channel is not Channel.MAIL or now_s >= alert.created_s + STILL_WAIT_S:
            return False
        return any(fact.state in TOLD_STATES and self._post.lacks_still(tenant, fact.incident_id) for fact in facts)

    def _failed(self, desk: AlertDesk, alert: Alert, tried: Met) -> Next:
        """A try came to nothing: another one later, from the newest facts, or none any more."""
        now_s = self._clock.wall()
        failing_s = alert.failing_s or now_s
        tries = alert.tries + (alert.state is AlertState.WAITING)  # it could not even be put into words
        code, detail = Code(tried["code"]), tried["detail"]
        alert = replace(alert, code=code, detail=detail[:_MOST_DETAIL], failing_s=failing_s, tries=tries)
        told = {"alert": alert.id, "channel": alert.channel, "code": code, "detail": detail}
        if tried["for_good"] or now_s - failing_s >= GIVE_UP_S:
            _log.warning("an alert was given up", **told)
            desk.put(replace(alert, state=AlertState.FAILED, finished_s=now_s))
            return None
        _log.info("an alert was not taken", **told)
        wait_s = RETRIES.delay_s(alert.tries, int(alert.id[:8], 16) / 2**32)
        return _next(_later(desk, replace(alert, state=AlertState.WAITING), now_s + wait_s))


def met(error: VigintError, *, for_good: bool = False) -> Met:
    """What a try met that came to nothing."""
    return Met(code=str(error.code), detail=error.detail, for_good=for_good)


def _next(alert: Alert | None) -> Next:
    return None if alert is None or alert.finished_s is not None else (alert.round, alert.due_s)


def _id(due: Due) -> str:
    """Of the workflow that attends to it."""
    return f"{WORKFLOW}:{due.client_id}:{due.alert_id}:{due.round}"


def _due(tenant: Tenant, alert: Alert) -> Due:
    return Due(tenant.client_id, alert.id, alert.round, alert.due_s)


def _later(desk: AlertDesk, alert: Alert, at_s: float) -> Alert:
    """The delivery in its next round, which is due at a Unix time."""
    later = replace(alert, round=alert.round + 1, due_s=at_s)
    desk.put(later)
    return later


def _dropped(desk: AlertDesk, alert: Alert, now_s: float) -> Alert:
    dropped = replace(alert, state=AlertState.DROPPED, finished_s=now_s)
    desk.put(dropped)
    return dropped


def _message(tenant: Tenant, turns: Turns, alert: Alert) -> Message | Alert:
    """A delivery that is in words, with what its incidents are; dropped where nothing of it is left."""
    told = turns.desk.told_in(alert.id)
    bodies = turns.desk.bodies([one.fact.incident_id for one in told])
    tellings = [Telling(one, bodies[one.fact.incident_id]) for one in told if one.fact.incident_id in bodies]
    if not tellings:
        return _dropped(turns.desk, alert, turns.now_s)
    return Message(tenant, turns.client, turns.recipient, alert, tellings)
