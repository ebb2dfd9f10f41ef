"""Stills of other desks' incidents: of the newest ones, in memory, fetched one by one."""

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Final

from vigint_core.domain.ids import IncidentId
from vigint_core.domain.status import IncidentStill
from vigint_core.ports import EventSink
from vigint_desktop.pipeline.server_files import ServerFiles
from vigint_desktop.pipeline.server_link import ServerError
from vigint_desktop.store.upload_books import UploadKind

MOST: Final = 60
"""Stills that are kept."""
MOST_BYTES: Final = 24 * 1024 * 1024
"""Of all that are kept; a usual one has some 100 KiB."""
_MOST_STILL: Final = 1024 * 1024
"""Bytes of one; no server takes a longer one."""


class ForeignStills:
    """Used by one worker; ``get`` is for any thread."""

    def __init__(self, sink: EventSink) -> None:
        self._sink = sink
        self._wanted: tuple[IncidentId, ...] = ()
        self._settled: set[IncidentId] = set()
        self._kept: dict[IncidentId, bytes] = {}

    def get(self, incident_id: IncidentId) -> bytes | None:
        """The JPEG, or None where it has not been fetched."""
        return self._kept.get(incident_id)

    def want(self, newest_first: Sequence[IncidentId]) -> None:
        """These incidents are there now; of the newest ``MOST`` stills are wanted, and no others are kept."""
        self._wanted = tuple(newest_first[:MOST])
        wanted = set(self._wanted)
        self._settled &= wanted
        for incident_id in self._kept.keys() - wanted:
            del self._kept[incident_id]

    def ask_again(self, incident_ids: Iterable[IncidentId]) -> None:
        """Stills of these incidents may be there now; of those that are here already, nobody asks."""
        self._settled.difference_update(set(incident_ids) - self._kept.keys())

    def outdate(self, incident_id: IncidentId) -> None:
        """The still of an incident may be another one now; until it has been fetched, the one that is here counts."""
        self._settled.discard(incident_id)

    def fetch(self, files: ServerFiles) -> bool:
        """Ask for the newest still that nobody has asked for yet; False where there is none. Raises ServerError."""
        incident_id = next((each for each in self._wanted if each not in self._settled), None)
        if incident_id is None:
            return False
        try:
            jpeg = _whole(files, incident_id)
        except ServerError as error:
            if not (error.ours and error.status == HTTPStatus.NOT_FOUND):
                self._wanted = (*(each for each in self._wanted if each != incident_id), incident_id)  # others first
                raise
            jpeg = b""  # not there yet; an event will tell
        self._settled.add(incident_id)
        if jpeg and self._kept.get(incident_id) != jpeg:
            self._kept[incident_id] = jpeg
            self._make_room()
            self._sink.publish(IncidentStill(incident_id, jpeg))
        return True

    def _make_room(self) -> None:
        too_much = sum(map(len, self._kept.values())) - MOST_BYTES
        for incident_id in reversed(self._wanted):
            if too_much <= 0:
                return
            too_much -= len(self._kept.pop(incident_id, b""))


def _whole(files: ServerFiles, incident_id: IncidentId) -> bytes:
    """The whole still; b"" where it is too long, or became another one while it was read. Raises ServerError."""
    first = files.read(incident_id, UploadKind.STILL, 0)
    data = first.data
    while len(data) < first.size <= _MOST_STILL:
        piece = files.read(incident_id, UploadKind.STILL, len(data))
        if piece.mark != first.mark:
            return b""
        data += piece.data
    return data if len(data) == first.size else b""
