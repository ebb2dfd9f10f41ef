"""The listener: holds the server's stream of events, so that what a server learns reaches the desk at once.

Without it nothing is lost: who wants to know asks (``late_looks.py``, ``other_desks.py``). So nothing that goes wrong
here is a fault; the monitor tells how the server is, and an older server simply has no events.
"""

import json
import logging
import re
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Final

from vigint_core.ports import Clock, EventSink
from vigint_desktop.pipeline.event_stream import EventStream, ServerEvent
from vigint_desktop.pipeline.reserve import Reserve, has_none
from vigint_desktop.pipeline.server_link import Endpoint, ServerError, ServerLink
from vigint_desktop.pipeline.worker import Worker

STOP_S: Final = 2.0
"""Time that it is given to end; a server that accepts and says nothing may hold its thread for longer."""
_PATH: Final = "/v1/events"
_WAIT_S: Final = 0.25
_AFTER_END_S: Final = 1.0
"""Until a stream that ended, as streams do, is opened again."""
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_RESET: Final = "reset"
_OURS: Final = ("incident.", "analysis.")
"""How the kinds begin of which something may have to be done; what else there is, is passed over unread."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Heard:
    """Something has changed at the server.

    Attributes:
        kind: of the event; "" says that anything may have changed: the stream begins, more was missed than the server
            tells, or an event can't be read.
        subject: id of the incident or window that it is about; "" where ``kind`` is.
    """

    kind: str = ""
    subject: str = ""


ANYTHING: Final = Heard()


class Listener:
    """Tells every hearer what changes. Hearers are added before it starts, are called on its thread, and only note it.

    Attributes:
        hears: the server whose events come at present, or None.
    """

    def __init__(self, link: ServerLink, sink: EventSink, clock: Clock) -> None:
        self.hears: Endpoint | None = None
        self.worker = Worker("listener", self._step, sink, clock, on_stop=self._shut)
        self._link = link
        self._hearers: list[Callable[[Heard], None]] = []
        self._reserve = Reserve(clock)
        self._last: tuple[str, str] = ("", "")
        self._lock = threading.Lock()
        self._stream: EventStream | None = None

    def add(self, hearer: Callable[[Heard], None]) -> None:
        """Let somebody hear what changes."""
        self._hearers.append(hearer)

    def _step(self) -> None:
        endpoint = self._link.endpoint
        if endpoint is None or not endpoint.key or self._reserve.holds(endpoint):
            self.worker.stopping.wait(_WAIT_S)
            return
        try:
            self._follow(endpoint)
        except ServerError as error:
            self._failed(endpoint, error)
        else:
            self._reserve.pause(endpoint, _AFTER_END_S)

    def _follow(self, endpoint: Endpoint) -> None:
        """Read events until the stream ends, or another server is in use. Raises ServerError."""
        key, last_id = self._last
        with closing(EventStream(self._link, endpoint, _PATH, last_id if key == endpoint.key else "")) as stream:
            with self._lock:
                self._stream = stream
            if self.worker.stopping.is_set():  # who stopped us may have found no stream to end yet
                return
            try:
                for event in stream:
                    self._last = (endpoint.key, stream.last_id)
                    if self.worker.stopping.is_set() or self._link.endpoint != endpoint:
                        return
                    self._told(endpoint, event)
            finally:
                self.hears = None
                with self._lock:
                    self._stream = None

    def _told(self, endpoint: Endpoint, event: ServerEvent | None) -> None:
        self._reserve.answered()
        if self.hears is None:  # the first sign of life: what came before it, nobody has told us
            self._pass_on(ANYTHING)  # first: who sees that events come again knows already what was missed
            self.hears = endpoint
        if event is None:
            return
        if event.kind == _RESET:
            self._pass_on(ANYTHING)
        elif event.kind.startswith(_OURS):
            subject = _subject(event.data)
            self._pass_on(Heard(event.kind, subject) if subject else ANYTHING)

    def _pass_on(self, heard: Heard) -> None:
        for hearer in self._hearers:
            hearer(heard)

    def _failed(self, endpoint: Endpoint, error: ServerError) -> None:
        if self._reserve.failed(endpoint, error, lasting=has_none(error)) and not self.worker.stopping.is_set():
            _log.info("no events from the server: %s", error)

    def _shut(self) -> None:
        with self._lock:
            stream = self._stream
        if stream is not None:
            stream.shut()


def _subject(data: str) -> str:
    """What an event is about; "" for one that says nothing that we understand."""
    try:
        subject = json.loads(data)["subject"]
    except (ValueError, KeyError, TypeError):
        return ""
    return subject if isinstance(subject, str) and _ID.fullmatch(subject) else ""
