"""Both kinds of storage, by the same tests: a folder, and an S3-compatible service."""

import errno
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from server.config import Config
from server.storage.store import FileGoneError, FileStore, open_store
from tests.fakes.kept import PLACES, config_of, kept_in, paths_in
from tests.fakes.s3 import fresh_bucket, s3_client
from vigint_core.domain.fault import Code, VigintError

LARGE = 12 * 1024 * 1024 + 17


@pytest.fixture(params=PLACES)
def config(request: pytest.FixtureRequest, tmp_path: Path, s3: str) -> Config:
    return config_of(tmp_path, **kept_in(request.param, s3))


@pytest.fixture
def store(config: Config) -> FileStore:
    return open_store(config)


def chunked(content: bytes, size: int) -> Iterator[bytes]:
    return (content[at : at + size] for at in range(0, len(content), size))


def pattern(size: int) -> bytes:
    return bytes(number % 251 for number in range(1000)) * (size // 1000) + b"x" * (size % 1000)


def read(store: FileStore, path: str, start: int, end: int) -> bytes:
    return b"".join(store.read_range(path, start, end))


@pytest.mark.parametrize("size", [0, 1, 1024 * 1024, 1024 * 1024 + 1, LARGE])
def test_what_is_written_is_read(store: FileStore, size: int) -> None:
    content = pattern(size)
    assert store.put_stream("c/f/whole", chunked(content, 300_000)) == size
    assert store.size("c/f/whole") == size
    assert read(store, "c/f/whole", 0, size) == content


def test_a_file_comes_in_bounded_chunks(store: FileStore) -> None:
    store.put_stream("c/f/whole", chunked(pattern(LARGE), 1_000_000))
    sizes = [len(chunk) for chunk in store.read_range("c/f/whole", 0, LARGE)]
    assert sum(sizes) == LARGE
    assert max(sizes) <= 1024 * 1024


def test_a_file_is_replaced(store: FileStore) -> None:
    store.put_stream("c/f/whole", [b"before, and longer"])
    store.put_stream("c/f/whole", [b"after"])
    assert read(store, "c/f/whole", 0, 5) == b"after"
    assert store.size("c/f/whole") == 5


@pytest.mark.parametrize("before", [0, LARGE])
def test_a_file_that_breaks_off_is_none(store: FileStore, config: Config, before: int) -> None:
    def breaking() -> Iterator[bytes]:
        yield from chunked(pattern(before), 1_000_000)
        raise VigintError(Code.CLIP_TOO_LARGE)

    with pytest.raises(VigintError, match=r"clip\.too_large"):
        store.put_stream("c/f/whole", breaking())
    assert paths_in(config) == []


@pytest.fixture(scope="module")
def ranged(s3: str) -> Iterator[list[FileStore]]:
    with tempfile.TemporaryDirectory() as folder:
        stores = [open_store(config_of(Path(folder), **kept_in(place, s3))) for place in PLACES]
        for store in stores:
            store.put_stream("c/f/whole", chunked(pattern(700_001), 100_000))
        yield stores


@settings(max_examples=25)
@given(st.integers(0, 700_001), st.integers(0, 700_001))
def test_every_range_is_exact(ranged: list[FileStore], start: int, end: int) -> None:
    for store in ranged:
        assert read(store, "c/f/whole", start, end) == pattern(700_001)[start:end]


def test_a_file_that_is_gone_is_a_named_failure_at_once(store: FileStore) -> None:
    for asked in (store.size, lambda path: store.read_range(path, 0, 1)):
        with pytest.raises(FileGoneError) as caught:
            asked("c/f/gone")
        assert str(caught.value) == "server.storage: storage: a file is gone"


def test_a_file_shorter_than_the_books_say_is_no_silent_loss(store: FileStore) -> None:
    store.put_stream("c/f/whole", [b"12345"])
    with pytest.raises(VigintError, match="ends early"):
        read(store, "c/f/whole", 2, 9)


def test_deleting_is_harmless_twice(store: FileStore, config: Config) -> None:
    store.put_stream("c/f/whole", [b"1"])
    store.delete("c/f/whole")
    store.delete("c/f/whole")
    assert paths_in(config) == []


def test_all_below_a_path_is_removed_and_nothing_else(store: FileStore, config: Config) -> None:
    for path in ("c/f/whole", "c/f/1", "c/f2/whole", "c2/f/whole"):
        store.put_stream(path, [b"1"])
    store.delete_all("c/f", keep="c/f/whole")
    assert paths_in(config) == ["c/f/whole", "c/f2/whole", "c2/f/whole"]
    store.delete_all("c/f")
    store.delete_all("c/f")
    assert paths_in(config) == ["c/f2/whole", "c2/f/whole"]


def test_what_a_killed_process_left_half_written_goes_too(tmp_path: Path) -> None:
    config = config_of(tmp_path)
    store = open_store(config)
    (tmp_path / "files/c/f").mkdir(parents=True)
    (tmp_path / "files/c/f/whole#1").write_bytes(b"half")
    with pytest.raises(VigintError):
        store.size("c/f/whole")
    store.delete_all("c/f")
    assert list((tmp_path / "files").rglob("*f*")) == []


@pytest.mark.parametrize(
    "path", ["", "/c/f", "c/../f", "c/f/", "c//f", "../x", "c/f\0", "c/é", "c/a.mp4", "c\\f", "c/f#1"]
)
def test_a_path_that_is_not_made_of_ids_is_a_bug(store: FileStore, config: Config, path: str) -> None:
    for used in (store.size, store.delete, store.delete_all, lambda name: store.put_stream(name, [b"1"])):
        with pytest.raises(ValueError, match="made of ids"):
            used(path)
    assert paths_in(config) == []


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path, list[str]]]:
    """What the disk was told to hold, in order: a file or folder, and for a folder the names that were in it then."""
    told = []

    def fsync(handle: int) -> None:
        path = Path(f"/proc/self/fd/{handle}").readlink()
        told.append((path, sorted(each.name for each in path.iterdir()) if path.is_dir() else []))

    monkeypatch.setattr("os.fsync", fsync)
    return told


