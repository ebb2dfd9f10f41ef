"""The folder of snapshots: names that people can read, and no more of them than there is room for."""

import logging
import re
import threading
from datetime import datetime
from pathlib import Path
from typing import Final

from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.status import Snapshot
from vigint_core.media.clip import keep
from vigint_core.media.snapshot import FullPicture
from vigint_core.policy.retention import Kept, surplus

MOST_BYTES: Final = 4 * 1024**3  # some 2,000 pictures of 1080p; the oldest go first
_STRANGE: Final = re.compile(r"[^\w-]+")
_MOST_LETTERS: Final = 60
_MOST_TRIES: Final = 100  # pictures of one camera in one second
_log = logging.getLogger(__name__)


class SnapshotFolder:
    """Keeps snapshots. Thread-safe."""

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self.folder = folder
        self._most_bytes = most_bytes
        self._lock = threading.Lock()

    def put(self, camera_name: str, picture: FullPicture) -> str:
        """Keep a picture; returns the file's name: local time and camera.

        Raises VigintError(PIPELINE_SNAPSHOT_FAILED), whose detail says whether the disk is full.
        """
        try:
            with self._lock:
                file = self._free(f"{_stamp(picture.at.wall_s)}_{_plain(camera_name)}")
                keep(picture.png, file)
                self._make_room()
        except VigintError as error:
            raise VigintError(Code.PIPELINE_SNAPSHOT_FAILED, error.detail) from error
        return file.name

    def has(self, snapshot: Snapshot) -> bool:
        """Whether the picture is still there."""
        return self._file(snapshot).is_file()

    def read(self, snapshot: Snapshot) -> bytes | None:
        """The PNG, or None when it is gone."""
        try:
            return self._file(snapshot).read_bytes()
        except OSError as error:
            _log.info("snapshot %s can't be read: %s", snapshot.file, error.strerror)
            return None

    def _file(self, snapshot: Snapshot) -> Path:
        return self.folder / Path(snapshot.file).name

    def _free(self, stem: str) -> Path:
        """A file that is not there yet; the second one of a second gets a number."""
        for number in range(1, _MOST_TRIES):
            file = self.folder / (f"{stem}.png" if number == 1 else f"{stem}_{number}.png")
            if not file.exists():
                return file
        raise VigintError(Code.PIPELINE_SNAPSHOT_FAILED, f"{_MOST_TRIES} snapshots in one second")

    def _make_room(self) -> None:
        """As far as the folder lets us: the picture that needs the room lies there already, and is no failure."""
        try:
            sizes = [(file.name, file.stat()) for file in self.folder.glob("*.png")]
            for name in surplus([Kept(name, stat.st_size, stat.st_mtime) for name, stat in sizes], self._most_bytes):
                _log.info("snapshot folder is over its limit: %s removed", name)
                (self.folder / name).unlink(missing_ok=True)
        except OSError as error:  # somebody removes files too, or has one open
            _log.info("the snapshot folder stays over its limit: %s", error.strerror)


def _stamp(wall_s: float) -> str:
    return datetime.fromtimestamp(wall_s).astimezone().strftime("%Y-%m-%d_%H-%M-%S")


def _plain(name: str) -> str:
    """A camera's name as part of a file's name, on every system."""
    return _STRANGE.sub("-", name).strip("-_")[:_MOST_LETTERS] or "camera"
