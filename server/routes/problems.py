"""Every failure that leaves the server, made in one place: ``application/problem+json`` (RFC 9457).

Each carries a code, its cause and its remedy, from the text catalogue. What an exception says stays in the log.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from math import ceil
from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.logs import journal
from server.services.refusals import RefusedError
from vigint_core import texts
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.request_id import current_request_id
from vigint_core.wire import Problem

_STATUS: Final[Mapping[Code, HTTPStatus]] = {
    Code.AUTH_MISSING_KEY: HTTPStatus.UNAUTHORIZED,
    Code.AUTH_INVALID_KEY: HTTPStatus.UNAUTHORIZED,
    Code.AUTH_KEY_EXPIRED: HTTPStatus.UNAUTHORIZED,
    Code.AUTH_KEY_IN_ADDRESS: HTTPStatus.UNAUTHORIZED,
    Code.AUTH_FORBIDDEN: HTTPStatus.FORBIDDEN,
    Code.AUTH_TOO_MANY: HTTPStatus.TOO_MANY_REQUESTS,
    Code.LIMIT_REQUESTS: HTTPStatus.TOO_MANY_REQUESTS,
    Code.LIMIT_BYTES: HTTPStatus.TOO_MANY_REQUESTS,
    Code.LIMIT_LOOKS: HTTPStatus.TOO_MANY_REQUESTS,
    Code.LIMIT_SPEND: HTTPStatus.TOO_MANY_REQUESTS,
    Code.LIMIT_STREAMS: HTTPStatus.TOO_MANY_REQUESTS,
    Code.CLIP_TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Code.CLIP_TOO_LONG: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.CLIP_NOT_VIDEO: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.CLIP_NOT_PICTURE: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.REQUEST_INVALID: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.REQUEST_CONFLICT: HTTPStatus.CONFLICT,
    Code.REQUEST_NOT_FOUND: HTTPStatus.NOT_FOUND,
    Code.REQUEST_PRECONDITION_MISSING: HTTPStatus.PRECONDITION_REQUIRED,
    Code.REQUEST_VERSION_CONFLICT: HTTPStatus.PRECONDITION_FAILED,
    Code.LINK_NO_ADDRESS: HTTPStatus.CONFLICT,
    Code.LINK_TOO_MANY: HTTPStatus.CONFLICT,
    Code.SERVER_BUSY: HTTPStatus.SERVICE_UNAVAILABLE,
    Code.SERVER_STORAGE: HTTPStatus.SERVICE_UNAVAILABLE,
    Code.STORAGE_FULL: HTTPStatus.INSUFFICIENT_STORAGE,
}
_MOST_PARTICULARS: Final = 20
_log = journal(__name__)


class DetailedProblem(Problem):
    """A problem that also says which parts of the request were wrong: places and rules, never the values."""

    errors: tuple[str, ...] = ()


def problem_response(
    code: Code,
    *,
    status: int | None = None,
    particulars: Sequence[str] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The answer for a code. ``status`` where it is not the usual one of that code."""
    number = HTTPStatus(status or _STATUS.get(code, HTTPStatus.INTERNAL_SERVER_ERROR))
    problem = DetailedProblem(
        type=f"urn:vigint:fault:{code}",
        title=number.phrase,
        status=number,
        code=code,
        detail=texts.cause("en", code),
        remedy=texts.remedy("en", code),
        request_id=current_request_id(),
        errors=tuple(particulars[:_MOST_PARTICULARS]),
    )
    body = problem.model_dump_json(exclude=None if particulars else {"errors"})
    return Response(body, number, dict(headers or {}), "application/problem+json")


def install(app: FastAPI) -> None:
    """Make every failure of the app a problem answer."""
    app.add_exception_handler(VigintError, _on_error)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_middleware(LastResort)


class LastResort:
    """Outermost frame of a request: an error that nobody foresaw is logged once, and the client learns only that."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        begun = False

        async def noting(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except Exception as error:
            if scope["type"] != "http" or begun:
                raise
            _log.error("unforeseen error", method=scope["method"], path=scope["path"], exc_info=error)
            await problem_response(Code.INTERNAL)(scope, receive, send)


async def refusal(request: Request, error: VigintError | RequestValidationError) -> Response:
    """The problem that a refused request is answered with."""
    return await (_on_error if isinstance(error, VigintError) else _on_invalid)(request, error)


async def _on_error(_request: Request, error: Exception) -> Response:
    code = error.code if isinstance(error, VigintError) else Code.INTERNAL
    if not isinstance(error, RefusedError):
        told = _log.error if code in {Code.SERVER_STORAGE, Code.INTERNAL} else _log.info
        told("request refused", code=code, detail=getattr(error, "detail", ""))
        return problem_response(code)
    wait_s = error.retry_after_s
    headers = {} if wait_s is None else {"Retry-After": str(max(1, ceil(wait_s)))}
    if (error.status or _STATUS.get(code)) == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "ApiKey"
    return problem_response(code, status=error.status, particulars=error.particulars, headers=headers)


async def _on_invalid(_request: Request, error: Exception) -> Response:
    found = error.errors() if isinstance(error, RequestValidationError) else ()
    return problem_response(Code.REQUEST_INVALID, particulars=[in_words(each) for each in found])


async def _on_http(_request: Request, error: Exception) -> Response:
    """What the framework itself refuses: no such address, a wrong method, a body that can't be read."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    code = Code.REQUEST_NOT_FOUND if status == HTTPStatus.NOT_FOUND else Code.REQUEST_INVALID
    headers = error.headers if isinstance(error, HTTPException) else None
    return problem_response(code, status=status, headers=headers)


def in_words(error: Mapping[str, object]) -> str:
    """Place and rule of one validation error of pydantic, without the value that broke it."""
    where = error.get("loc", ())
    place = ".".join(str(step) for step in where) if isinstance(where, tuple | list) else str(where)
    return f"{place}: {error.get('msg', '')}"
