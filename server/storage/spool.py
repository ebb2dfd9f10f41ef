"""A file on its way in: on the local disk without a name, so that a process that dies leaves nothing of it."""

import errno
import hashlib
import mmap
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from server.storage.store import CHUNK
from vigint_core.domain.fault import Code, VigintError


class Spool:
    """Bytes that have arrived, up to ``most_bytes``, and their SHA-256. For one thread at a time; close it.

    Raises VigintError: CLIP_TOO_LARGE for a byte too many, STORAGE_FULL or SERVER_STORAGE where the disk takes no more.
    """

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._digest = hashlib.sha256()
        self.size = 0
        with _named_errors():
            self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def sha256(self) -> str:
        """Of what has arrived, in hexadecimal digits."""
        return self._digest.hexdigest()

    def write(self, chunk: bytes) -> None:
        """Take the next bytes."""
        self.size += len(chunk)
        if self.size > self._most_bytes:
            raise VigintError(Code.CLIP_TOO_LARGE, f"more than {self._most_bytes} bytes")
        self._digest.update(chunk)
        with _named_errors():
            self._file.write(chunk)

    def chunks(self) -> Iterator[bytes]:
        """All that has arrived, from the start."""
        with _named_errors():
            self._file.seek(0)
            while chunk := self._file.read(CHUNK):
                yield chunk

    @contextmanager
    def view(self) -> Iterator[mmap.mmap]:
        """All that has arrived, to look at any place of it without reading it all; at least a byte must be there."""
        with _named_errors():
            self._file.flush()
            view = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
        with view:
            yield view

    def close(self) -> None:
        """Throw it away."""
        self._file.close()


def disk_free_bytes(folder: Path) -> int:
    """Free space of the disk that a folder lies on."""
    with _named_errors():
        return shutil.disk_usage(folder).free


@contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        code = Code.STORAGE_FULL if error.errno in {errno.ENOSPC, errno.EDQUOT} else Code.SERVER_STORAGE
        raise VigintError(code, f"spool: {error.strerror}") from error
