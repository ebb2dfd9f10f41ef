"""Both kinds of storage, by the same tests: a folder, and an S3-compatible service."""

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
