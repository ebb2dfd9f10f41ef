"""A process that dies while it takes an upload: ``python -m tests.fakes.upload_child '{...}'``; ends with SIGKILL."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from server.config import Config
from server.db.books.files import Completed, FileBook, FileFacts
from server.db.database import Database
from server.db.tables import FileKind
from server.storage.store import FileStore
from tests.fakes.clock import FakeClock
from tests.fakes.kept import keeping_of

ROOT = Path(__file__).parents[2]
POINTS = ("in a part", "in the whole", "before the books", "after the books")
"""Where it dies: half a part is written; half of the joined file; all of it, unknown to the books; parts are left."""


def upload_and_die(config: Config, point: str, content: bytes, offset: int) -> None:
    """Let a child take the rest of an alert clip of ``i1``, and wait until it has died at ``point``."""
    told = {"config": _plain(config), "point": point, "content": content.hex(), "offset": offset}
    command = [sys.executable, "-m", "tests.fakes.upload_child"]
    child = subprocess.run(command, input=json.dumps(told), cwd=ROOT, timeout=60, check=False, text=True)
    assert child.returncode == -signal.SIGKILL


def _plain(config: Config) -> Mapping[str, Any]:
    return {
        name: value.get_secret_value() if hasattr(value, "get_secret_value") else str(value)
        for name, value in config
        if value is not None
    }


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _half(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Enough for the storage to have begun with it, and then the end."""
    for chunk in chunks:
        yield chunk * (3 * 1024 * 1024 // len(chunk))
        _die()


def _doomed(point: str) -> None:
    """Put the end where it is wanted."""
    put, complete = FileStore.put_stream, FileBook.complete

    def dying_put(self: FileStore, path: str, chunks: Iterable[bytes]) -> int:
        dies_here = path.endswith("whole") == (point == "in the whole")
        return put(self, path, _half(chunks) if dies_here and point.startswith("in") else chunks)

    def dying_complete(self: FileBook, file_id: str, facts: FileFacts, now_s: float) -> Completed | None:
        if point == "before the books":
            _die()
        done = complete(self, file_id, facts, now_s)
        if point == "after the books":
            _die()
        return done

    vars(sys.modules[FileStore.__module__])["FileStore"].put_stream = dying_put
    vars(sys.modules[FileBook.__module__])["FileBook"].complete = dying_complete


def _main() -> None:
    told = json.load(sys.stdin)
    _doomed(told["point"])
    config = Config(**told["config"])
    kept = keeping_of(config, Database(config.database), FakeClock())
    entry = kept.uploads.resume(kept.tenant, FileKind.ALERT, "i1", told["offset"])
    kept.uploads.append(kept.tenant, entry, told["offset"], bytes.fromhex(told["content"]))
    kept.uploads.finish(kept.tenant, FileKind.ALERT, "i1")


if __name__ == "__main__":
    _main()
