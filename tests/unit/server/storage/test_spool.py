"""Bytes on their way in: bounded, counted, and gone with the process."""

import errno
import hashlib
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from server.storage.spool import Spool, disk_free_bytes
from vigint_core.domain.fault import Code, VigintError


def test_what_arrives_is_kept_and_measured(tmp_path: Path) -> None:
    content = bytes(range(256)) * 4000
    with Spool(tmp_path, len(content)) as spool:
        for at in range(0, len(content), 100_000):
            spool.write(content[at : at + 100_000])
        assert (spool.size, spool.sha256) == (len(content), hashlib.sha256(content).hexdigest())
        assert max(len(chunk) for chunk in spool.chunks()) <= 256 * 1024
        assert b"".join(spool.chunks()) == b"".join(spool.chunks()) == content
        with spool.view() as view:
            assert view[255:258] == content[255:258]
            assert len(view) == len(content)


def test_it_has_no_name(tmp_path: Path) -> None:
    """So a process that is killed leaves nothing of it."""
    with Spool(tmp_path, 10) as spool:
        spool.write(b"1234")
        assert list(tmp_path.iterdir()) == []


def test_a_byte_too_many(tmp_path: Path) -> None:
    with Spool(tmp_path, 4) as spool:
        spool.write(b"1234")
        with pytest.raises(VigintError) as caught:
            spool.write(b"5")
    assert caught.value.code is Code.CLIP_TOO_LARGE


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    for used in (lambda: Spool(tmp_path / "gone", 4), lambda: disk_free_bytes(tmp_path / "gone")):
        with pytest.raises(VigintError) as caught:
            used()
        assert caught.value.code is Code.SERVER_STORAGE
        assert str(tmp_path) not in str(caught.value)


def test_a_disk_without_room_is_said_to_be_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class FullFile:
        def write(self, chunk: bytes) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

        def close(self) -> None:
            pass

    monkeypatch.setattr("tempfile.TemporaryFile", lambda **_: FullFile())
    with Spool(tmp_path, 4) as spool, pytest.raises(VigintError) as caught:
        spool.write(b"1")
    assert caught.value.code is Code.STORAGE_FULL


def test_free_space_is_the_disk_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=7))
    assert disk_free_bytes(tmp_path) == 7
