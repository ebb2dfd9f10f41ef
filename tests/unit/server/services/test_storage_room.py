"""New files are refused before a disk is full, and over a cap."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from server.db.books.files import Chosen
from server.db.tables import FileKind
from tests.fakes.kept import Keeping, jpeg, keeping
from tests.fakes.mp4 import mp4
from vigint_core.domain.fault import Code, VigintError

MIB = 2**20


def free_on_disk(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=size))


def refused(kept: Keeping, content: bytes) -> Code | None:
    try:
        kept.files.store(kept.tenant, FileKind.ALERT, "i1", [content])
    except VigintError as error:
        return error.code
    return None


def test_a_disk_keeps_its_reserve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with keeping("folder", tmp_path, "") as kept:
        free_on_disk(monkeypatch, 500 * MIB + len(mp4()) - 1)
        assert refused(kept, mp4()) is Code.STORAGE_FULL
        assert kept.paths() == []
        free_on_disk(monkeypatch, 500 * MIB + len(mp4()))
        assert refused(kept, mp4()) is None
        free_on_disk(monkeypatch, 10 * MIB)
        assert refused(kept, jpeg()) is Code.STORAGE_FULL
        assert refused(kept.again(vigint_storage_reserve_mib=5), mp4(frames=4)) is None
        entry = kept.tenant.files.find("i1", FileKind.ALERT)
        assert entry is not None
        free_on_disk(monkeypatch, 0)
        assert b"".join(kept.files.open(kept.tenant, entry.id).read()) == mp4(frames=4), "reading needs no room"


def test_an_upload_in_parts_is_refused_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with keeping("folder", tmp_path, "") as kept:
        entry = kept.uploads.resume(kept.tenant, FileKind.ALERT, "i1", 0)
        free_on_disk(monkeypatch, 400 * MIB)
        for ask in (
            lambda: kept.uploads.append(kept.tenant, entry, 0, b"x"),
            lambda: kept.uploads.resume(kept.tenant, FileKind.ALERT, "i2", 0),
        ):
            with pytest.raises(VigintError) as caught:
                ask()
            assert caught.value.code is Code.STORAGE_FULL


def test_the_cap_counts_what_all_clients_have(tmp_path: Path) -> None:
    with keeping("folder", tmp_path, "") as kept:
        clip = mp4()
        capped = kept.again(vigint_storage_most_gib=(2.5 * len(clip)) / 2**30)
        assert refused(capped, clip) is None
        capped.files.store(capped.tenant, FileKind.CONTEXT, "w1", [clip])
        assert refused(capped, mp4(frames=19)) is Code.STORAGE_FULL
        kept.files.erase(kept.tenant, Chosen(window_id="w1"))
        assert refused(capped, mp4(frames=19)) is Code.STORAGE_FULL, "the sum is some seconds old"
        kept.clock.advance(31)
        assert refused(capped, mp4(frames=19)) is None
