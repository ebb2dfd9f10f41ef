"""The courier: brings stills and alert clips of incidents to the server, each once. Survives restarts and bad lines."""

import logging
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final

from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.ids import IncidentId
from vigint_core.policy.alert_clip import AlertClip, alert_clip
from vigint_core.policy.retry import BackOff
from vigint_core.ports import Clock, EventSink
from vigint_desktop.pipeline.alert_maker import AlertMaker, start_of, yield_to_others
from vigint_desktop.pipeline.messages import Delivered, Message
from vigint_desktop.pipeline.reserve import ASK_AGAIN_S, Reserve
from vigint_desktop.pipeline.server_files import PART, Progress, ServerFiles
from vigint_desktop.pipeline.server_link import Endpoint, ServerError, ServerLink
from vigint_desktop.pipeline.worker import Worker
from vigint_desktop.store.reader import LateReader, UploadEntry
from vigint_desktop.store.upload_books import UploadKind

_BATCH: Final = 50
_WAIT_S: Final = 0.25
_IDLE_S: Final = 1.0  # between two looks at files that wait for something; the desk wakes us for new ones
_MOST_DELAY_S: Final = 300.0
_UNWELCOME: Final = frozenset(
    {Code.AUTH_INVALID_KEY, Code.AUTH_KEY_EXPIRED, Code.AUTH_TOO_MANY, Code.AUTH_FORBIDDEN, Code.AUTH_MISSING_KEY}
)
_AWAY: Final = frozenset({Code.SERVER_STARTING, Code.SERVER_UNREACHABLE, Code.SERVER_TIMEOUT, Code.SERVER_BUSY})
"""The monitor tells of these; files simply wait."""
_REFUSED: Final = frozenset(
    {
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    }
)
_DISK: Final = frozenset({Code.DISK_FULL, Code.PIPELINE_CLIP_FAILED})
_NO_PLACE: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED})
_log = logging.getLogger(__name__)
_Key = tuple[IncidentId, UploadKind]


@dataclass(frozen=True, slots=True)
class Desktop:
    """Where the desk keeps its things: its books, its clip folder, and what it has borrowed from other desks."""

    database: Path
    clips: Path
    borrowed: Path


