"""The listener: holds the server's stream of events, so that what a server learns reaches the desk at once.

Without it nothing is lost: who wants to know asks (``late_looks.py``, ``other_desks.py``). So nothing that goes wrong
here is a fault; the monitor tells how the server is, and an older server simply has no events.
"""

import json
import logging
import random
import re
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Final

from vigint_core.domain.fault import Code
from vigint_core.policy.retry import BackOff
from vigint_core.ports import Clock, EventSink
from vigint_desktop.pipeline.event_stream import EventStream, ServerEvent
from vigint_desktop.pipeline.server_link import Endpoint, ServerError, ServerLink
from vigint_desktop.pipeline.worker import Worker

STOP_S: Final = 2.0
"""Time that it is given to end; a server that accepts and says nothing may hold its thread for longer."""
_PATH: Final = "/v1/events"
_WAIT_S: Final = 0.25
_ASK_AGAIN_S: Final = 600.0
"""Until a server that has no events, or none for this key, is asked again."""
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
        self._clock = clock
        self._back_off = BackOff(first_s=1.0, most_s=30.0)
        self._failures = 0
        self._again: tuple[Endpoint, float] | None = None
        self._last: tuple[str, str] = ("", "")
        self._lock = threading.Lock()
        self._stream: EventStream | None = None

    def add(self, hearer: Callable[[Heard], None]) -> None:
        """Let somebody hear what changes."""
        self._hearers.append(hearer)

    def _step(self) -> None:
        endpoint = self._link.endpoint
        if endpoint is None or not endpoint.key or self._is_too_soon(endpoint):
            self.worker.stopping.wait(_WAIT_S)
            return
        try:
            self._follow(endpoint)
        except ServerError as error:
            self._failed(endpoint, error)
        else:
            self._wait(endpoint, self._back_off.first_s)

    def _is_too_soon(self, endpoint: Endpoint) -> bool:
        return self._again is not None and self._again[0] == endpoint and self._clock.monotonic() < self._again[1]

    def _wait(self, endpoint: Endpoint, seconds: float) -> None:
        self._again = (endpoint, self._clock.monotonic() + seconds)

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
        self._failures = 0
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
        self._failures += 1
        has_none = error.status in {401, 403, 404, 405} or error.code is Code.SERVER_NOT_VIGINT
        if has_none:
            self._wait(endpoint, _ASK_AGAIN_S)
        else:
            delay_s = self._back_off.delay_s(self._failures, random.random())  # noqa: S311 - jitter
            self._wait(endpoint, max(delay_s, min(error.retry_after_s or 0.0, _ASK_AGAIN_S)))
        if self._failures == 1 and not self.worker.stopping.is_set():
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
