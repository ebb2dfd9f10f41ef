"""The last windows of each camera: what a second look is shown around a window whose client sends no longer clip.

They lie in the storage, where every process finds them, below names that say when they were: no row of the books leads
to them, as they are worth nothing a minute later. What can't be kept is left out and counted; a look goes on without.
"""

import asyncio
import hashlib
import re
from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import anyio
import anyio.to_thread

from server.logs import journal
from server.services.beside import Errands
from server.services.storage_room import StorageRoom
from server.storage.store import FileStore
from vigint_core.domain.fault import Code, VigintError
from vigint_core.media.join import Piece, joined
from vigint_core.media.probe import ClipLimits, probe
from vigint_core.ports import Clock

REACH_S: Final = 30.0
"""How far before a window its longer clip begins at most."""
GAP_S: Final = 10.0
"""Between two windows of one film: over a longer one nothing of the same act is told."""
KEPT_S: Final = 120.0
"""For so long a window may still be asked for: a second look is under way within half a minute as a rule."""
_MOST_JOINED: Final = 12
_MOST_WRITING: Final = 8  # at once; of more, a window is not kept
_MOST_READING: Final = 16
_READ_S: Final = 3.0  # a second look does not wait longer for a storage that hangs
_MOST_CAMERAS: Final = 4096  # whose files are removed as newer ones come; the daily job removes those of the others
_PLACE: Final = "recent"
_NAME: Final = re.compile(r"(\d{1,14})-(\d{1,14})-(\d{1,14})-[0-9a-f]{16}")
_log = journal(__name__)


@dataclass(frozen=True, slots=True)
class _Kept:
    """A window in the storage. Times are Unix milliseconds: when it was kept, its first picture, its end."""

    path: str
    kept_ms: int
    start_ms: int
    end_ms: int


class RecentWindows:
    """Keeps windows of all clients. ``keep`` belongs on the event loop, everything else blocks.

    Attributes:
        left_out: windows that were not kept, since the process started.
    """

    def __init__(self, store: FileStore, room: StorageRoom, clock: Clock, limits: ClipLimits) -> None:
        """``limits``: of the longer clip."""
        self.left_out = 0
        self._store = store
        self._room = room
        self._clock = clock
        self._limits = limits
        self._mine: OrderedDict[str, deque[_Kept]] = OrderedDict()
        self._writing: set[asyncio.Task[None]] = set()
        self._errands = Errands(_MOST_READING, _READ_S)
        self._threads = anyio.CapacityLimiter(_MOST_WRITING)  # its own: a storage that hangs holds up nobody else

    def keep(self, client_id: str, camera_id: str, window_id: str, piece: Piece, end_s: float) -> None:
        """Keep a window from now on, beside whatever else is done; nobody waits for it."""
        if len(self._writing) >= _MOST_WRITING or piece.start_s < 0:
            self.left_out += 1
            return
        folder = place_of(client_id, camera_id)
        mark = hashlib.sha256(window_id.encode()).hexdigest()[:16]
        times = [round(at_s * 1000) for at_s in (self._clock.wall(), piece.start_s, end_s)]
        kept = _Kept(f"{folder}/{times[0]}-{times[1]}-{times[2]}-{mark}", *times)
        task = asyncio.create_task(self._write(folder, kept, piece.clip))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def settled(self) -> None:
        """Wait until all that was to be kept is."""
        while self._writing:
            await asyncio.wait(self._writing)

    def longer(self, client_id: str, camera_id: str, own: Piece) -> Piece:
        """The window ``own`` with those right before it as one film; ``own`` where there are none, or they don't fit.

        Raises nothing: without them, a second look sees the window alone.
        """
        try:
            before = self._errands.do(partial(self._before, place_of(client_id, camera_id), own.start_s))
            if not before:
                return own
            film = joined([*before, own])
            probe(film.clip, self._limits)
        except TimeoutError:
            _log.warning("windows not joined", camera_id=camera_id, code=Code.SERVER_FILES, detail="no answer in time")
            return own
        except VigintError as error:
            _log.info("windows not joined", camera_id=camera_id, code=error.code, detail=error.detail)
            return own
        return film

    def erase_old(self, client_id: str) -> int:
        """For the daily job: erase what processes that ended have left of a client; how many windows.

        Raises VigintError(SERVER_STORAGE).
        """
        before_ms = round((self._clock.wall() - KEPT_S) * 1000)
        old = [each for each in self._found(f"{client_id}/{_PLACE}") if each.kept_ms < before_ms]
        for each in old:
            self._store.delete(each.path)
        return len(old)

    async def _write(self, folder: str, kept: _Kept, clip: bytes) -> None:
        try:
            await anyio.to_thread.run_sync(self._put, kept, clip, limiter=self._threads)
            mine = self._mine.setdefault(folder, deque())
            mine.append(kept)
            self._mine.move_to_end(folder)
            while mine and mine[0].kept_ms < kept.kept_ms - KEPT_S * 1000:
                await anyio.to_thread.run_sync(self._store.delete, mine.popleft().path, limiter=self._threads)
            if len(self._mine) > _MOST_CAMERAS:
                self._mine.popitem(last=False)
        except VigintError as error:
            self.left_out += 1
            _log.info("window not kept", code=error.code, detail=error.detail, left_out=self.left_out)

    def _put(self, kept: _Kept, clip: bytes) -> None:
        self._room.claim(len(clip))
        self._store.put_stream(kept.path, [clip])

    def _before(self, folder: str, start_s: float) -> Sequence[Piece]:
        """The windows right before a time, oldest first, back to the first gap."""
        start_ms = round(start_s * 1000)
        found = sorted(self._found(folder), key=lambda kept: kept.kept_ms)  # one may have been sent again
        near = {each.start_ms: each for each in found if start_ms - REACH_S * 1000 <= each.start_ms < start_ms}
        run: list[_Kept] = []
        for each in sorted(near.values(), key=lambda kept: kept.start_ms, reverse=True)[:_MOST_JOINED]:
            begins_ms = run[-1].start_ms if run else start_ms
            if begins_ms - each.end_ms > GAP_S * 1000:
                break
            run.append(each)
        return [Piece(each.start_ms / 1000, self._read(each)) for each in reversed(run)]

    def _read(self, kept: _Kept) -> bytes:
        return b"".join(self._store.read_range(kept.path, 0, self._store.size(kept.path)))

    def _found(self, place: str) -> Sequence[_Kept]:
        told = ((path, _NAME.fullmatch(path.rpartition("/")[2])) for path in self._store.paths(place))
        return [_Kept(path, *(int(part) for part in name.groups())) for path, name in told if name is not None]


def place_of(client_id: str, camera_id: str) -> str:
    """Where the windows of a camera lie. A camera's id is a stranger's word, and no part of a path."""
    return f"{client_id}/{_PLACE}/{hashlib.sha256(camera_id.encode()).hexdigest()[:32]}"
