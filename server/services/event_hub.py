"""Tells every desk that hangs on this process what changed for its client, whichever process made the change.

One poller asks the books every quarter of a second for the newest event of all clients whose desks listen here: one
small query, however many desks there are. Only what moved is read, once, and made into bytes once for all desks.
"""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import anyio
import anyio.to_thread

from server.db.books.events import Event, EventBook, Opening, events_after, newest_events
from server.db.database import Database
from server.logs import journal
from server.services.clients import Clients
from server.services.descriptors import most_open
from server.services.metrics import Metrics
from server.services.refusals import RefusedError
from vigint_core.domain.fault import Code, VigintError

POLL_EVERY_S: Final = 0.25
BEAT_EVERY_S: Final = 15.0
MOST_MISSED: Final = 1000
"""Events that a desk may catch up on; who missed more is told to read its lists anew."""
MOST_WAITING: Final = 256 * 1024
"""Bytes that may wait for one desk; a slower one is cut off, and goes on from its last number when it comes back."""
MOST_OF_KEY: Final = 2000
"""Streams of one key at once, in one process."""
RESERVED: Final = 256
"""Open files that are for everything but streams: the books, the storage, other requests."""
_RETRY_S: Final = 30.0
_MOST_READ: Final = 2000  # events in one statement
_RETRY_MS: Final = 1000
_BEAT: Final = b":\n\n"
_RESET: Final = "reset"
_log = journal(__name__)


class Desk:
    """One stream of events to one desk. Used on the event loop only.

    Attributes:
        client_id, key_id: whose it is, and by which key.
        ended: nothing more comes.
        position: number of the last event that was put into the stream.
    """

    __slots__ = ("_something", "_waiting", "_waiting_bytes", "client_id", "ended", "key_id", "position")

    def __init__(self, client_id: str, key_id: str, opening: Opening) -> None:
        self.client_id = client_id
        self.key_id = key_id
        self.position = opening.last
        self.ended = False
        self._waiting = deque([_opening_bytes(opening)])
        self._waiting_bytes = len(self._waiting[0])
        self._something = asyncio.Event()

    async def stream(self) -> AsyncIterator[bytes]:
        """What is to be sent, until the stream ends."""
        while True:
            while self._waiting:
                told = self._waiting.popleft()
                self._waiting_bytes -= len(told)
                yield told
            if self.ended:
                return
            self._something.clear()
            await self._something.wait()

    def tell(self, told: bytes) -> bool:
        """Put bytes into the stream; False where it was so slow that it ends instead."""
        if self._waiting_bytes + len(told) > MOST_WAITING:
            self.end()
            return False
        self._waiting.append(told)
        self._waiting_bytes += len(told)
        self._something.set()
        return True

    def beat(self) -> None:
        """Show a silent desk that the stream lives."""
        if not self._waiting:
            self.tell(_BEAT)

    def end(self) -> None:
        """Nothing more comes."""
        self.ended = True
        self._something.set()


@dataclass(slots=True)
class _Feed:
    """The desks of one client. ``position``: all of them have every event up to this number, or more."""

    position: int
    desks: set[Desk] = field(default_factory=set)


