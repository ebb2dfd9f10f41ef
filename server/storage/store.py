"""Where the bytes of files lie: a folder, or a bucket of an S3-compatible service. Only this module knows ``obstore``.

A file becomes visible when all of it is there: a folder gets it under another name first, a bucket as an upload in
parts, so that a process that is killed leaves nothing that looks like a file. What is done is done for good when a
method returns, also if the power fails then: the books are told afterwards, and must not know more than the disk. Bytes
travel in chunks; what is held of one file at a time is bounded, whatever its size.
"""

import errno
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from server.config import Config
from vigint_core.domain.fault import Code, VigintError

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig, S3Config

CHUNK: Final = 256 * 1024
"""Bytes of one chunk on the way out, at least."""
_AT_ONCE: Final = 1024 * 1024  # a file up to this size is written in one request
_S3_PART: Final = 5 * 1024 * 1024  # the least that S3 takes as a part
_PATH: Final = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*")
_PROOFS: Final = "proofs"
_RETRIES: Final["RetryConfig"] = {"max_retries": 3, "retry_timeout": timedelta(seconds=20)}
_CONNECT: Final = timedelta(seconds=5)
_TIMEOUT: Final = timedelta(seconds=30)


class FileGoneError(VigintError):
    """There is no such file; asking again is in vain."""

    def __init__(self) -> None:
        super().__init__(Code.SERVER_STORAGE, "storage: a file is gone")


class FileStore:
    """Files by their paths. Thread-safe; blocks. Every failure leaves as VigintError(SERVER_STORAGE), without address.

    A path is made of ids that we minted, with ``/`` between them. A name that a stranger gave is never part of one.

    Attributes:
        folder: where the files lie, None where it is a bucket.
    """

    def __init__(self, store: LocalStore | S3Store, folder: Path | None = None) -> None:
        self._store = store
        self.folder = folder
        self._part = _S3_PART if folder is None else _AT_ONCE

    @property
    def kind(self) -> str:
        """``folder`` or ``s3``."""
        return "s3" if self.folder is None else "folder"

    def put_stream(self, path: str, chunks: Iterable[bytes]) -> int:
        """Write a file, over what was there, and return its size in bytes. What ``chunks`` raises ends it: no file."""
        counted = _Counted(chunks)
        begin = bytearray()
        for chunk in counted:
            begin += chunk
            if len(begin) > _AT_ONCE:
                break
        with _named_errors():
            if len(begin) <= _AT_ONCE:
                obstore.put(self._store, _checked(path), bytes(begin), use_multipart=False)
            else:
                whole = chain((bytes(begin),), counted)
                obstore.put(self._store, _checked(path), whole, chunk_size=self._part, max_concurrency=1)
            if self.folder is not None:
                _sync_file(self.folder / path)
                _sync_folders(self.folder, (self.folder / path).parent)
        return counted.bytes

    def read_range(self, path: str, start: int, end: int) -> Iterator[bytes]:
        """Bytes ``start`` to before ``end``, in chunks. Raises FileGoneError at once, VigintError later if it is short.

        An ``end`` not behind ``start`` asks for nothing.
        """
        if end <= start:
            return iter(())
        with _named_errors():
            got = obstore.get(self._store, _checked(path), options={"range": (start, end)})
            chunks = got.stream(min_chunk_size=CHUNK)
        return _whole(chunks, end - start)

    def size(self, path: str) -> int:
        """Bytes of a file."""
        with _named_errors():
            return int(obstore.head(self._store, _checked(path))["size"])

    def paths(self, path: str) -> Sequence[str]:
        """The files below a path."""
        with _named_errors():
            return [each["path"] for batch in obstore.list(self._store, prefix=_checked(path)) for each in batch]

    def delete(self, path: str) -> None:
        """Remove a file; one that is not there is no failure."""
        with _named_errors():
            with suppress(FileNotFoundError):
                obstore.delete(self._store, _checked(path))
            if self.folder is not None:
                _sync_folders(self.folder, (self.folder / path).parent)

    def delete_all(self, path: str, keep: str = "") -> None:
        """Remove everything below a path, also what a killed process left half-written; all but the file ``keep``."""
        with _named_errors():
            for batch in obstore.list(self._store, prefix=_checked(path)):
                gone = [each["path"] for each in batch if each["path"] != keep]
                if gone:
                    obstore.delete(self._store, gone)
            if self.folder is not None:
                if not keep:
                    _remove_tree(self.folder / path)
                _sync_folders(self.folder, self.folder / path)

    def free_bytes(self) -> int | None:
        """Free space of the folder's disk; None for a bucket, which has no end that we could know."""
        if self.folder is None:
            return None
        with _named_errors():
            return shutil.disk_usage(self.folder).free

    def prove(self) -> int | None:
        """Write, read and remove a file. Returns ``free_bytes()``."""
        path, content = f"{_PROOFS}/{secrets.token_hex(8)}", secrets.token_bytes(16)
        self.put_stream(path, [content])
        try:
            if b"".join(self.read_range(path, 0, len(content))) != content:
                raise VigintError(Code.SERVER_STORAGE, "storage: what was written did not come back")
        finally:
            self.delete(path)
        return self.free_bytes()