class Courier:
    """Sends files of incidents that the server has taken: stills first, then the newest alert clips, which it makes.

    Attributes:
        waiting: files that the server has not taken yet, as far as one look into the books goes.
        sent, given_up: files of this run.
    """

    def __init__(
        self,
        place: Desktop,
        maker: AlertMaker,
        link: ServerLink,
        tell: Callable[[Message], None],
        sink: EventSink,
        clock: Clock,
    ) -> None:
        self.waiting = self.sent = self.given_up = 0
        self.worker = Worker("courier", self._step, sink, clock, on_stop=self.wake)
        self._place = place
        self._maker = maker
        self._link = link
        self._tell = tell
        self._clock = clock
        self._something = threading.Event()
        self._reader = LateReader(place.database)
        self._endpoint: Endpoint | None = None
        self._settled: set[_Key] = set()
        self._later: dict[_Key, tuple[int, float]] = {}
        self._progress: dict[IncidentId, Progress] = {}
        self._fresh: set[IncidentId] = set()
        self._reserve = Reserve(clock)
        self._idle_until_mono_s = 0.0
        self._back_off = BackOff(first_s=1.0, most_s=_MOST_DELAY_S)

    def wake(self) -> None:
        """There may be something to send."""
        self._something.set()

    def close(self) -> None:
        """Close the books. Called after the worker has ended."""
        self._reader.close()

    def _step(self) -> None:
        woken = self._something.wait(_WAIT_S)
        self._something.clear()
        if not woken and self._clock.monotonic() < self._idle_until_mono_s:
            return
        first = not self._reader.is_open
        reader = self._reader.opened()
        if first:
            yield_to_others()
        entries = reader.uploads(_BATCH)
        self.waiting = len(entries)
        self._remember_only({_key(entry) for entry in entries})
        self._idle_until_mono_s = self._clock.monotonic() + (_IDLE_S if entries else 0.0)
        endpoint = self._link.endpoint
        if not entries or endpoint is None or not endpoint.key or self._reserve.holds(endpoint):
            return
        if endpoint != self._endpoint:  # another server has other parts of them
            self._endpoint = endpoint
            self._progress.clear()
            self._later.clear()
        for entry in entries:
            if self.worker.stopping.is_set():
                return
            if self._is_due(_key(entry)) and self._bring(endpoint, entry):
                self._something.set()  # look again before the next one: a still that came meanwhile goes first
                return

    def _remember_only(self, waiting: set[_Key]) -> None:
        """Forget what the desk has written down meanwhile."""
        self._settled &= waiting
        self._later = {key: when for key, when in self._later.items() if key in waiting}
        ids = {incident_id for incident_id, _ in waiting}
        self._progress = {incident_id: far for incident_id, far in self._progress.items() if incident_id in ids}
        self._fresh &= ids

    def _is_due(self, key: _Key) -> bool:
        _, due_s = self._later.get(key, (0, float("-inf")))
        return key not in self._settled and self._clock.monotonic() >= due_s

    def _bring(self, endpoint: Endpoint, entry: UploadEntry) -> bool:
        """Send a still, or the next part of a clip; True where anything was done. Raises VigintError."""
        files = ServerFiles(self._link, endpoint)
        try:
            done = self._bring_still(files, entry) if entry.kind is UploadKind.STILL else self._bring_clip(files, entry)
        except ServerError as error:
            self._progress.pop(entry.incident.id, None)
            self._failed(files, endpoint, entry, error)
            return True
        self._later.pop(_key(entry), None)
        return done

    def _bring_still(self, files: ServerFiles, entry: UploadEntry) -> bool:
        try:
            data = (self._place.clips / entry.incident.still).read_bytes()
        except OSError as error:
            self._give_up(entry, VigintError(Code.PIPELINE_CLIP_GONE, type(error).__name__))
            return True
        files.put(entry.incident.id, UploadKind.STILL, data)
        self._delivered(entry)
        return True

    def _bring_clip(self, files: ServerFiles, entry: UploadEntry) -> bool:
        """Make the clip, or send its next part; True where anything was done. Raises VigintError."""
        clip = self._maker.find(entry.incident.id)
        if clip is None:
            return self._make(entry)
        try:
            if self._send(files, entry, clip):
                self._delivered(entry, start_of(clip))
                self._maker.forget(entry.incident.id)
        except OSError as error:  # removed meanwhile, or the disk fails: it is made again
            self._put_off(_key(entry), 0.0)
            raise VigintError(Code.PIPELINE_CLIP_FAILED, type(error).__name__) from error
        return True

    def _make(self, entry: UploadEntry) -> bool:
        """Make the clip, once that is due; True where anything was done. Raises VigintError when the disk is full."""
        due = alert_clip(entry.incident, self._clock.wall())
        if due is AlertClip.WAIT:
            return False
        if due is AlertClip.NEVER:
            self._give_up(entry, VigintError(Code.PIPELINE_CLIP_EMPTY, "the incident has no clip"))
            return True
        try:
            self._maker.make(entry.incident)
        except VigintError as error:
            if error.code in _DISK:
                self._put_off(_key(entry), 0.0)
                raise
            self._give_up(entry, error)
        else:
            self._fresh.add(entry.incident.id)
        return True

    def _send(self, files: ServerFiles, entry: UploadEntry, clip: Path) -> bool:
        """Send the next part; True once the server has all of it. Raises ServerError."""
        incident_id, size = entry.incident.id, clip.stat().st_size
        far = self._progress.get(incident_id) or files.progress(incident_id, entry.kind)
        if not far.complete and far.offset and (far.offset > size or incident_id in self._fresh):
            # What the server has is the beginning of a clip that was lost here and made again.
            files.put(incident_id, entry.kind, clip.read_bytes())
            return True
        if not far.complete:
            with clip.open("rb") as file:
                file.seek(far.offset)
                part = file.read(PART)
            self._fresh.discard(incident_id)
            last = far.offset + len(part) >= size
            far = files.append(incident_id, entry.kind, far.offset, part, last=last)
        self._progress[incident_id] = far
        return far.complete

    def _failed(self, files: ServerFiles, endpoint: Endpoint, entry: UploadEntry, error: ServerError) -> None:
        """Decide what becomes of a file that was not taken. Raises what people have to know."""
        if error.code in _UNWELCOME:  # the sign-in says why
            self._reserve.pause(endpoint, ASK_AGAIN_S)
        elif error.status in _REFUSED and error.ours:
            self._give_up(entry, error)
            raise error
        elif error.status in _NO_PLACE and error.ours:
            self._without_place(files, endpoint, entry, error)
        else:
            self._put_off(_key(entry), error.retry_after_s or 0.0)
            if error.code not in _AWAY:
                raise error

    def _without_place(self, files: ServerFiles, endpoint: Endpoint, entry: UploadEntry, error: ServerError) -> None:
        self._put_off(_key(entry), 0.0)
        if files.has_lost(entry.incident.id):
            self._give_up(entry, error)
            return
        _log.info("this server takes no files of incidents: it is older than this program")
        self._reserve.pause(endpoint, ASK_AGAIN_S)

    def _put_off(self, key: _Key, least_s: float) -> None:
        failures = self._later.get(key, (0, 0.0))[0] + 1
        delay_s = self._back_off.delay_s(failures, random.random())  # noqa: S311 - jitter
        self._later[key] = (failures, self._clock.monotonic() + max(delay_s, min(least_s, _MOST_DELAY_S)))

    def _delivered(self, entry: UploadEntry, start_s: float = 0.0) -> None:
        self.sent += 1
        self._settled.add(_key(entry))
        self._tell(Delivered(entry.incident.id, entry.kind, taken=True, start_s=start_s))

    def _give_up(self, entry: UploadEntry, why: VigintError) -> None:
        self.given_up += 1
        self._settled.add(_key(entry))
        if entry.kind is UploadKind.ALERT:
            self._maker.forget(entry.incident.id)
        _log.warning("%s of incident %s will not reach the server: %s", entry.kind, entry.incident.id, why)
        self._tell(Delivered(entry.incident.id, entry.kind, taken=False))


def _key(entry: UploadEntry) -> _Key:
    return entry.incident.id, entry.kind
