"""A desk that looks at what other desks do: the worker over real books, its steps taken by the test."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.fakes.clock import NOON_S, FakeClock
from tests.fakes.incident_peer import view
from tests.fakes.sink import RecordingSink
from vigint_core.domain.ids import IncidentId
from vigint_core.domain.status import Event, ForeignIncidents
from vigint_core.wire import IncidentView
from vigint_desktop.pipeline.courier import Desktop
from vigint_desktop.pipeline.listener import ANYTHING, Heard
from vigint_desktop.pipeline.messages import Message
from vigint_desktop.pipeline.other_desks import OtherDesks
from vigint_desktop.pipeline.server_incidents import incident_of
from vigint_desktop.pipeline.server_link import Endpoint, ServerLink
from vigint_desktop.store.ledger import Ledger


def all_of(*views: IncidentView, fresh: set[str] | None = None) -> ForeignIncidents:
    """These incidents, as the window is told that they are all there are."""
    return ForeignIncidents(tuple(map(incident_of, views)), frozenset(map(IncidentId, fresh or ())))


@dataclass
class Room:
    """The worker and its surroundings.

    Attributes:
        told: what the desk was told.
        followed: the server whose events come.
    """

    folder: Path
    link: ServerLink
    told: list[Message] = field(default_factory=list)
    sink: RecordingSink = field(default_factory=RecordingSink)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.folder / "desk.sqlite3")
        self.clock = FakeClock()
        self.followed: Endpoint | None = None
        self._seen = 0
        place = Desktop(self.folder / "desk.sqlite3", self.folder, self.folder / "borrowed")
        self.others = OtherDesks(place, self.link, lambda: self.followed, self.told.append, self.sink, self.clock)

    def own(self, *names: str) -> None:
        with self.ledger.transaction():
            for name in names:
                self.ledger.put_incident(replace(incident_of(view(name)), foreign=False), NOON_S)

    def follows(self) -> None:
        """The stream of events begins."""
        self.others.heard(ANYTHING)
        self.followed = self.link.endpoint

    def hears(self, kind: str, *names: str) -> None:
        for name in names:
            self.others.heard(Heard(f"incident.{kind}", name))

    def step(self, after_s: float = 0.0) -> None:
        self.clock.advance(after_s)
        self.others._something_came()
        self.others._step()

    def news(self, *kinds: type) -> list[Event]:
        """What was published since the last time, of these kinds."""
        events = self.sink.events
        new, self._seen = events[self._seen :], len(events)
        return [each for each in new if isinstance(each, kinds)]

    def close(self) -> None:
        self.others.close()
        self.ledger.close()
