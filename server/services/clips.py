"""The clips of windows whose second look is out: in the storage, so that another process finds them, and at hand here.

Without storage a look goes on with what is at hand: verdicts do not wait for a full disk, nor for a bucket that does
not answer. What takes long is stored all the same, beside the look. What a killed process had only at hand is gone, and
its look says so.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from server.db.books.files import Chosen, FileEntry
from server.db.tables import FileKind
from server.db.tenant import Tenant
from server.logs import journal
from server.services.beside import Errands
from server.services.files import Files
from vigint_core.domain.fault import Code, VigintError

_MOST_AT_HAND: Final = 64 * 1024 * 1024
_MOST_ERRANDS: Final = 16  # at the storage, each with the clips of a window; it hangs up after a minute at most
_WAIT_S: Final = 3.0  # of the 35 that a request waits at most, and a desk waits 12
_log = journal(__name__)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a look is shown. ``is_context``: it is the longer clip around the window, not the window's own."""

    content: bytes
    is_context: bool


@dataclass(eq=False, slots=True)
class _Storing:
    """Clips on their way into the storage.

    Attributes:
        unwanted: nobody needs them any more, so nothing may stay of them.
        gone: files that were given up meanwhile, to be removed behind the last one that is written.
    """

    tenant: Tenant
    window_id: str
    clips: Mapping[FileKind, bytes]
    unwanted: bool = False
    gone: list[FileEntry] = field(default_factory=list)

    def is_of(self, tenant: Tenant, window_id: str) -> bool:
        """Whether they are a window's."""
        return (self.tenant.client_id, self.window_id) == (tenant.client_id, window_id)


class Clips:
    """Keeps what looks need. Thread-safe; every method blocks, those that write or erase for three seconds at most."""

    def __init__(self, files: Files, most_at_hand: int = _MOST_AT_HAND, errands: Errands | None = None) -> None:
        """``most_at_hand``: bytes held in memory; the oldest are let go first."""
        self._files = files
        self._most = most_at_hand
        self._errands = errands or Errands(_MOST_ERRANDS, _WAIT_S)
        self._lock = threading.Lock()
        self._at_hand: OrderedDict[tuple[str, str, FileKind], bytes] = OrderedDict()
        self._bytes = 0
        self._storing: set[_Storing] = set()

    def keep(self, tenant: Tenant, window_id: str, clip: bytes, context: bytes) -> bool:
        """Keep the clips of a window until ``forget``; False where the storage did not take them, or has not yet."""
        kept = {FileKind.WINDOW: clip} | ({} if context == clip else {FileKind.CONTEXT: context})
        for kind, content in kept.items():
            self._hold((tenant.client_id, window_id, kind), content)
        storing = _Storing(tenant, window_id, kept)
        with self._lock:
            self._storing.add(storing)
        try:
            return self._errands.do(partial(self._store, storing))
        except TimeoutError:
            _log.error("clip not stored yet", window=window_id, code=Code.SERVER_FILES, wait_s=_WAIT_S)
        except VigintError as error:  # it was never begun
            with self._lock:
                self._storing.discard(storing)
            _log.error("clip not stored", window=window_id, code=error.code, detail=error.detail)
        return False

    def window(self, tenant: Tenant, window_id: str) -> Shown | None:
        """The window's own clip; None where it is gone. Raises VigintError(SERVER_STORAGE)."""
        content = self._read(tenant, window_id, FileKind.WINDOW)
        return None if content is None else Shown(content, is_context=False)

    def context(self, tenant: Tenant, window_id: str) -> Shown | None:
        """The longer clip around a window, or else its own; None where both are gone. Raises as ``window``."""
        content = self._read(tenant, window_id, FileKind.CONTEXT)
        return self.window(tenant, window_id) if content is None else Shown(content, is_context=True)

    def has_context(self, tenant: Tenant, window_id: str) -> bool:
        """Whether the longer clip has come. Raises as ``window``."""
        key = (tenant.client_id, window_id, FileKind.CONTEXT)
        with self._lock:
            if key in self._at_hand:
                return True
        return self._files.find(tenant, window_id, FileKind.CONTEXT) is not None

    def put_aside(self, tenant: Tenant, window_id: str) -> None:
        """No look needs the clips any more: they stay in the storage, for as long as the client keeps them."""
        with self._lock:
            for kind in (FileKind.WINDOW, FileKind.CONTEXT):
                content = self._at_hand.pop((tenant.client_id, window_id, kind), b"")
                self._bytes -= len(content)

    def forget(self, tenant: Tenant, window_id: str) -> None:
        """Nobody needs the clips any more: nothing stays. What can't be erased now, the daily job erases."""
        self.put_aside(tenant, window_id)
        with self._lock:
            storing = [each for each in self._storing if each.is_of(tenant, window_id)]
            for each in storing:
                each.unwanted = True
        try:
            gone = tenant.files.give_up(Chosen(window_id=window_id))
            if gone and not self._left_to(storing, gone):
                self._errands.do(partial(self._files.remove, gone))
        except TimeoutError:
            _log.warning("clips of a window not erased yet", window=window_id, code=Code.SERVER_FILES)
        except VigintError as error:
            _log.error("clips of a window not erased", window=window_id, code=error.code, detail=error.detail)

    def _store(self, storing: _Storing) -> bool:
        written: list[str] = []
        try:
            for kind, content in storing.clips.items():
                if not storing.unwanted:
                    written.append(self._files.store(storing.tenant, kind, storing.window_id, [content]).id)
        except VigintError as error:
            if not storing.unwanted:
                _log.error("clip not stored", window=storing.window_id, code=error.code, detail=error.detail)
            return False
        finally:
            with self._lock:
                self._storing.remove(storing)
            if storing.unwanted:
                self._clear(storing, written)
        return not storing.unwanted

    def _clear(self, storing: _Storing, written: Iterable[str]) -> None:
        """Behind clips that nobody wanted any more when they were written: what was begun after they were given up."""
        try:
            for file_id in written:
                storing.gone += storing.tenant.files.give_up(Chosen(file_id=file_id))
        except VigintError as error:
            _log.error("clips of a window not erased", window=storing.window_id, code=error.code, detail=error.detail)
        self._files.remove(list({entry.id: entry for entry in storing.gone}.values()))

    def _left_to(self, storing: Iterable[_Storing], gone: Iterable[FileEntry]) -> bool:
        """Have files removed by who still writes into their place; False where nobody does any more."""
        with self._lock:
            for each in storing:
                if each in self._storing:
                    each.gone += gone
                    return True
        return False

    def _hold(self, key: tuple[str, str, FileKind], content: bytes) -> None:
        with self._lock:
            self._bytes += len(content) - len(self._at_hand.pop(key, b""))
            self._at_hand[key] = content
            while self._bytes > self._most and len(self._at_hand) > 1:
                self._bytes -= len(self._at_hand.popitem(last=False)[1])

    def _read(self, tenant: Tenant, window_id: str, kind: FileKind) -> bytes | None:
        with self._lock:
            at_hand = self._at_hand.get((tenant.client_id, window_id, kind))
        if at_hand is not None:
            return at_hand
        found = self._files.find(tenant, window_id, kind)
        return None if found is None else b"".join(self._files.open(tenant, found.id).read())
