"""Files of incidents and the context of a window: sent whole or in parts, listed, read in ranges.

Parts follow the draft "Resumable Uploads for HTTP" as far as it fits: the place of a file is its upload's address too.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Header, Path, Request, Response
from pydantic import AwareDatetime, BaseModel
from starlette.requests import ClientDisconnect

from server.db.books.files import FileEntry
from server.db.tables import FileKind
from server.db.tenant import Tenant
from server.logs import journal
from server.routes import ranges
from server.routes.given import GivenParts, GivenTenant, KeyedRoute, wants
from server.routes.problems import problem_response
from server.services.parts import Parts
from server.services.refusals import RefusedError
from server.services.uploads import PIECE, OffsetError, UploadState
from server.storage.store import FileGoneError
from vigint_core.domain.fault import Code
from vigint_core.domain.scope import Scope
from vigint_core.wire import Identity

PART_TYPE: Final = "application/partial-upload"
"""Content type of a part."""
_log = journal(__name__)
_MEDIA: Final[dict[str, Any]] = {"video/mp4": {}, "image/jpeg": {}}
_WHOLE: Final[dict[str, Any]] = {"requestBody": {"required": True, "content": _MEDIA}}
_PART: Final[dict[str, Any]] = {"requestBody": {"content": {PART_TYPE: {}}}}
_READ: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The file", "content": _MEDIA},
    206: {"description": "The range that was asked for", "content": _MEDIA},
    304: {"description": "As the client has it"},
    416: {"description": "Nothing of the range is there"},
}
_STATE: Final[dict[int | str, dict[str, Any]]] = {204: {"description": "An upload is under way: Upload-Offset"}}
_UNDER_WAY: Final[dict[int | str, dict[str, Any]]] = {204: {"description": "More is to come, at Upload-Offset"}}
_Offset = Annotated[int, Header(alias="Upload-Offset", ge=0, le=2**53)]
_Complete = Annotated[Literal["?0", "?1"], Header(alias="Upload-Complete")]


class FileView(BaseModel):
    """A whole file. ``sha256`` in hexadecimal digits; between quotes it is the file's ``ETag``."""

    kind: FileKind
    bytes: int
    media_type: str
    sha256: str
    begun: AwareDatetime


class FileList(BaseModel):
    """The whole files of an incident."""

    files: list[FileView]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file lies or will lie: one of a client's incidents or windows, and of what kind the file is."""

    parts: Parts
    tenant: Tenant
    kind: FileKind
    subject_id: str


async def _of_incident(
    incident_id: Annotated[Identity, Path()],
    kind: Annotated[Literal["alert", "still"], Path()],
    tenant: GivenTenant,
    parts: GivenParts,
) -> Place:
    return Place(parts, tenant, FileKind(kind), incident_id)


async def _context(window_id: Annotated[Identity, Path()], tenant: GivenTenant, parts: GivenParts) -> Place:
    return Place(parts, tenant, FileKind.CONTEXT, window_id)


OfIncident = Annotated[Place, Depends(_of_incident)]
Context = Annotated[Place, Depends(_context)]
router = APIRouter(route_class=KeyedRoute)


@router.get("/v1/incidents/{incident_id}/files", dependencies=[wants(Scope.INCIDENTS_READ)])
def list_files(incident_id: Annotated[Identity, Path()], tenant: GivenTenant) -> FileList:
    """What an incident has: at most one file of each kind."""
    found = tenant.files.of_incident(incident_id)
    if found is None:
        raise RefusedError(Code.REQUEST_NOT_FOUND)
    return FileList(files=[_view(each) for each in found])


@router.get(
    "/v1/incidents/{incident_id}/files/{kind}",
    dependencies=[wants(Scope.INCIDENTS_READ)],
    response_class=Response,
    responses=_READ,
)
def read_file(place: OfIncident, request: Request) -> Response:
    """A file, or one range of it."""
    file = place.parts.files.current(place.tenant, place.subject_id, place.kind)
    try:
        return ranges.answer(request, file)
    except FileGoneError:
        now = place.parts.files.current(place.tenant, place.subject_id, place.kind)
        if now != file:
            return ranges.answer(request, now)  # it was replaced between the books and the storage
        _log.error("bytes of a file are gone", kind=place.kind, subject=place.subject_id)
        raise RefusedError(Code.REQUEST_NOT_FOUND) from None


@router.head(
    "/v1/incidents/{incident_id}/files/{kind}",
    dependencies=[wants(Scope.INCIDENTS_READ)],
    response_class=Response,
    responses=_STATE,
)
def ask_file(place: OfIncident, request: Request) -> Response:
    """How far the upload is (204), or what the whole file is like (200)."""
    return _asked(place, request)


