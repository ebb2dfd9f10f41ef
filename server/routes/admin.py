"""``POST /admin/v1/...``: what the owner can do, each operation under its own name, for who has the admin key.

These are for ``vigint-server --server``, not for clients, so they stand in no OpenAPI document. The credential is
looked at before a byte of the body is.
"""

from collections.abc import Callable, Coroutine
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from server.logs import journal
from server.routes.problems import in_words
from server.services.admin.credential import ADMIN_HEADER, AdminDoor
from server.services.admin.office import Office
from server.services.admin.operations import OPERATIONS, Operation, SaidNoError
from server.services.parts import Parts
from server.services.refusals import RefusedError
from vigint_core.domain.fault import Code

PREFIX: Final = "/admin/v1/"
_CODES: Final = {
    "unknown": Code.REQUEST_NOT_FOUND,
    "conflict": Code.REQUEST_CONFLICT,
    "invalid": Code.REQUEST_INVALID,
}
_log = journal(__name__)
router = APIRouter()


def _endpoint(operation: Operation[Any, Any]) -> Callable[[Request], Coroutine[Any, Any, Response]]:
    async def answer(request: Request) -> Response:
        parts: Parts = request.app.state.parts
        address = request.client.host if request.client else ""
        door = AdminDoor(parts.database, parts.clock, parts.config.secret_key)
        await run_in_threadpool(door.let_in, request.headers.get(ADMIN_HEADER, ""), address)
        body = await request.body()
        told = await run_in_threadpool(_done, parts, operation, body)
        _log.info("done for the owner", operation=operation.name, address=address)
        return Response(told, media_type="application/json", headers={"Cache-Control": "no-store"})

    return answer


def _done(parts: Parts, operation: Operation[Any, Any], body: bytes) -> str:
    """The answer to an operation, in JSON. Raises RefusedError."""
    try:
        asked = operation.asked.model_validate_json(body or b"{}")
    except ValidationError as error:
        wrong = error.errors(include_input=False, include_context=False, include_url=False)
        particulars = tuple(in_words(dict(each)) for each in wrong)
        raise RefusedError(Code.REQUEST_INVALID, particulars=particulars) from None
    try:
        told: str = Office(parts).do(operation, asked).model_dump_json()
    except SaidNoError as error:
        raise RefusedError(_CODES[error.kind], particulars=(str(error),)) from error
    return told


for _operation in OPERATIONS.values():
    router.add_api_route(PREFIX + _operation.name, _endpoint(_operation), methods=["POST"], include_in_schema=False)
