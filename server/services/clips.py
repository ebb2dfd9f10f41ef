"""The clips of windows whose second look is out: in the storage, so that another process finds them, and at hand here.

Without storage a look goes on with what is at hand: verdicts do not wait for a full disk. What a killed process had
only at hand is gone, and its look says so.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from server.db.books.files import Chosen
from server.db.tables import FileKind
from server.db.tenant import Tenant
from server.logs import journal
from server.services.files import Files
from vigint_core.domain.fault import VigintError

_MOST_AT_HAND: Final = 64 * 1024 * 1024
_log = journal(__name__)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a look is shown. ``is_context``: it is the longer clip around the window, not the window's own."""

    content: bytes
    is_context: bool


class Clips:
    """Keeps what looks need. Thread-safe; every method blocks."""

    def __init__(self, files: Files, most_at_hand: int = _MOST_AT_HAND) -> None:
        """``most_at_hand``: bytes held in memory; the oldest are let go first."""
        self._files = files
        self._most = most_at_hand
        self._lock = threading.Lock()
        self._at_hand: OrderedDict[tuple[str, str, FileKind], bytes] = OrderedDict()
        self._bytes = 0

    def keep(self, tenant: Tenant, window_id: str, clip: bytes, context: bytes) -> bool:
        """Keep the clips of a window until ``forget``; False where the storage did not take them."""
        kept = {FileKind.WINDOW: clip} | ({} if context == clip else {FileKind.CONTEXT: context})
        for kind, content in kept.items():
            self._hold((tenant.client_id, window_id, kind), content)
        try:
            for kind, content in kept.items():
                self._files.store(tenant, kind, window_id, [content])
        except VigintError as error:
            _log.error("clip not stored", window=window_id, code=error.code, detail=error.detail)
            return False
        return True

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
        try:
            self._files.erase(tenant, Chosen(window_id=window_id))
        except VigintError as error:
            _log.error("clips of a window not erased", window=window_id, code=error.code, detail=error.detail)

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
