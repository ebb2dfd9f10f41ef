"""What goes between desk and server beside windows and incidents: files, late second looks, other desks, reviews."""

from collections.abc import Callable
from contextlib import ExitStack

from vigint_core.domain.ids import CameraId
from vigint_core.media.redact import Redaction
from vigint_core.ports import Clock, EventSink
from vigint_desktop.pipeline.alert_maker import AlertMaker
from vigint_desktop.pipeline.courier import Courier, Desktop
from vigint_desktop.pipeline.late_looks import LateLooks
from vigint_desktop.pipeline.listener import STOP_S, Listener
from vigint_desktop.pipeline.messages import Message
from vigint_desktop.pipeline.other_desks import OtherDesks
from vigint_desktop.pipeline.reviewer import Reviewer
from vigint_desktop.pipeline.server_link import Endpoint, ServerLink


class Exchange:
    """Five workers. ``wake`` is for the desk: it has written something down.

    Attributes:
        courier: brings files, and counts them.
        listener: hears of what changes at the server.
        late_looks: asks for second looks, and tells the desk.
        other_desks: shows what other desks do, and fetches their stills and clips.
        reviewer: brings what people say of incidents.
    """

    def __init__(
        self,
        place: Desktop,
        redaction: Callable[[CameraId], Redaction | None],
        link: ServerLink,
        tell: Callable[[Message], None],
        sink: EventSink,
        clock: Clock,
    ) -> None:
        self.courier = Courier(place, AlertMaker(place.clips, redaction), link, tell, sink, clock)
        self.listener = Listener(link, sink, clock)
        self.late_looks = LateLooks(place.database, link, self._hears, tell, sink, clock)
        self.other_desks = OtherDesks(place, link, self._hears, tell, sink, clock)
        self.reviewer = Reviewer(place.database, link, tell, sink, clock)
        self._clock = clock
        self._workers = (
            self.listener.worker,
            self.courier.worker,
            self.late_looks.worker,
            self.other_desks.worker,
            self.reviewer.worker,
        )
        for hearer in (self.late_looks.heard, self.other_desks.heard, self.reviewer.heard):
            self.listener.add(hearer)

    def wake(self) -> None:
        """There may be something to send, or to ask for."""
        self.courier.wake()
        self.late_looks.wake()
        self.reviewer.wake()

    def start(self, running: ExitStack) -> None:
        """Start the workers, and register their ends. Called once the cameras' privacy zones are known.

        Whoever waits for a server that says nothing is left behind: what it was about is in the books.
        """
        with_books = (self.courier, self.late_looks, self.other_desks, self.reviewer)
        for part in with_books:
            running.callback(part.close)
        running.callback(self._stop)
        for worker in self._workers:
            worker.start()

    def _stop(self) -> None:
        """End all at once; together they are given no more time than one."""
        for worker in self._workers:
            worker.stopping.set()
        end_s = self._clock.monotonic() + STOP_S
        for worker in self._workers:
            worker.stop(max(0.0, end_s - self._clock.monotonic()))

    def _hears(self) -> Endpoint | None:
        return self.listener.hears
