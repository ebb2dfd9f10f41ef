"""Clips of other desks' incidents: fetched from the server when somebody wants to see one, kept while there is room."""

import errno
import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final

from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.ids import IncidentId
from vigint_core.domain.status import ClipFetched
from vigint_core.ports import EventSink
from vigint_desktop.pipeline.server_files import Piece, ServerFiles
from vigint_desktop.store.upload_books import UploadKind

MOST: Final = 20
"""Clips in the folder, and clips that wait to be fetched."""
MOST_BYTES: Final = 256 * 1024 * 1024
"""Of all in the folder; the alert clip of an incident has some 1 MB, and no server takes one over 64."""
_MOST_TRIES: Final = 3
"""A clip may become another one while it is fetched; then it is fetched anew, so many times."""
_SHA256: Final = re.compile(r'"([0-9a-f]{64})"')


@dataclass(slots=True)
class _Fetching:
    """A clip of which not everything is here.

    Attributes:
        mark: of the content that the first bytes belong to.
        tries: how many times it was begun.
    """

    incident_id: IncidentId
    file: Path
    far: int = 0
    mark: str = ""
    tries: int = 1


class BorrowedClips:
    """A folder of clips, empty at the start and at the end. One thread uses it; ``ask`` and ``find`` are for any."""

    def __init__(self, folder: Path, sink: EventSink) -> None:
        self._folder = folder
        self._sink = sink
        self._lock = threading.Lock()
        self._wanted: OrderedDict[IncidentId, None] = OrderedDict()
        self._kept: OrderedDict[IncidentId, Path] = OrderedDict()
        self._former: OrderedDict[IncidentId, Path] = OrderedDict()  # outdated, but somebody may still be looking
        self._fetching: _Fetching | None = None
        self._made = 0

    def ask(self, incident_id: IncidentId) -> None:
        """Fetch a clip; answered by a ``ClipFetched``."""
        with self._lock:
            if incident_id in self._wanted or len(self._wanted) < MOST:
                self._wanted[incident_id] = None
                return
        self._sink.publish(ClipFetched(incident_id, Code.SERVER_BUSY))

    def find(self, incident_id: IncidentId) -> Path | None:
        """The file, or None where it has not been fetched."""
        with self._lock:
            return self._kept.get(incident_id)

    def empty(self) -> None:
        """Begin, or end, with nothing: whatever lies in the folder goes."""
        with self._lock:
            self._kept.clear()
            self._former.clear()
        with suppress(OSError):  # what can't be made or removed now shows when a clip is to be written
            self._folder.mkdir(parents=True, exist_ok=True)
            for file in self._folder.iterdir():
                _remove(file)

    def refuse(self, code: Code) -> None:
        """Nobody can be asked at present."""
        for incident_id in tuple(self._wanted):
            self._answer(incident_id, code)

    def keep_only(self, incident_ids: Collection[IncidentId]) -> None:
        """Let go of the clips of all incidents but these."""
        with self._lock:
            gone = [clips.pop(each) for clips in (self._kept, self._former) for each in clips.keys() - incident_ids]
        for file in gone:
            _remove(file)

    def outdate(self, incident_id: IncidentId) -> None:
        """The server has another clip of an incident, perhaps: the one that is here goes once that has been fetched."""
        gone: Path | None = None
        with self._lock:
            file = self._kept.pop(incident_id, None)
            if file is not None:
                self._former[incident_id] = file
            if len(self._former) > MOST:
                gone = self._former.popitem(last=False)[1]
        if gone is not None:
            _remove(gone)

    def fetch(self, files: ServerFiles) -> bool:
        """Fetch the next piece of what is wanted, and answer once that is all; False where nothing is wanted."""
        with self._lock:
            incident_id = next(iter(self._wanted), None)
        if incident_id is None:
            return False
        kept = self.find(incident_id)
        if kept is not None and kept.exists():
            self._answer(incident_id)
            return True
        try:
            if self._take(files, incident_id):
                self._answer(incident_id)
        except VigintError as error:
            gone = getattr(error, "status", 0) == HTTPStatus.NOT_FOUND
            self._answer(incident_id, Code.PIPELINE_CLIP_GONE if gone else error.code)
        except OSError as error:
            self._answer(incident_id, Code.DISK_FULL if error.errno == errno.ENOSPC else Code.PIPELINE_CLIP_FAILED)
        return True

    def _take(self, files: ServerFiles, incident_id: IncidentId) -> bool:
        """Read and write one piece; True once the clip is whole. Raises VigintError and OSError."""
        fetching = self._fetching
        if fetching is None:
            self._made += 1
            fetching = self._fetching = _Fetching(incident_id, self._folder / f"{self._made}.part")
        piece = files.read(incident_id, UploadKind.ALERT, fetching.far)
        if piece.size > MOST_BYTES:
            raise VigintError(Code.CLIP_TOO_LARGE)
        if fetching.far and piece.mark != fetching.mark:  # it became another one: what is here is of no use
            if fetching.tries == _MOST_TRIES:
                raise VigintError(Code.PIPELINE_CLIP_DAMAGED)
            self._fetching = _Fetching(incident_id, fetching.file, tries=fetching.tries + 1)
            return False
        with fetching.file.open("ab" if fetching.far else "wb") as file:
            file.write(piece.data)
        fetching.far, fetching.mark = fetching.far + len(piece.data), piece.mark
        if fetching.far < piece.size:
            return False
        self._finish(fetching, piece)
        return True

    def _finish(self, fetching: _Fetching, last: Piece) -> None:
        if not _is_whole(fetching.file, last):
            raise VigintError(Code.PIPELINE_CLIP_DAMAGED)
        file = fetching.file.replace(fetching.file.with_suffix(".mp4"))
        with self._lock:
            self._kept[fetching.incident_id] = file
            former = self._former.pop(fetching.incident_id, None)
        if former is not None:
            _remove(former)
        self._make_room()

    def _make_room(self) -> None:
        """The oldest go; what was fetched last stays."""
        with self._lock:
            sizes = {each: _size(file) for each, file in self._kept.items()}
            gone = []
            while len(self._kept) > MOST or (sum(sizes[each] for each in self._kept) > MOST_BYTES):
                gone.append(self._kept.popitem(last=False)[1])
        for file in gone:
            _remove(file)

    def _answer(self, incident_id: IncidentId, code: Code | None = None) -> None:
        fetching, self._fetching = self._fetching, None
        if fetching is not None:
            _remove(fetching.file)  # nothing is there where it is whole
        with self._lock:
            self._wanted.pop(incident_id, None)
        self._sink.publish(ClipFetched(incident_id, code))


def _is_whole(file: Path, last: Piece) -> bool:
    if file.stat().st_size != last.size:
        return False
    told = _SHA256.fullmatch(last.mark)
    if told is None:  # another server's mark says nothing of the content
        return True
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest() == told[1]


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _remove(file: Path) -> None:
    with suppress(OSError):  # it is gone, or somebody still shows it: the end of the program removes it
        file.unlink()