class _Counted:
    """Counts what passes; goes on where it was left."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self.bytes = 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self.bytes += len(chunk)
            yield chunk


def _whole(chunks: Iterable[bytes], wanted: int) -> Iterator[bytes]:
    """The chunks, as ``bytes``; raises where fewer came than were promised to whoever reads."""
    left = wanted
    with _named_errors():
        for chunk in chunks:
            left -= len(chunk)
            yield bytes(chunk)
    if left:
        raise VigintError(Code.SERVER_STORAGE, "storage: a file ends early")


def _sync_file(file: Path) -> None:
    """Have the disk hold all of a file: the library leaves that to the system, which takes half a minute."""
    with file.open("rb+") as written:  # as if to write, because Windows asks for that
        os.fsync(written.fileno())


def _sync_folders(root: Path, folder: Path) -> None:
    """Have the disk hold the names in a folder and on the way to it from ``root``: each may be new, or gone."""
    if os.name == "nt":
        return  # NTFS keeps a journal of names, and lets nobody ask for more
    while True:
        with suppress(FileNotFoundError):  # it was removed with all that was in it
            _sync_folder(folder)
        if folder == root:
            return
        folder = folder.parent


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:  # some network drives know no such thing
            raise
    finally:
        os.close(handle)


def _remove_tree(folder: Path) -> None:
    """Remove a folder with what the library does not list: files that are half-written."""
    shutil.rmtree(folder, ignore_errors=True)  # another process may do the same
    if folder.exists():
        raise VigintError(Code.SERVER_STORAGE, "storage: a folder could not be removed")


@contextmanager
def _named_errors() -> Iterator[None]:
    """The library's texts hold addresses and paths; its types say enough for a log."""
    try:
        yield
    except FileNotFoundError as error:
        raise FileGoneError from error
    except (BaseError, OSError) as error:
        raise VigintError(Code.SERVER_STORAGE, f"storage: {type(error).__name__}") from error


def _checked(path: str) -> str:
    if not _PATH.fullmatch(path):
        raise ValueError("a path in the storage is made of ids")
    return path


def open_store(config: Config) -> FileStore:
    """The storage that the configuration names. Nothing is asked of a bucket yet; a folder is made, for us alone.

    Raises VigintError(SERVER_STORAGE) where the folder can't be made.
    """
    url = config.vigint_storage_url
    if url.startswith("s3://"):
        return FileStore(_bucket(config))
    folder = Path(unquote(urlsplit(url).path)) if url else config.vigint_data_dir / "files"
    with _named_errors():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return FileStore(LocalStore(prefix=folder), folder)


def _bucket(config: Config) -> S3Store:
    """What the configuration leaves open (roles, session tokens, ...) the library takes from the environment itself."""
    told: S3Config = {}
    if config.aws_endpoint_url:
        told["endpoint"] = config.aws_endpoint_url
    if config.aws_region:
        told["region"] = config.aws_region
    if config.aws_access_key_id.get_secret_value():
        told["access_key_id"] = config.aws_access_key_id.get_secret_value()
        told["secret_access_key"] = config.aws_secret_access_key.get_secret_value()
    client: ClientConfig = {
        "allow_http": config.aws_endpoint_url.startswith("http://"),
        "connect_timeout": _CONNECT,
        "timeout": _TIMEOUT,
    }
    with _named_errors():
        return S3Store.from_url(config.vigint_storage_url, config=told, client_options=client, retry_config=_RETRIES)