class EventHub:
    """Made by the process's parts; ``run`` is a task beside the requests, everything else is called on its loop.

    Attributes:
        cut_off: desks that were too slow, since the start.
    """

    def __init__(self, database: Database, clients: Clients, metrics: Metrics) -> None:
        self.cut_off = 0
        self._database = database
        self._clients = clients
        self._metrics = metrics
        self._feeds: dict[str, _Feed] = {}
        self._stopped = False
        self._failing = False

    async def open(self, client_id: str, key_id: str, after: int | None) -> Desk:
        """A stream for a desk that has seen event ``after``, or that begins now.

        Raises VigintError(SERVER_STORAGE), and RefusedError(LIMIT_STREAMS, SERVER_BUSY) where there are too many.
        """
        open_ones = self._desks()
        if sum(desk.key_id == key_id for desk in open_ones) >= MOST_OF_KEY:
            raise RefusedError(Code.LIMIT_STREAMS, f"{MOST_OF_KEY} streams of this key", retry_after_s=_RETRY_S)
        if len(open_ones) >= max(1, most_open() - RESERVED):
            raise RefusedError(Code.SERVER_BUSY, f"{len(open_ones)} streams of events", retry_after_s=_RETRY_S)
        book = EventBook(self._database, client_id)
        return Desk(client_id, key_id, await anyio.to_thread.run_sync(book.open, after, MOST_MISSED))

    @contextmanager
    def following(self, desk: Desk) -> Iterator[None]:
        """Tell the desk of what comes, over the block."""
        feed = self._feeds.setdefault(desk.client_id, _Feed(desk.position))
        feed.position = min(feed.position, desk.position)  # what it may have missed is read again, and told to it alone
        feed.desks.add(desk)
        self._metrics.stream_opened()
        if self._stopped:
            desk.end()
        try:
            yield
        finally:
            self._metrics.stream_closed()
            feed.desks.discard(desk)
            if not feed.desks and self._feeds.get(desk.client_id) is feed:
                del self._feeds[desk.client_id]

    async def run(self, poll_every_s: float = POLL_EVERY_S, beat_every_s: float = BEAT_EVERY_S) -> None:
        """Poll the books; ends by being cancelled."""
        thread = anyio.CapacityLimiter(1)  # its own: looks that wait for a thread must not hold up what is told
        loop = asyncio.get_running_loop()
        beat_s = loop.time() + beat_every_s
        while True:
            await asyncio.sleep(poll_every_s)
            await self._poll(thread)
            if loop.time() >= beat_s:
                beat_s += beat_every_s
                await self._beat(thread)

    def stop(self) -> None:
        """End every stream, so that the server can stop; each desk goes on from its last number elsewhere."""
        self._stopped = True
        for desk in self._desks():
            desk.end()

    async def _poll(self, thread: anyio.CapacityLimiter) -> None:
        """One look into the books; a failure is told once, and the next look tries again."""
        asked = {client_id: feed.position for client_id, feed in self._feeds.items()}
        if not asked:
            return
        try:
            found = await anyio.to_thread.run_sync(self._read, asked, limiter=thread)
        except VigintError as error:
            if not self._failing:
                _log.error("events not read", code=error.code, detail=error.detail)
            self._failing = True
            return
        self._failing = False
        for client_id, events in found.items():
            feed = self._feeds.get(client_id)
            if feed is not None:
                self._deliver(feed, events, asked[client_id])

    def _read(self, asked: Mapping[str, int]) -> Mapping[str, Sequence[Event]]:
        newest = newest_events(self._database, list(asked))
        moved = {client_id: seq for client_id, seq in asked.items() if newest.get(client_id, seq) > seq}
        return events_after(self._database, moved, _MOST_READ) if moved else {}

    def _deliver(self, feed: _Feed, events: Sequence[Event], asked: int) -> None:
        whole = _events_bytes(events)
        for desk in feed.desks:
            if desk.ended or desk.position >= events[-1].seq:
                continue
            told = whole if desk.position < events[0].seq else _events_bytes(_newer(events, desk.position))
            desk.position = events[-1].seq
            if not desk.tell(told):
                self.cut_off += 1
                _log.info("a desk was too slow for its events", key_id=desk.key_id)
        if feed.position == asked:  # else a desk came meanwhile that may miss some of these
            feed.position = events[-1].seq

    async def _beat(self, thread: anyio.CapacityLimiter) -> None:
        """Show every desk that its stream lives, and end those whose keys are no longer good."""
        for desk in self._desks():
            desk.beat()
        key_ids = {desk.key_id for desk in self._desks()}
        try:
            good = await anyio.to_thread.run_sync(self._clients.good_keys, key_ids, limiter=thread)
        except VigintError as error:
            _log.error("keys of event streams not checked", code=error.code, detail=error.detail)
            return
        for desk in self._desks():
            if desk.key_id in key_ids and desk.key_id not in good:
                desk.end()

    def _desks(self) -> Sequence[Desk]:
        return [desk for feed in self._feeds.values() for desk in feed.desks]


def _newer(events: Iterable[Event], position: int) -> Sequence[Event]:
    return [event for event in events if event.seq > position]


def _opening_bytes(opening: Opening) -> bytes:
    """The number to come back with, and what was missed."""
    begin = (
        f"retry: {_RETRY_MS}\nid: {opening.last if opening.gap or not opening.missed else opening.missed[0].seq - 1}"
    )
    if opening.gap:
        return f"{begin}\nevent: {_RESET}\ndata: {{}}\n\n".encode()
    return f"{begin}\n\n".encode() + _events_bytes(opening.missed)


def _events_bytes(events: Iterable[Event]) -> bytes:
    return b"".join(_event_bytes(event) for event in events)


def _event_bytes(event: Event) -> bytes:
    at = datetime.fromtimestamp(event.at_s, UTC).isoformat().replace("+00:00", "Z")
    told: dict[str, object] = {"subject": event.subject_id, "at": at}
    if event.version is not None:
        told["version"] = event.version
    return f"id: {event.seq}\nevent: {event.kind}\ndata: {json.dumps(told, separators=(',', ':'))}\n\n".encode()
