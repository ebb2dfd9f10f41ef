"""The last windows of each camera: kept beside everything else, found by every process, gone a little later."""

import asyncio
import io
import threading
from collections.abc import Callable
from pathlib import Path

import av
import pytest

from server.config import Config
from server.db.database import Database
from server.services import recent_windows as module
from server.services.recent_windows import GAP_S, KEPT_S, REACH_S, RecentWindows, place_of
from server.services.storage_room import RoomLimits, StorageRoom
from server.storage.store import FileStore, open_store
from tests.fakes.clock import NOON_S, FakeClock
from tests.fakes.mp4 import mp4
from tests.fakes.server import SECRET_KEY
from vigint_core.domain.fault import Code, VigintError
from vigint_core.media.join import Piece
from vigint_core.media.probe import ClipLimits

CLIP = mp4()  # ten seconds
OWN = Piece(NOON_S, CLIP)


class Room:
    """Two processes on one storage."""

    def __init__(self, database: Database, folder: Path, clock: FakeClock) -> None:
        config = Config.model_validate({"secret_key": SECRET_KEY, "vigint_data_dir": folder})
        self.store = open_store(config)
        self.clock = clock
        self.room = StorageRoom(self.store, database, clock, folder, RoomLimits(0))
        self.one, self.other = self.process(), self.process()

    def process(self, limits: ClipLimits | None = None) -> RecentWindows:
        return RecentWindows(self.store, self.room, self.clock, limits or ClipLimits())

    def keep(self, *before_s: float, camera: str = "till 2/../x", client: str = "shop") -> None:
        """Windows of ten seconds that begin so long before noon."""

        async def kept() -> None:
            for ago_s in before_s:
                start_s = NOON_S - ago_s
                self.one.keep(client, camera, f"w{ago_s}", Piece(start_s, CLIP), start_s + 10.0)
                await self.one.settled()

        asyncio.run(kept())

    def start(self, camera: str = "till 2/../x", client: str = "shop") -> float:
        """How long before noon the longer clip begins, in another process."""
        return NOON_S - self.other.longer(client, camera, OWN).start_s

    def files(self) -> int:
        return len(self.store.paths("shop"))


@pytest.fixture
def room(database: Database, tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Room:
    monkeypatch.setattr(module, "_READ_S", 30.0)  # however slow this machine is
    return Room(database, tmp_path, clock)


def seconds(clip: bytes) -> float:
    with av.open(io.BytesIO(clip), "r") as container:
        return (container.duration or 0) / av.time_base


def test_the_windows_right_before_are_one_film_with_it(room: Room) -> None:
    room.keep(20.0, 10.0)
    film = room.other.longer("shop", "till 2/../x", OWN)
    assert (NOON_S - film.start_s, seconds(film.clip)) == (20.0, 30.0)


@pytest.mark.parametrize(
    ("kept", "start_s"),
    [
        ((), 0.0),
        ((REACH_S + 10.0, REACH_S, 15.0), REACH_S),
        ((25.0 + GAP_S, 10.0), 10.0),
        ((20.0 + GAP_S, 10.0), 20.0 + GAP_S),
        ((5.0, 10.0, 15.0), 15.0),
        ((-10.0, 0.0, 10.0), 10.0),
        ((10.0, 10.0), 10.0),
    ],
)
def test_how_far_back_it_goes(room: Room, kept: tuple[float, ...], start_s: float) -> None:
    room.keep(*kept)
    assert room.start() == start_s


def test_what_another_camera_or_client_has_is_not_shown(room: Room) -> None:
    room.keep(10.0)
    assert room.start("door") == 0.0
    assert room.start(client="other") == 0.0
    assert place_of("shop", "a/../b").count("/") == 2, "what a stranger calls a camera is no part of a path"


def test_older_ones_go_as_newer_ones_come(room: Room) -> None:
    room.keep(20.0, 10.0)
    room.clock.advance(KEPT_S + 1.0)
    room.keep(-90.0)
    assert room.files() == 1


def test_what_an_ended_process_left_goes_with_the_daily_job(room: Room) -> None:
    room.keep(20.0, 10.0)
    room.clock.advance(KEPT_S)
    assert (room.other.erase_old("shop"), room.files()) == (0, 2)
    room.clock.advance(1.0)
    assert (room.other.erase_old("shop"), room.files()) == (2, 0)


def test_a_film_that_is_too_long_is_not_shown(room: Room) -> None:
    room.keep(10.0)
    strict = room.process(ClipLimits(seconds=15.0))
    assert strict.longer("shop", "till 2/../x", OWN) is OWN


def no_room(_wanted: int) -> None:
    raise VigintError(Code.STORAGE_FULL, "full")


def away(*_asked: object) -> None:
    raise VigintError(Code.SERVER_STORAGE, "storage: away")


@pytest.mark.parametrize(
    "breaks",
    [
        lambda room, patch: patch.setattr(room.room, "claim", no_room),
        lambda room, patch: patch.setattr(FileStore, "put_stream", away),
    ],
)
def test_what_can_not_be_kept_is_counted(
    room: Room, monkeypatch: pytest.MonkeyPatch, breaks: Callable[[Room, pytest.MonkeyPatch], None]
) -> None:
    breaks(room, monkeypatch)
    room.keep(10.0)
    assert (room.one.left_out, room.start()) == (1, 0.0)


def test_a_storage_that_is_away_leaves_the_window_alone(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    room.keep(10.0)
    monkeypatch.setattr(FileStore, "paths", away)
    assert room.other.longer("shop", "till 2/../x", OWN) is OWN


@pytest.mark.expects_log("windows not joined")
def test_a_storage_that_hangs_is_not_waited_for(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    room.keep(10.0)
    go_on = threading.Event()

    def hangs(_store: FileStore, _path: str) -> list[str]:
        assert go_on.wait(20)
        return []

    monkeypatch.setattr(module, "_READ_S", 0.05)
    monkeypatch.setattr(FileStore, "paths", hangs)
    assert room.process().longer("shop", "till 2/../x", OWN) is OWN
    go_on.set()


def test_a_storage_that_is_slow_is_asked_for_no_more_at_once(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_WRITING", 2)

    async def kept() -> None:
        for number in range(5):
            room.one.keep("shop", "door", f"w{number}", Piece(NOON_S - number, CLIP), NOON_S)
        await room.one.settled()

    asyncio.run(kept())
    assert (room.one.left_out, room.files()) == (3, 2)
