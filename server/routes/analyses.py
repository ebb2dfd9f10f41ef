"""``/v1/analyses``: a window comes in, an outcome goes out, at once or when it is asked for."""

from http import HTTPStatus
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from server.db.books.analyses import UnderWay
from server.routes.given import GivenParts, GivenTenant, KeyedRoute, wants
from server.routes.preferences import Preferred, preferred
from server.routes.problems import in_words
from server.services.analyses import Upload
from server.services.refusals import RefusedError
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.scope import Scope
from vigint_core.wire import IDEMPOTENCY_HEADER, AnalysisRequest, AnalysisResponse, Identity, WireOutcome

_MOST_METADATA_BYTES: Final = 64 * 1024
_COME_BACK_S: Final = 2
_FORM: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["metadata", "clip"],
                    "properties": {
                        "metadata": AnalysisRequest.model_json_schema(),
                        "clip": {"type": "string", "format": "binary"},
                        "context": {"type": "string", "format": "binary"},
                    },
                }
            }
        },
    }
}
router = APIRouter(route_class=KeyedRoute)


async def _upload(request: Request, parts: GivenParts) -> Upload:
    """The upload, read only after the key was proven. What is not small arrives on the disk, and is held once."""
    key = request.headers.get(IDEMPOTENCY_HEADER, "")
    if not key:
        raise RefusedError(Code.REQUEST_INVALID, particulars=(f"header.{IDEMPOTENCY_HEADER}: is required",))
    async with request.form(max_files=2, max_fields=1, max_part_size=_MOST_METADATA_BYTES) as form:
        sent = _metadata(form)
        if key != sent.window_id:
            raise RefusedError(
                Code.REQUEST_INVALID, particulars=(f"header.{IDEMPOTENCY_HEADER}: must equal window_id",)
            )
        most = parts.config.vigint_max_clip_bytes
        clip = await _file(form, "clip", most)
        context = await _file(form, "context", most) if "context" in form else clip
    return Upload(sent, clip, context)


class AnalysisUnderWay(BaseModel):
    """202: a look is out. ``first`` is the first look, as soon as that is made."""

    window_id: Identity
    pending: Literal[True] = True
    first: WireOutcome | None = None


_LATER: Final[dict[int | str, dict[str, Any]]] = {
    202: {"model": AnalysisUnderWay, "description": "A look is out: ask again at Location"}
}


@router.post(
    "/v1/analyses",
    openapi_extra=_FORM,
    dependencies=[wants(Scope.ANALYSE)],
    responses=_LATER,
    response_model=AnalysisResponse,
)
async def analyse(
    upload: Annotated[Upload, Depends(_upload)],
    preference: Annotated[Preferred, Depends(preferred)],
    tenant: GivenTenant,
    parts: GivenParts,
    response: Response,
) -> AnalysisResponse | JSONResponse:
    """Judge a window: both looks, or the answer that was given before.

    ``Prefer: respond-async``: 202 with the address where the answer will be. ``Prefer: wait=N``: a second look that is
    not made within N seconds is left out, and ``pending``.
    """
    answer = await parts.analyses.analyse(tenant, upload, preference.preference)
    if preference.applied:
        response.headers["Preference-Applied"] = preference.applied
    if answer is None or (answer.pending and preference.preference.later):
        return _under_way(upload.request.window_id, answer, response)
    return answer


@router.get(
    "/v1/analyses/{window_id}",
    dependencies=[wants(Scope.ANALYSE)],
    responses=_LATER,
    response_model=AnalysisResponse,
)
async def read_analysis(
    window_id: Annotated[Identity, Path()], tenant: GivenTenant, parts: GivenParts, response: Response
) -> AnalysisResponse | JSONResponse:
    """What is known about a window: 200 with the answer, 202 while a look is out."""
    known = await parts.analyses.known(tenant, window_id)
    if isinstance(known, UnderWay):
        return _under_way(window_id, known.answer, response)
    return known.answer.model_copy(update={"replayed": True})


def _under_way(window_id: str, answer: AnalysisResponse | None, response: Response) -> JSONResponse:
    told = AnalysisUnderWay(window_id=window_id, first=None if answer is None else answer.first)
    headers = {**response.headers, "Location": f"/v1/analyses/{window_id}", "Retry-After": str(_COME_BACK_S)}
    headers.pop("content-length", None)
    return JSONResponse(told.model_dump(mode="json"), HTTPStatus.ACCEPTED, headers)


def _metadata(form: FormData) -> AnalysisRequest:
    text = form.get("metadata")
    if not isinstance(text, str):
        raise RefusedError(Code.REQUEST_INVALID, particulars=("metadata: a JSON field is required",))
    try:
        return AnalysisRequest.model_validate_json(text)
    except ValidationError as error:
        wrong = error.errors(include_input=False, include_context=False, include_url=False)
        particulars = tuple("metadata." + in_words(dict(each)) for each in wrong)
        raise RefusedError(Code.REQUEST_INVALID, particulars=particulars) from None


async def _file(form: FormData, name: str, most_bytes: int) -> bytes:
    part = form.get(name)
    if not isinstance(part, UploadFile):
        raise RefusedError(Code.REQUEST_INVALID, particulars=(f"{name}: a file is required",))
    if part.size is not None and part.size > most_bytes:
        raise VigintError(Code.CLIP_TOO_LARGE, f"{name}: {part.size} bytes; at most {most_bytes} are taken")
    return await run_in_threadpool(part.file.read, most_bytes + 1)
