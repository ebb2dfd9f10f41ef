"""What goes between desk and server beside windows and incidents: files one way, late second looks the other."""

from collections.abc import Callable
from contextlib import ExitStack

from vigint_core.domain.ids import CameraId
from vigint_core.media.redact import Redaction
from vigint_core.ports import Clock, EventSink
from vigint_desktop.pipeline.alert_maker import AlertMaker
from vigint_desktop.pipeline.courier import Courier, Desktop
from vigint_desktop.pipeline.late_looks import LateLooks
from vigint_desktop.pipeline.listener import STOP_S
from vigint_desktop.pipeline.messages import Message
from vigint_desktop.pipeline.server_link import ServerLink


class Exchange:
    """Three workers. ``wake`` is for the desk: it has written something down.

    Attributes:
        courier: brings files, and counts them.
        late_looks: asks for second looks, and tells the desk.
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
        self.late_looks = LateLooks(place.database, link, tell, sink, clock)

    def wake(self) -> None:
        """There may be something to send, or to ask for."""
        self.courier.wake()
        self.late_looks.wake()

    def start(self, running: ExitStack) -> None:
        """Start the workers, and register their ends. Called once the cameras' privacy zones are known.

        Whoever waits for a server that says nothing is left behind: what it was about is in the books.
        """
        running.callback(self.courier.close)
        running.callback(self.late_looks.close)
        workers = (self.courier.worker, self.late_looks.worker, self.late_looks.listener.worker)
        for worker in workers:
            worker.start()
            running.callback(worker.stop, STOP_S)
        for worker in workers:
            running.callback(worker.stopping.set)  # all at once, before anybody waits for one of them
