"""``POST /v1/analyses``: a window comes in, an outcome goes out."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from server.routes.given import GivenParts, GivenTenant, KeyedRoute, wants
from server.routes.problems import in_words
from server.services.analyses import Upload
from server.services.refusals import RefusedError
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.scope import Scope
from vigint_core.wire import IDEMPOTENCY_HEADER, AnalysisRequest, AnalysisResponse

_MOST_METADATA_BYTES: Final = 64 * 1024
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
    """The upload, read only after the key was proven. Its parts lie in memory: the limits are small."""
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


@router.post("/v1/analyses", openapi_extra=_FORM, dependencies=[wants(Scope.ANALYSE)])
async def analyse(
    upload: Annotated[Upload, Depends(_upload)], tenant: GivenTenant, parts: GivenParts
) -> AnalysisResponse:
    """Judge a window: both looks, or the answer that was given before."""
    return await parts.analyses.analyse(tenant, upload)


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
