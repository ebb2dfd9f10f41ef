"""The outbox: brings every incident to the server, in order, until the server has taken it. Survives restarts."""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from vigint_core.domain import bounds
from vigint_core.domain.fault import Code
from vigint_core.domain.incident import Incident
from vigint_core.ports import Clock, EventSink
from vigint_core.wire import IncidentPut, WireAct, WireObservation
from vigint_desktop.pipeline.messages import Message, Sent
from vigint_desktop.pipeline.reserve import Reserve
from vigint_desktop.pipeline.server_link import Endpoint, ServerError, ServerLink
from vigint_desktop.pipeline.worker import Worker
from vigint_desktop.store.reader import LateReader, OutboxEntry

_BATCH = 20
_WAIT_S = 0.25
_LONGEST_WAIT_S = 60.0  # however long the server asks us to wait; after a key was refused
_log = logging.getLogger(__name__)
_UNWELCOME = frozenset(
    {Code.AUTH_INVALID_KEY, Code.AUTH_KEY_EXPIRED, Code.AUTH_TOO_MANY, Code.AUTH_FORBIDDEN}
)  # only a wrong key is told that there were too many
_REFUSED = frozenset({Code.REQUEST_INVALID, Code.REQUEST_CONFLICT, Code.REQUEST_NOT_FOUND})


class Outbox:
    """Sends incidents. ``wake`` is for the desk.

    Attributes:
        waiting: incidents that the server has not taken yet.
    """

    def __init__(
        self, database: Path, link: ServerLink, tell: Callable[[Message], None], sink: EventSink, clock: Clock
    ) -> None:
        self.waiting = 0
        self.worker = Worker("outbox", self._step, sink, clock, on_stop=self.wake)
        self._link = link
        self._tell = tell
        self._something = threading.Event()
        self._reader = LateReader(database)
        self._told: dict[str, int] = {}
        self._reserve = Reserve(clock)

    def wake(self) -> None:
        """There may be something to send."""
        self._something.set()

    def close(self) -> None:
        """Close the books. Called after the worker has ended."""
        self._reader.close()

    def _step(self) -> None:
        self._something.wait(_WAIT_S)
        self._something.clear()
        reader = self._reader.opened()
        self.waiting = reader.outbox_size()
        if not self.waiting:
            self._told.clear()
        endpoint = self._link.endpoint
        if not self.waiting or endpoint is None or not endpoint.key or self._reserve.holds(endpoint):
            return
        for entry in reader.outbox(_BATCH):
            if self.worker.stopping.is_set():
                return
            if self._told.get(entry.incident.id) == entry.revision:
                continue  # taken; the desk has not written so yet
            self._send(endpoint, entry)

    def _send(self, endpoint: Endpoint, entry: OutboxEntry) -> None:
        try:
            self._link.put_incident(endpoint, entry.incident.id, body_of(entry.incident))
        except ServerError as error:
            if error.code in _UNWELCOME:  # another key or server is tried at once; the sign-in says why
                self._reserve.pause(endpoint, _LONGEST_WAIT_S)
            elif error.retry_after_s is not None:  # so many requests are too many for the server
                self._reserve.pause(endpoint, min(error.retry_after_s, _LONGEST_WAIT_S))
            if error.code not in _REFUSED:
                raise
            # The server will never take this revision: it stays in the desk's own books, and does not hold others up.
            _log.error("incident %s will not reach the server: %s", entry.incident.id, error)
            self._acknowledge(entry, taken=False)
            raise
        self._acknowledge(entry, taken=True)

    def _acknowledge(self, entry: OutboxEntry, *, taken: bool) -> None:
        self._told[entry.incident.id] = entry.revision
        self._tell(Sent(entry.incident.id, entry.revision, taken))


def body_of(incident: Incident) -> IncidentPut:
    """What the server is told of an incident; observation times become seconds from its start.

    Of what is more than the contract takes, the newest is told; a time that only a wrong clock says becomes the nearest
    one that the contract has, because an incident with a wrong time is better than none.

    Raises ServerError(REQUEST_INVALID) for an incident that the contract has no words for.
    """
    try:
        return _body(incident)
    except (ValueError, OverflowError, OSError) as error:  # the contract's limits, a time that no calendar has
        raise ServerError(Code.REQUEST_INVALID, type(error).__name__) from error


def _body(incident: Incident) -> IncidentPut:
    return IncidentPut(
        camera_id=incident.camera_id,
        camera_name=incident.camera_name[:200],
        type=incident.type,
        severity=incident.severity,
        state=incident.state,
        source="rule" if incident.source == "rule" else "ai",
        confidence=incident.confidence,
        summary=incident.summary[:2000],
        observations=[
            WireObservation(at_s=bounds.nearest_s(o.at_s - incident.span.start_s), text=o.text[:2000])
            for o in incident.observations[-bounds.MOST_OBSERVATIONS :]
        ],
        start=_utc(incident.span.start_s),
        end=_utc(incident.span.end_s),
        act=_utc(incident.act_s),
        opened=_utc(incident.opened_s),
        window_ids=[s.window_id for s in incident.suspicions[-bounds.MOST_WINDOWS :]],
        other_acts=[
            WireAct(
                type=act.type,
                severity=act.severity,
                confidence=act.confidence,
                summary=act.summary[:2000],
                at=_utc(act.at_s),
            )
            for act in incident.other_acts[-bounds.MOST_ACTS :]
        ],
        alert_start=None if incident.alert_s is None else _utc(incident.alert_s),
    )


def _utc(unix_s: float) -> datetime:
    return bounds.nearest(datetime.fromtimestamp(unix_s, UTC))
