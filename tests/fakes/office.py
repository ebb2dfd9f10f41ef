"""A desk with everything around it, on real books; its steps are taken by the test."""

from contextlib import closing
from pathlib import Path

from tests.fakes.clock import NOON_S, FakeClock
from tests.fakes.judge import judgement
from tests.fakes.pictures import window
from tests.fakes.sink import RecordingSink
from vigint_core.domain.ids import CameraId
from vigint_core.domain.incident import Incident
from vigint_core.domain.status import CameraHealth, WindowRecord
from vigint_core.domain.verdict import Outcome
from vigint_core.domain.window import Span
from vigint_desktop.pipeline.desk import Desk, Outputs
from vigint_desktop.pipeline.messages import CutRequest, Judged, Message, WindowRef
from vigint_desktop.pipeline.tally import Tally
from vigint_desktop.store.reader import OutboxEntry, Reader

EVER = Span(0.0, NOON_S * 2)


class Requests:
    """Keeps what the desk asks of the clip writer."""

    def __init__(self) -> None:
        self.asked: list[CutRequest] = []

    def request(self, wanted: CutRequest) -> None:
        self.asked.append(wanted)


class Office:
    """A desk with everything around it; its steps are taken by the test."""

    def __init__(self, file: Path, clock: FakeClock) -> None:
        self.file = file
        self.clock = clock
        self.sink = RecordingSink()
        self.files = Requests()
        self.tally = Tally()
        self.wakes = 0
        self.desk = Desk(file, Outputs(self.sink, self.files, self._wake), clock, self.tally)
        self.left = self.desk.open()

    def _wake(self) -> None:
        self.wakes += 1

    def tell(self, *messages: Message) -> None:
        for message in messages:
            self.desk.post(message)
            self.desk._step()

    def judge(
        self, name: str, first: Outcome, second: Outcome | None = None, start_s: float = 1000.0, camera: str = "door"
    ) -> None:
        seen = window(name, CameraId(camera), start_s)
        told = judgement(seen.id, seen.span.start_s, first, second)
        self.tell(Judged(WindowRef.of(seen), told, b"jpeg", seen.span.start_s + 4))

    def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.desk._step()

    def fill_disk(self) -> None:
        books = self.desk._books()._connection
        pages = books.execute("PRAGMA page_count").fetchone()[0]
        books.execute(f"PRAGMA max_page_count = {pages}")

    def free_disk(self) -> None:
        self.desk._books()._connection.execute("PRAGMA max_page_count = 1000000")

    @property
    def incident(self) -> Incident:
        (only,) = self.incidents
        return only

    @property
    def incidents(self) -> list[Incident]:
        with closing(Reader(self.file)) as reader:
            return reader.incidents(100)

    @property
    def windows(self) -> dict[str, WindowRecord]:
        with closing(Reader(self.file)) as reader:
            return {w.id: w for w in reader.windows(EVER)}

    @property
    def health(self) -> list[CameraHealth]:
        with closing(Reader(self.file)) as reader:
            return reader.health(EVER)

    @property
    def outbox(self) -> list[OutboxEntry]:
        with closing(Reader(self.file)) as reader:
            return reader.outbox(100)
