"""Clips while the storage hangs: at hand at once, stored when it answers, and nothing left of what nobody needs."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from server.config import Config
from server.db.books.files import Chosen
from server.db.database import Database
from server.db.tables import FileKind
from server.db.tenant import Tenant
from server.services.analyses import Upload
from server.services.beside import Errands
from server.services.clips import Clips
from server.services.parts import assemble
from server.storage.spool import Spool
from server.storage.store import FileStore
from tests.fakes.clock import FakeClock
from tests.fakes.mp4 import mp4
from tests.fakes.server import SECRET_KEY
from tests.fakes.waiting import wait_until
from vigint_core.domain.fault import Code, VigintError
from vigint_core.wire import AnalysisRequest

CLIP, CONTEXT = mp4(), mp4(frames=18)
SENT: dict[str, Any] = {
    "camera_id": "door",
    "camera_name": "Door",
    "start": "2026-11-22T14:31:40+01:00",
    "end": "2026-11-22T14:31:50+01:00",
    "context_start": "2026-11-22T14:31:30+01:00",
}


class Bucket:
    """The storage of a server, which hangs until a test lets it go; then it takes files, or refuses them.

    Attributes:
        before: requests that it answers before it hangs.
    """

    def __init__(self, store: FileStore, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.answers, self.refuses, self.asked, self.before = threading.Event(), False, 0, 0
        put_stream, delete_all = store.put_stream, store.delete_all

        def put(path: str, chunks: Any) -> int:
            self._answer()
            if self.refuses:
                raise VigintError(Code.SERVER_STORAGE, "storage: GenericError")
            return put_stream(path, chunks)

        def delete(path: str, keep: str = "") -> None:
            self._answer()
            delete_all(path, keep)

        monkeypatch.setattr(store, "put_stream", put)
        monkeypatch.setattr(store, "delete_all", delete)

    def _answer(self) -> None:
        self.asked += 1
        assert self.asked <= self.before or self.answers.wait(20)

    @property
    def files(self) -> int:
        return sum(each.is_file() for each in self.folder.rglob("*"))


class Room:
    """Clips on books and a bucket, with one client."""

    def __init__(self, database: Database, clock: FakeClock, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        config = Config.model_validate({"secret_key": SECRET_KEY, "vigint_data_dir": folder})
        self.parts = assemble(config, database, None, clock)
        self.bucket = Bucket(self.parts.store, folder / "files", monkeypatch)
        self.clips = Clips(self.parts.files, errands=Errands(2, wait_s=0.1))
        self.tenant = Tenant(database, self.parts.clients.add("Shop").id)

    def keep(self, window_id: str = "w1") -> bool:
        upload = Upload(AnalysisRequest.model_validate({**SENT, "window_id": window_id}), CLIP, CONTEXT)
        self.tenant.analyses.claim(upload.entry, "mark", self.parts.clock.wall(), 90)
        return self.clips.keep(self.tenant, window_id, CLIP, CONTEXT)

    @contextmanager
    def patient(self) -> Iterator[None]:
        """A storage that answers has the time that this machine takes."""
        hasty, self.clips._errands = self.clips._errands, Errands(2, wait_s=30.0)
        yield
        self.clips._errands = hasty

    def shown(self, window_id: str = "w1") -> bytes | None:
        found = self.clips.context(self.tenant, window_id)
        return None if found is None else found.content

    @property
    def stored(self) -> set[FileKind]:
        return {kind for kind in (FileKind.WINDOW, FileKind.CONTEXT) if self.tenant.files.find("w1", kind)}

    def is_clear(self) -> bool:
        """Whether neither bytes nor a row is left of the window."""
        return not self.bucket.files and not self.tenant.files.give_up(Chosen(window_id="w1"))

    def is_idle(self) -> bool:
        return not self.clips._storing and not any(each.name.startswith("beside") for each in threading.enumerate())


@pytest.fixture
def room(database: Database, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    room = Room(database, clock, tmp_path, monkeypatch)
    yield room
    room.bucket.answers.set()
    assert wait_until(room.is_idle)


@pytest.mark.expects_log("clip not stored yet")
def test_a_storage_that_hangs_is_not_waited_for_and_has_the_clips_when_it_answers(room: Room) -> None:
    assert not room.keep()
    assert room.shown() == CONTEXT
    room.clips.put_aside(room.tenant, "w1")  # the second look was made meanwhile, and confirmed
    room.bucket.answers.set()
    assert wait_until(lambda: room.stored == {FileKind.WINDOW, FileKind.CONTEXT})
    assert room.shown() == CONTEXT  # as another process reads it


@pytest.mark.expects_log("clip not stored yet")
@pytest.mark.parametrize("refuses", [False, True])
@pytest.mark.parametrize("before", [0, 1])
def test_of_what_was_vetoed_meanwhile_nothing_is_stored(room: Room, before: int, refuses: bool) -> None:
    """Also where it hangs at the second clip, and the first one lies there whole."""
    room.bucket.before = before
    assert not room.keep()
    assert wait_until(lambda: room.bucket.asked == before + 1)
    room.clips.forget(room.tenant, "w1")
    assert room.shown() is None
    room.bucket.refuses = refuses
    room.bucket.answers.set()
    assert wait_until(room.is_idle)
    assert room.is_clear()


@pytest.mark.expects_log("clip not stored yet")
def test_nor_where_nothing_had_been_written_down_then(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    receive = room.parts.files.receive

    def late(*given: Any) -> Spool:
        assert room.bucket.answers.wait(20)
        return receive(*given)

    monkeypatch.setattr(room.parts.files, "receive", late)
    assert not room.keep()
    room.clips.forget(room.tenant, "w1")
    room.bucket.answers.set()
    assert wait_until(room.is_idle)
    assert room.is_clear()


@pytest.mark.expects_log("clips of a window not erased yet")
def test_a_storage_that_hangs_when_clips_are_erased_is_not_waited_for(room: Room) -> None:
    room.bucket.before = 2
    with room.patient():
        assert room.keep()
    room.clips.forget(room.tenant, "w1")
    assert room.stored == set()
    room.bucket.answers.set()
    assert wait_until(room.is_idle)
    assert room.is_clear()


@pytest.mark.expects_log("clip not stored yet")
@pytest.mark.expects_log("clip not stored")
def test_what_the_storage_refuses_late_is_named_and_leaves_nothing(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    assert not room.keep()
    room.bucket.refuses = True
    room.bucket.answers.set()
    assert wait_until(room.is_idle)
    assert (room.stored, room.bucket.files) == (set(), 0)
    assert room.shown() == CONTEXT
    assert "GenericError" in caplog.text


@pytest.mark.expects_log("clip not stored")
def test_only_so_many_wait_for_the_storage(room: Room) -> None:
    for window_id in ("w1", "w2", "w3"):
        assert not room.keep(window_id)
        assert room.shown(window_id) == CONTEXT
    assert len(room.clips._storing) == 2
    room.bucket.answers.set()
    assert wait_until(room.is_idle)
    assert room.tenant.files.find("w2", FileKind.WINDOW)
    assert room.tenant.files.find("w3", FileKind.WINDOW) is None
    room.clips.forget(room.tenant, "w2")
    assert room.tenant.files.find("w2", FileKind.WINDOW) is None
