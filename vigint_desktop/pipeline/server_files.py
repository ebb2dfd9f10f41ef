"""Files of incidents on our server: a still in one piece, a clip in parts that go on where the last one arrived.

What other desks have put there is read in pieces, so that nothing else has to wait for a long one.
"""

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from vigint_core.domain.fault import Code
from vigint_core.domain.ids import IncidentId
from vigint_desktop.pipeline.server_link import Endpoint, Reply, ServerError, ServerLink, problem_of
from vigint_desktop.store.upload_books import UploadKind

PART: Final = 256 * 1024
"""Bytes that are sent at once: what a line that breaks makes us send again."""
PIECE: Final = 512 * 1024
"""Bytes that are read at once."""
_RANGE: Final = re.compile(r"bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18})")
_PART_TYPE: Final = "application/partial-upload"
_MEDIA_TYPES: Final = {UploadKind.STILL: "image/jpeg", UploadKind.ALERT: "video/mp4"}
_DONE: Final = frozenset({HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.NO_CONTENT})
_MISSING: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED})


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of a file the server has, and whether that is all of it."""

    offset: int
    complete: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a file.

    Attributes:
        size: bytes of the whole file.
        mark: of its content (``ETag``); pieces with different ones are not of the same file.
    """

    data: bytes
    size: int
    mark: str


NOTHING_YET: Final = Progress(0, complete=False)


class ServerFiles:
    """One server's places for files. Every method asks once and raises ServerError."""

    def __init__(self, link: ServerLink, endpoint: Endpoint) -> None:
        self._link = link
        self._endpoint = endpoint

    def put(self, incident_id: IncidentId, kind: UploadKind, data: bytes) -> None:
        """Send a whole file, over the one before."""
        headers = {"Content-Type": _MEDIA_TYPES[kind]}
        answer = self._link.exchange(self._endpoint, "PUT", _path(incident_id, kind), headers, data)
        if answer.status not in _DONE:
            raise problem_of(answer)

    def progress(self, incident_id: IncidentId, kind: UploadKind) -> Progress:
        """How far a file is. Nothing where the server does not say: the next part will tell."""
        answer = self._link.exchange(self._endpoint, "HEAD", _path(incident_id, kind))
        if answer.status in _DONE:
            return _progress(answer)
        if answer.status in _MISSING or answer.status == HTTPStatus.FORBIDDEN:  # a key that may write and not read
            return NOTHING_YET
        raise problem_of(answer)

    def append(self, incident_id: IncidentId, kind: UploadKind, offset: int, part: bytes, *, last: bool) -> Progress:
        """Send the next part. Where the server is further or less far than ``offset``, it is told where to go on."""
        headers = {
            "Content-Type": _PART_TYPE,
            "Upload-Offset": str(offset),
            "Upload-Complete": "?1" if last else "?0",
        }
        answer = self._link.exchange(self._endpoint, "PATCH", _path(incident_id, kind), headers, part)
        elsewhere = answer.status == HTTPStatus.CONFLICT and "Upload-Offset" in answer.headers
        if answer.status in _DONE or elsewhere:
            return _progress(answer)
        raise problem_of(answer)

    def read(self, incident_id: IncidentId, kind: UploadKind, start: int) -> Piece:
        """At most ``PIECE`` bytes of a file, from its byte ``start`` on; status 404 where there is none."""
        headers = {"Range": f"bytes={start}-{start + PIECE - 1}"}
        answer = self._link.exchange(self._endpoint, "GET", _path(incident_id, kind), headers)
        mark = answer.headers.get("ETag", "")
        if answer.status == HTTPStatus.OK:  # who passes it on knows no ranges
            return Piece(answer.content[start:], len(answer.content), mark)
        if answer.status != HTTPStatus.PARTIAL_CONTENT:
            raise problem_of(answer)
        told = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
        if told is None or int(told[1]) != start or not answer.content:
            raise ServerError(Code.SERVER_NOT_VIGINT, "not the range that was asked for", answer.status)
        return Piece(answer.content, int(told[3]), mark)

    def has_lost(self, incident_id: IncidentId) -> bool:
        """Why a file found no place: the incident was erased there, or else the server is too old to take files.

        An older one has nothing to say of a single incident, not even that it is not there. Raises ServerError where
        somebody else answers.
        """
        answer = self._link.exchange(self._endpoint, "GET", f"/v1/incidents/{incident_id}")
        if answer.status not in {HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN}:
            return False
        why = problem_of(answer)
        if not why.ours:
            raise why
        return True


def _path(incident_id: IncidentId, kind: UploadKind) -> str:
    return f"/v1/incidents/{incident_id}/files/{kind.value}"


def _progress(answer: Reply) -> Progress:
    offset = answer.headers.get("Upload-Offset", "")
    if not (offset.isascii() and offset.isdigit()):
        raise ServerError(Code.SERVER_NOT_VIGINT, "no Upload-Offset", answer.status)
    return Progress(int(offset), answer.headers.get("Upload-Complete", "") == "?1")