@pytest.mark.parametrize("size", [1, LARGE])
def test_a_folder_has_it_on_the_disk_when_it_says_so(
    tmp_path: Path, synced: list[tuple[Path, list[str]]], size: int
) -> None:
    root = tmp_path / "files"
    open_store(config_of(tmp_path)).put_stream("c/f/whole", chunked(pattern(size), 1_000_000))
    assert synced == [(root / "c/f/whole", []), (root / "c/f", ["whole"]), (root / "c", ["f"]), (root, ["c"])]


def test_what_is_removed_does_not_come_back_after_a_power_cut(
    tmp_path: Path, synced: list[tuple[Path, list[str]]]
) -> None:
    """No row leads to it any more."""
    store, root = open_store(config_of(tmp_path)), tmp_path / "files"
    for path in ("c/f/whole", "c/f/1", "c/g/whole"):
        store.put_stream(path, [b"1"])
    synced.clear()
    store.delete_all("c/f", keep="c/f/whole")
    assert synced[0] == (root / "c/f", ["whole"])
    synced.clear()
    store.delete_all("c/f")
    assert synced == [(root / "c", ["g"]), (root, ["c"])]
    synced.clear()
    store.delete("c/g/whole")
    assert synced[0] == (root / "c/g", [])


@pytest.mark.parametrize(("number", "fails"), [(errno.EIO, True), (errno.EINVAL, False)])
def test_a_disk_that_does_not_take_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, *, fails: bool
) -> None:
    def fsync(handle: int) -> None:
        if Path(f"/proc/self/fd/{handle}").readlink().is_dir():
            raise OSError(number, os.strerror(number))

    monkeypatch.setattr("os.fsync", fsync)
    store = open_store(config_of(tmp_path))
    if fails:
        with pytest.raises(VigintError) as caught:
            store.put_stream("c/f/whole", [b"1"])
        assert caught.value.code is Code.SERVER_STORAGE
    else:
        assert store.put_stream("c/f/whole", [b"1"]) == 1