@router.put(
    "/v1/incidents/{incident_id}/files/{kind}", dependencies=[wants(Scope.INCIDENTS_WRITE)], openapi_extra=_WHOLE
)
async def put_file(place: OfIncident, request: Request) -> FileView:
    """Keep a whole file over the one before; the same content again changes nothing."""
    return await _put(place, request)


@router.patch(
    "/v1/incidents/{incident_id}/files/{kind}",
    dependencies=[wants(Scope.INCIDENTS_WRITE)],
    response_model=FileView,
    responses=_UNDER_WAY,
    openapi_extra=_PART,
)
async def patch_file(place: OfIncident, request: Request, offset: _Offset, complete: _Complete) -> Response:
    """Take the next part of an upload; the last one makes it a file."""
    return await _patched(place, request, offset, complete == "?1")


@router.head(
    "/v1/analyses/{window_id}/context",
    dependencies=[wants(Scope.ANALYSE)],
    response_class=Response,
    responses=_STATE,
)
def ask_context(place: Context, request: Request) -> Response:
    """How far the upload is (204), or what the whole clip is like (200)."""
    return _asked(place, request)


@router.put("/v1/analyses/{window_id}/context", dependencies=[wants(Scope.ANALYSE)], openapi_extra=_WHOLE)
async def put_context(place: Context, request: Request) -> FileView:
    """Keep the clip around a window, for its second look, in one piece."""
    return await _put(place, request)


@router.patch(
    "/v1/analyses/{window_id}/context",
    dependencies=[wants(Scope.ANALYSE)],
    response_model=FileView,
    responses=_UNDER_WAY,
    openapi_extra=_PART,
)
async def patch_context(place: Context, request: Request, offset: _Offset, complete: _Complete) -> Response:
    """Take the next part of the clip around a window; the last one makes it a file."""
    return await _patched(place, request, offset, complete == "?1")


def _asked(place: Place, request: Request) -> Response:
    state = place.parts.uploads.state(place.tenant, place.kind, place.subject_id)
    if state is None:
        raise RefusedError(Code.REQUEST_NOT_FOUND)
    if not state.complete:
        return Response(None, HTTPStatus.NO_CONTENT, {"Cache-Control": "no-store", **_told(state)})
    file = place.parts.files.current(place.tenant, place.subject_id, place.kind)
    answer = ranges.answer(request, file)
    answer.headers.update(_told(state))
    return answer


async def _put(place: Place, request: Request) -> FileView:
    files = place.parts.files
    with await run_sync(files.receive, place.tenant, place.kind, place.subject_id) as spool:
        async for piece in _pieces(request):
            await run_sync(spool.write, piece)
        return _view(await run_sync(files.keep, place.tenant, place.kind, place.subject_id, spool))


async def _patched(place: Place, request: Request, offset: int, last: bool) -> Response:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != PART_TYPE:
        raise RefusedError(
            Code.REQUEST_INVALID,
            status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            particulars=(f"header.Content-Type: must be {PART_TYPE}",),
        )
    uploads, where = place.parts.uploads, (place.tenant, place.kind, place.subject_id)
    try:
        entry = await run_sync(uploads.resume, *where, offset)
        async for piece in _pieces(request):
            offset = await run_sync(uploads.append, place.tenant, entry, offset, piece)
        if not last:
            return Response(None, HTTPStatus.NO_CONTENT, _told(UploadState(offset, complete=False)))
        whole = _view(await run_sync(uploads.finish, *where))
    except OffsetError as error:
        return problem_response(error.code, headers=_told(error.state))
    headers = _told(UploadState(whole.bytes, complete=True))
    return Response(whole.model_dump_json(), HTTPStatus.OK, headers, "application/json")


async def _pieces(request: Request) -> AsyncIterator[bytes]:
    """The body in pieces of ``PIECE`` bytes, the last one shorter; what arrived before the body broke off, too."""
    held = bytearray()
    try:
        async for chunk in request.stream():
            held += chunk
            while len(held) >= PIECE:
                yield bytes(held[:PIECE])
                del held[:PIECE]
    except ClientDisconnect:
        if held:
            yield bytes(held)
        raise RefusedError(Code.REQUEST_INVALID, "the client went away", status=HTTPStatus.BAD_REQUEST) from None
    except RefusedError:
        if held:
            yield bytes(held)
        raise
    if held:
        yield bytes(held)


def _told(state: UploadState) -> Mapping[str, str]:
    return {"Upload-Offset": str(state.offset), "Upload-Complete": "?1" if state.complete else "?0"}


def _view(entry: FileEntry) -> FileView:
    begun = datetime.fromtimestamp(entry.created_s, UTC)
    return FileView(kind=entry.kind, bytes=entry.bytes, media_type=entry.media_type, sha256=entry.sha256, begun=begun)
