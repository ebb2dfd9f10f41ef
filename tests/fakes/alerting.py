"""Alerts without a mail server and without durable work: a line in the test's hand, a post that writes down."""

import heapq
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import select

from server.config import Config
from server.db.books.alerts import Alert
from server.db.database import Database
from server.db.tables import AlertRow, IncidentRow
from server.db.tenant import Tenant
from server.services.alerts import Alerts, Message
from server.services.clients import Clients
from server.services.durable import DurableWork
from server.services.recipients import Recipients
from server.workflows.alert import attending
from tests.fakes.clock import FakeClock
from tests.fakes.links import incident_body
from tests.fakes.server import SECRET_KEY
from vigint_core.domain.alert import Channel, Recipient, Wishes
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.incident import IncidentState
from vigint_core.domain.verdict import Severity
from vigint_core.wire import IncidentView

SHOP = "Shop Lyon"
ANYTHING = Wishes()


def alert_config(folder: Path, **changes: Any) -> Config:
    """A server with a secret, and what the test says."""
    return Config.model_validate({"secret_key": SecretStr(SECRET_KEY), "vigint_data_dir": folder} | changes)


@dataclass
class Line:
    """Durable work as ``DurableWork`` sees it: each workflow once by its id, in the order of its time."""

    clock: FakeClock
    fault: Code | None = None
    seen: set[str] = field(default_factory=set)
    waiting: list[tuple[float, int, tuple[Any, ...]]] = field(default_factory=list)

    def start(self, name: str, workflow_id: str, args: tuple[object, ...]) -> None:
        """At once."""
        self.enqueue(name, workflow_id, args, 0.0)

    def enqueue(self, name: str, workflow_id: str, args: tuple[object, ...], delay_s: float) -> None:
        """Once each."""
        if self.fault is not None:
            raise VigintError(self.fault)
        if workflow_id not in self.seen:
            self.seen.add(workflow_id)
            heapq.heappush(self.waiting, (self.clock.wall() + delay_s, len(self.seen), args))

    def result(self, workflow_id: str, timeout_s: float) -> Any:
        """None once it was taken out of the line."""
        waits = any(workflow_id == ":".join(("alert", *map(str, args))) for _, _, args in self.waiting)
        if waits or workflow_id not in self.seen:
            raise TimeoutError(workflow_id)


@dataclass
class Sent:
    """A post that writes down what it is given.

    Attributes:
        refusals: what the next messages meet, in order, before any is taken.
        before_answer: is called once a message was taken, before the sender hears of it.
        stills: the incidents whose picture has come; None for all.
    """

    messages: list[Message] = field(default_factory=list)
    refusals: list[Exception] = field(default_factory=list)
    before_answer: Callable[[], None] = lambda: None
    stills: set[str] | None = None

    def lacks_still(self, tenant: Tenant, incident_id: str) -> bool:
        """As the test says."""
        return self.stills is not None and incident_id not in self.stills

    def message_id(self, alert_id: str) -> str:
        """As the real one."""
        return f"<alert-{alert_id}@shop.example>"

    def send(self, message: Message) -> None:
        """Take it or refuse it."""
        if self.refusals:
            raise self.refusals.pop(0)
        self.messages.append(message)
        self.before_answer()

    @property
    def told(self) -> list[list[tuple[str, str, str]]]:
        """Of each message: incident, news and severity of what it tells."""
        return [
            [(one.told.fact.incident_id, str(one.told.news), str(one.told.fact.severity)) for one in message.tellings]
            for message in self.messages
        ]


class Steps:
    """Steps as the engine does them: again and again while the books are away, and what they return is JSON.

    Attributes:
        most: how often a step is tried.
    """

    def __init__(self, most: int = 3) -> None:
        self.most = most

    def do(self, name: str, function: Callable[..., Any], *args: object) -> Any:
        """Do a step."""
        for left in reversed(range(self.most)):
            try:
                return json.loads(json.dumps(function(*args)))
            except VigintError as error:
                if error.code is not Code.SERVER_STORAGE or not left:
                    raise
        raise AssertionError(name)


class Street:
    """A client with recipients, and everything between its incidents and them."""

    def __init__(self, database: Database, clock: FakeClock, folder: Path, **changes: Any) -> None:
        config = alert_config(folder, **changes)
        self.clock = clock
        self.database = database
        self.clients = Clients(database, clock)
        self.tenant = Tenant(database, self.clients.add(SHOP, "Europe/Paris").id)
        self.recipients = Recipients(database, clock, config)
        self.post = Sent()
        self.line = Line(clock)
        self.work = DurableWork()
        self.work.open(self.line)
        self.alerts = Alerts(database, clock, self.recipients, self.post, self.work)

    def mail(self, address: str = "owner@shop.example", wishes: Wishes = ANYTHING) -> Recipient:
        """Another recipient of mail."""
        return self.recipients.add(SHOP, Channel.MAIL, address, wishes).recipient

    def incident(
        self,
        incident_id: str = "i1",
        state: IncidentState = IncidentState.CONFIRMED,
        severity: Severity = Severity.MEDIUM,
        camera: str = "till-2",
        **changes: Any,
    ) -> None:
        """An incident is like this now, in the books and in the eyes of the alerts."""
        body = incident_body(state=state, severity=severity, camera_id=camera, camera_name=camera, **changes)
        with self.database.writing() as session:
            session.merge(
                IncidentRow(
                    client_id=self.tenant.client_id,
                    id=incident_id,
                    camera_id=camera,
                    state=state,
                    severity=severity,
                    opened_s=body.opened.timestamp(),
                    updated_s=self.clock.wall(),
                    body=body.model_dump(mode="json"),
                )
            )
        self.consider(incident_id)

    def latest(self, most: int = 99) -> list[Alert]:
        """The client's newest deliveries."""
        mine = select(AlertRow.id).where(AlertRow.client_id == self.tenant.client_id)
        with self.database.reading() as session:
            ids = session.scalars(mine.order_by(AlertRow.created_s.desc()).limit(most)).all()
        with self.tenant.alerts.deciding() as desk:
            return [alert for each in ids if (alert := desk.get(each)) is not None]

    def consider(self, incident_id: str) -> None:
        """An incident may have changed."""
        incident = self.tenant.incidents.one(incident_id)
        assert isinstance(incident, IncidentView)
        self.alerts.consider(self.tenant, incident)

    def pass_s(self, seconds: float) -> None:
        """Let time pass, and do all work that falls due in it, each at its time."""
        end_s = self.clock.wall() + seconds
        while self.line.waiting and self.line.waiting[0][0] <= end_s:
            due_s, _, args = heapq.heappop(self.line.waiting)
            self.clock.advance(max(0.0, due_s - self.clock.wall()))
            self.attend(*args)
        self.clock.advance(end_s - self.clock.wall())

    def attend(self, client_id: str, alert_id: str, at_round: int) -> None:
        """One workflow, from its beginning to its end."""
        attending(self.alerts)(Steps(), client_id, alert_id, at_round)