def test_a_folder_that_stays_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The books must not forget what lies there."""
    store = open_store(config_of(tmp_path))
    store.put_stream("c/f/whole", [b"1"])
    monkeypatch.setattr(shutil, "rmtree", lambda _folder, *, ignore_errors: None)
    with pytest.raises(VigintError, match="could not be removed"):
        store.delete_all("c/f")


def test_the_proof_writes_and_leaves_nothing(store: FileStore, config: Config) -> None:
    free = store.prove()
    assert (free is None) == (store.kind == "s3")
    assert free is None or free > 0
    assert paths_in(config) == []


def test_a_service_that_is_gone_fails_without_its_address(s3: str) -> None:
    config = config_of(Path("unused"), **kept_in("s3", s3)).model_copy(
        update={"aws_endpoint_url": "http://127.0.0.1:9"}
    )
    with pytest.raises(VigintError) as caught:
        open_store(config).prove()
    assert caught.value.code is Code.SERVER_STORAGE
    assert "127.0.0.1" not in str(caught.value)


def test_the_documented_rule_is_one_that_a_bucket_takes(s3: str) -> None:
    documented = (Path(__file__).parents[4] / "docs/server.md").read_text("utf-8")
    rule = json.loads(documented.partition("### A bucket")[2].partition("```json")[2].partition("```")[0])
    bucket, client = fresh_bucket(s3), s3_client(s3)
    client.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration=rule)
    (kept,) = client.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    assert (kept["Status"], kept["AbortIncompleteMultipartUpload"]) == ("Enabled", {"DaysAfterInitiation": 1})


def test_a_file_that_breaks_off_leaves_no_parts_in_a_bucket(s3: str) -> None:
    """Of a process that lives; behind one that was killed the documented rule cleans up."""

    def breaking() -> Iterator[bytes]:
        yield from chunked(pattern(LARGE), 1_000_000)
        raise VigintError(Code.CLIP_TOO_LARGE)

    config = config_of(Path("unused"), **kept_in("s3", s3))
    with pytest.raises(VigintError):
        open_store(config).put_stream("c/f/whole", breaking())
    bucket = config.vigint_storage_url.removeprefix("s3://").partition("/")[0]
    assert "Uploads" not in s3_client(s3).list_multipart_uploads(Bucket=bucket)


def test_a_folder_by_its_address_is_for_us_alone(tmp_path: Path) -> None:
    store = open_store(config_of(tmp_path / "data", vigint_storage_url=f"file://{tmp_path}/with%20space/x"))
    store.put_stream("c/f/whole", [b"1"])
    assert (tmp_path / "with space/x/c/f/whole").read_bytes() == b"1"
    assert (tmp_path / "with space/x").stat().st_mode & 0o777 == 0o700
    assert not (tmp_path / "data").exists()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(VigintError) as caught:
        open_store(config_of(tmp_path / "file"))
    assert caught.value.code is Code.SERVER_STORAGE
    assert str(tmp_path) not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["s3://", "s3://user:pass@bucket", "http://bucket", "/folder", "file://host/x", "s3://b?x=1"]
)
def test_an_address_that_is_none_stops_the_start(tmp_path: Path, url: str) -> None:
    with pytest.raises(ValidationError) as caught:
        config_of(tmp_path, vigint_storage_url=url)
    assert "pass" not in str(caught.value)


def test_no_secret_shows(s3: str) -> None:
    config = config_of(Path("unused"), **kept_in("s3", s3) | {"aws_secret_access_key": SecretStr("tell-nobody")})
    assert "tell-nobody" not in repr(config) + repr(open_store(config).__dict__)


def test_the_files_below_a_path_are_listed(store: FileStore) -> None:
    for path in ("c/recent/one/1-2", "c/recent/two/3-4", "c/f/whole"):
        store.put_stream(path, [b"x"])
    assert sorted(store.paths("c/recent")) == ["c/recent/one/1-2", "c/recent/two/3-4"]
    assert list(store.paths("c/nothing")) == []
