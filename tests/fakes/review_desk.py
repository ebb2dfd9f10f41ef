"""A reviewer over real books whose steps are taken by the test, which also says when the desk writes things down."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.fakes.clock import NOON_S, FakeClock
from tests.fakes.incident_peer import view
from tests.fakes.sink import RecordingSink
from vigint_core.domain.ids import IncidentId
from vigint_core.domain.review import Review, ReviewChange
from vigint_core.domain.status import ReviewTold
from vigint_desktop.pipeline.messages import Message, ReviewAnswered, ReviewAsked
from vigint_desktop.pipeline.review_keeper import ReviewKeeper
from vigint_desktop.pipeline.reviewer import Reviewer
from vigint_desktop.pipeline.server_incidents import incident_of
from vigint_desktop.pipeline.server_link import ServerLink
from vigint_desktop.store.ledger import Ledger
from vigint_desktop.store.review_books import BookedReview

ANA = ReviewChange(owner="Ana")


@dataclass
class ReviewDesk:
    """A desk without its thread.

    Attributes:
        told: answers, and why something waits.
        begun: what is sent, as it was told before.
    """

    file: Path
    link: ServerLink
    told: list[ReviewAnswered] = field(default_factory=list)
    begun: list[ReviewAnswered] = field(default_factory=list)
    sink: RecordingSink = field(default_factory=RecordingSink)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.file)
        self.clock = FakeClock()
        self.reviewer = Reviewer(self.file, self.link, self._hears, self.sink, self.clock)

    def _hears(self, message: Message) -> None:
        assert isinstance(message, ReviewAnswered)
        (self.begun if message.begun else self.told).append(message)

    def opens(self, *names: str) -> None:
        """These incidents are this desk's own, and wait for the server."""
        with self.ledger.transaction():
            for name in names:
                self.ledger.put_incident(replace(incident_of(view(name)), foreign=False), NOON_S)

    def says(self, name: IncidentId, change: ReviewChange = ANA, seen: Review | None = None) -> None:
        """A row in the books, with nothing before it."""
        row = BookedReview(name, wanted=change, seen=seen or Review(), asked_s=self.clock.wall())
        with self.ledger.transaction():
            self.ledger.reviews.put(row)
        self.reviewer.wake()

    def keeps(self, message: ReviewAsked | ReviewAnswered) -> ReviewTold:
        """The desk's thread has got to a message."""
        with self.ledger.transaction():
            return ReviewKeeper(self.ledger.reviews).take(message, self.clock.wall())

    def forgets(self, name: IncidentId) -> None:
        """Nothing waits there any more."""
        with self.ledger.transaction():
            self.ledger.reviews.forget(name)

    def begins_anew(self) -> None:
        """The program has ended, and begins again over the same books."""
        self.reviewer.close()
        self.reviewer = Reviewer(self.file, self.link, self._hears, self.sink, self.clock)

    def step(self, after_s: float = 0.0) -> None:
        """One round of the reviewer."""
        self.clock.advance(after_s)
        self.reviewer.wake()
        self.reviewer._step()

    def close(self) -> None:
        """Close the books."""
        self.reviewer.close()
        self.ledger.close()
