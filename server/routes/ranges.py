"""``Range``, ``If-Range`` and ``If-None-Match`` of RFC 9110, for content with one strong mark: one range at a time."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from fastapi import Request
from starlette.responses import Response, StreamingResponse

from server.services.files import StoredFile

_ONE_RANGE: Final = re.compile(r"bytes= *([0-9]{0,18}) *- *([0-9]{0,18}) *", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Slice:
    """Bytes ``start`` to before ``end``. Empty where a range lies behind the content."""

    start: int
    end: int


def wanted_slice(header: str, size: int) -> Slice | None:
    """What a ``Range`` header asks of ``size`` bytes.

    None for all of it: also where the header is not understood, asks for several ranges or for another unit, as the RFC
    allows. An empty slice where nothing of the range is there.
    """
    found = _ONE_RANGE.fullmatch(header)
    if found is None:
        return None
    first, last = found.groups()
    if first:
        if last and int(last) < int(first):
            return None
        start, end = int(first), int(last) + 1 if last else size
    elif last:
        start, end = max(0, size - int(last)), size
    else:
        return None
    start = min(start, size)
    return Slice(start, max(start, min(end, size)))


def answer(request: Request, file: StoredFile) -> Response:
    """A file, or the range of it that is asked for; no content for ``HEAD``. Blocks."""
    mark = f'"{file.sha256}"'
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "private",
        "Content-Disposition": "inline",
        "ETag": mark,
        "X-Content-Type-Options": "nosniff",
    }
    if _is_known(request.headers, mark):
        return Response(None, HTTPStatus.NOT_MODIFIED, headers)
    if request.method == "HEAD":
        return Response(None, HTTPStatus.OK, headers | _sized(file.size), file.media_type)
    part = _wanted(request.headers, mark, file.size)
    if part is None:
        return _streamed(file.read(), HTTPStatus.OK, headers | _sized(file.size), file.media_type)
    if part.start == part.end:
        headers["Content-Range"] = f"bytes */{file.size}"
        return Response(None, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers)
    headers["Content-Range"] = f"bytes {part.start}-{part.end - 1}/{file.size}"
    content = file.read(part.start, part.end)
    return _streamed(content, HTTPStatus.PARTIAL_CONTENT, headers | _sized(part.end - part.start), file.media_type)


def _is_known(headers: Mapping[str, str], mark: str) -> bool:
    """Whether the client has this content already; a mark it takes for weak (``W/``) is the same one here."""
    known = headers.get("if-none-match", "")
    return known.strip() == "*" or mark in {each.strip().removeprefix("W/") for each in known.split(",")}


def _wanted(headers: Mapping[str, str], mark: str, size: int) -> Slice | None:
    """The range, unless it is meant for other content than there is now."""
    if headers.get("if-range", mark) != mark:
        return None
    return wanted_slice(headers.get("range", ""), size)


def _sized(size: int) -> dict[str, str]:
    return {"Content-Length": str(size)}


def _streamed(content: Iterator[bytes], status: HTTPStatus, headers: Mapping[str, str], media_type: str) -> Response:
    return StreamingResponse(content, status, headers, media_type)
