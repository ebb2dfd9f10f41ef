"""Where recordings lie: a folder a camera, a file a segment, named by the UTC time of its first picture."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from vigint_core.domain.ids import CameraId
from vigint_core.policy.retention import Kept

_NAME: Final = re.compile(r"(\d{8}T\d{6}\.\d{3})Z\.mp4")
_FORMAT: Final = "%Y%m%dT%H%M%S.%f"


class Shelf:
    """The folder of recordings. Files that it has not named itself are not touched."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def place(self, camera_id: CameraId, start_s: float) -> Path:
        """The file for a segment that begins at a Unix time."""
        stamp = datetime.fromtimestamp(round(start_s, 3), UTC).strftime(_FORMAT)[:-3]
        return self.folder / camera_id / f"{stamp}Z.mp4"

    def files(self) -> list[Kept]:
        """All segments of all cameras, by their path below the folder. Raises OSError."""
        found = []
        for file in self.folder.glob("*/*.mp4"):
            start_s = start_of(file)
            if start_s is not None:
                found.append(Kept(self.name(file), file.stat().st_size, start_s))
        return found

    def name(self, file: Path) -> str:
        """What ``files`` calls a segment."""
        return file.relative_to(self.folder).as_posix()

    def remove(self, name: str) -> None:
        """Let a segment go. Raises OSError."""
        (self.folder / name).unlink(missing_ok=True)

    def segments(self, camera_id: CameraId, at_s: float, most: int) -> list[Path]:
        """The camera's segment that reaches over a Unix time, and those behind it, at most ``most``, in order."""
        named = ((start_of(file), file) for file in (self.folder / camera_id).glob("*.mp4"))
        found = sorted((start_s, file) for start_s, file in named if start_s is not None)
        before = sum(start_s <= at_s for start_s, _ in found)
        return [file for _, file in found[max(0, before - 1) :][:most]]


def start_of(file: Path) -> float | None:
    """Unix time of a segment's first picture, by its name; None for a file that is no segment."""
    match = _NAME.fullmatch(file.name)
    if match is None:
        return None
    try:
        return datetime.strptime(match[1], _FORMAT).replace(tzinfo=UTC).timestamp()
    except ValueError:  # digits that are no date
        return None
