"""What a route is given: the parts of the server, whose request it is, and that its key allows it.

Every route of ``/v1`` names its scopes once, in its decorator: ``dependencies=[wants(Scope.ANALYSE)]``, on a router of
``KeyedRoute``. That signs the request in, so a route that forgets it has nobody's request and fails instead of
answering everybody.
"""

import re
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from math import ceil
from typing import Annotated, Any, Final

from fastapi import Depends, Request, Response, Security, params
from fastapi.routing import APIRoute
from fastapi.security import APIKeyHeader
from starlette.background import BackgroundTasks
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection

from server.db.tenant import Tenant
from server.services.clients import SignedIn
from server.services.keys import KEY_SHAPE
from server.services.limits import Standing
from server.services.parts import Parts
from server.services.refusals import RefusedError
from vigint_core.domain.fault import Code
from vigint_core.domain.scope import Scope
from vigint_core.wire import API_KEY_HEADER, IDEMPOTENCY_HEADER


class _Key(APIKeyHeader):
    """What stands in the OpenAPI document; ``KeyedRoute`` has done it, or nobody gets an answer."""

    async def __call__(self, request: HTTPConnection) -> str:
        return _signed_in(request).key_id


_KEY: Final = _Key(
    name=API_KEY_HEADER,
    scheme_name="key",
    description="A client's key, `vg_<id>_<secret>`. The scopes of a request are those that its key must have.",
    auto_error=False,
)
_NAMES: Final = re.compile(r"(?i)(x[-_])?(vigint[-_])?api[-_]?key")
"""Names by which keys were put into addresses, also by the predecessor."""


def wants(*scopes: Scope) -> Any:
    """Dependency of a route: the key must be good and have these scopes; without any, a good key is enough.

    A request without a good key is 401 (or 429), one whose key lacks a scope 403 AUTH_FORBIDDEN.
    """
    return Security(_KEY, scopes=list(scopes))


class KeyedRoute(APIRoute):
    """A route that signs the request in, and counts it, before a byte of its body is read."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, behind the sign-in that the route declares."""
        answer = super().get_route_handler()
        keyed = (each for each in self.dependencies if isinstance(each, params.Security))
        wanted = [each for each in keyed if each.dependency is _KEY]
        scopes = [scope for each in wanted for scope in each.scopes or ()]
        is_look = "POST" in (self.methods or ()) and Scope.ANALYSE in scopes

        async def signed_in_first(request: Request) -> Response:
            parts = _parts(request)
            signed_in = await _sign_in(request, parts, scopes)
            standing = await _admit(request, parts, signed_in)
            request.state.signed_in = signed_in
            async with _place(request, parts, signed_in, is_look=is_look):
                response = await answer(request)
            if standing is not None:
                reset_s = ceil(standing.reset_s)
                response.headers["RateLimit-Policy"] = f'"requests";q={standing.most};w=60'
                response.headers["RateLimit"] = f'"requests";r={standing.left};t={reset_s}'
            if signed_in.note_due:
                before = response.background
                response.background = BackgroundTasks([before] if before else None)
                response.background.add_task(parts.clients.note_use, signed_in.key_id)
            return response

        return signed_in_first if wanted else answer


async def _given_parts(request: Request) -> Parts:
    """On the event loop, as all that waits for nothing here: a turn on another thread costs more than it does."""
    return _parts(request)


def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


GivenParts = Annotated[Parts, Depends(_given_parts)]


@asynccontextmanager
async def _place(request: Request, parts: Parts, signed_in: SignedIn, *, is_look: bool) -> AsyncIterator[None]:
    """The place of a request for a look, for as long as it is answered; other requests need none."""
    window_id = request.headers.get(IDEMPOTENCY_HEADER, "")[:64]
    if not is_look or not window_id:  # without a window's id it is refused
        yield
        return
    place = await run_in_threadpool(parts.limits.begin_look, signed_in.holder, window_id)
    try:
        yield
    finally:
        if place is not None:
            await run_in_threadpool(parts.limits.end_look, signed_in.holder, place)


def _sent_bytes(request: Request, parts: Parts) -> int:
    """How long the body is; the longest that is taken where its length is not announced."""
    announced = request.headers.get("content-length", "")
    if announced.isascii() and announced.isdigit():
        return int(announced)
    return parts.config.vigint_max_body_bytes if "transfer-encoding" in request.headers else 0


async def _sign_in(request: Request, parts: Parts, wanted: Sequence[str]) -> SignedIn:
    """Whose request this is, or a refusal. The key is read from its header and from nowhere else."""
    key_text = request.headers.get(API_KEY_HEADER, "")
    _refuse_key_in_address(request, key_text)
    signed_in = await parts.sign_ins.sign_in(key_text, request.client.host if request.client else "")
    missing = tuple(f"scope {scope}: is missing" for scope in wanted if scope not in signed_in.scopes)
    if missing:
        raise RefusedError(Code.AUTH_FORBIDDEN, particulars=missing)
    return signed_in


async def _admit(request: Request, parts: Parts, signed_in: SignedIn) -> Standing | None:
    """Count a request that its key allows. On another thread only where the books have to be asked."""
    sent_bytes = _sent_bytes(request, parts)
    standing = None if sent_bytes else parts.limits.admit_at_hand(signed_in.holder)
    return standing or await run_in_threadpool(parts.limits.admit, signed_in.holder, sent_bytes)


def _refuse_key_in_address(request: Request, key_text: str) -> None:
    """Refuse a key in the query, where logs and proxies keep it; what is only named like one, where none was sent."""
    for name, value in request.query_params.multi_items():
        if KEY_SHAPE.search(name) or KEY_SHAPE.search(value) or (not key_text and _NAMES.fullmatch(name)):
            raise RefusedError(Code.AUTH_KEY_IN_ADDRESS)


def _signed_in(request: HTTPConnection) -> SignedIn:
    signed_in: SignedIn = request.state.signed_in
    return signed_in


async def _given_sign_in(request: Request) -> SignedIn:
    return _signed_in(request)


GivenSignIn = Annotated[SignedIn, Depends(_given_sign_in)]


async def _given_tenant(request: Request) -> Tenant:
    return Tenant(_parts(request).database, _signed_in(request).client.id)


GivenTenant = Annotated[Tenant, Depends(_given_tenant)]
