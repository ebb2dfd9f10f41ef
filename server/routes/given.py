"""What a route is given: the parts of the server, whose request it is, and that its key allows it.

Every route of ``/v1`` names its scopes once, in its decorator: ``dependencies=[wants(Scope.ANALYSE)]``, on a router of
``KeyedRoute``. That signs the request in, so a route that forgets it has nobody's request and fails instead of
answering everybody.
"""

import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from math import ceil
from typing import Annotated, Any, Final

from fastapi import Depends, Request, Response, Security, params
from fastapi.routing import APIRoute
from fastapi.security import APIKeyHeader
from starlette.background import BackgroundTasks
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.routing import BaseRoute

from server.db.tenant import Tenant
from server.routes.intake import read_within
from server.routes.requests import add_headers
from server.routes.straight import Give, Handler, straight
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
_KEY_HEADER: Final = API_KEY_HEADER.lower().encode()
MOST_JSON_BYTES: Final = 1024 * 1024
"""Of a body that is JSON: far over the largest incident, and little enough to be understood in no time."""
_Headers = Mapping[bytes, bytes]
"""Of a request, by their names in small letters."""
_NAMES: Final = re.compile(r"(?i)(x[-_])?(vigint[-_])?api[-_]?key")
"""Names by which keys were put into addresses, also by the predecessor."""


def wants(*scopes: Scope) -> Any:
    """Dependency of a route: the key must be good and have these scopes; without any, a good key is enough.

    A request without a good key is 401 (or 429), one whose key lacks a scope 403 AUTH_FORBIDDEN.
    """
    return Security(_KEY, scopes=list(scopes))


class KeyedRoute(APIRoute):
    """A route that signs the request in, and counts it, before a byte of its body is read."""

    def get_route_handler(self) -> Handler:
        """The handler, behind the sign-in that the route declares."""
        return self._behind_sign_in(straight(self.endpoint, _AT_ONCE) or self._fully_given())

    def look_up(self) -> Handler | None:
        """The same handler for ``LookUps``, or None where the route is not one that it can answer."""
        answer = straight(self.endpoint, _AT_ONCE)
        plain = self.methods == {"GET"} and not self.param_convertors
        return self._behind_sign_in(answer) if answer is not None and plain else None

    def _fully_given(self) -> Handler:
        """FastAPI's own handler; JSON is read before it, within bounds, as FastAPI would read it without any."""
        answer = super().get_route_handler()
        if self.body_field is None or isinstance(self.body_field.field_info, params.Form):
            return answer

        async def bounded(request: Request) -> Response:
            return await answer(await read_within(request, MOST_JSON_BYTES))

        return bounded

    def _behind_sign_in(self, answer: Handler) -> Handler:
        keyed = (each for each in self.dependencies if isinstance(each, params.Security))
        wanted = [each for each in keyed if each.dependency is _KEY]
        scopes = [scope for each in wanted for scope in each.scopes or ()]
        is_look = "POST" in (self.methods or ()) and Scope.ANALYSE in scopes

        async def signed_in_first(request: Request) -> Response:
            parts = _parts(request)
            headers = dict(reversed(request.scope["headers"]))  # of a repeated one the first counts
            signed_in = await _sign_in(request, headers, parts, scopes)
            request.state.signed_in = signed_in
            await _admit(request, headers, parts, signed_in)
            if is_look:
                async with _place(request, parts, signed_in):
                    response = await answer(request)
            else:
                response = await answer(request)
            if signed_in.note_due:
                before = response.background
                response.background = BackgroundTasks([before] if before else None)
                response.background.add_task(parts.clients.note_use, signed_in.key_id)
            return response

        return signed_in_first if wanted else answer


def look_ups(routes: Iterable[BaseRoute]) -> Mapping[str, tuple[BaseRoute, Handler]]:
    """Those of some routes that ``LookUps`` can answer, by their paths."""
    keyed = [(route, route.look_up()) for route in routes if isinstance(route, KeyedRoute)]
    return {route.path: (route, handler) for route, handler in keyed if handler is not None}


async def _given_parts(request: Request) -> Parts:
    """On the event loop, as all that waits for nothing here: a turn on another thread costs more than it does."""
    return _parts(request)


def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


GivenParts = Annotated[Parts, Depends(_given_parts)]


def _told(standing: Standing) -> list[tuple[bytes, bytes]]:
    """Headers that say how a key's requests stand."""
    return [
        (b"ratelimit-policy", b'"requests";q=%d;w=60' % standing.most),
        (b"ratelimit", b'"requests";r=%d;t=%d' % (standing.left, ceil(standing.reset_s))),
    ]


@asynccontextmanager
async def _place(request: Request, parts: Parts, signed_in: SignedIn) -> AsyncIterator[None]:
    """The place of a request for a look, for as long as it is answered."""
    window_id = request.headers.get(IDEMPOTENCY_HEADER, "")[:64]
    if not window_id:  # without it, it is refused
        yield
        return
    place = await run_in_threadpool(parts.limits.begin_look, signed_in.holder, window_id)
    try:
        yield
    finally:
        if place is not None:
            await run_in_threadpool(parts.limits.end_look, signed_in.holder, place)


def _sent_bytes(headers: _Headers, parts: Parts) -> int:
    """How long the body is; the longest that is taken where its length is not announced."""
    announced = headers.get(b"content-length", b"")
    if announced.isdigit():
        return int(announced)
    return parts.config.vigint_max_body_bytes if b"transfer-encoding" in headers else 0


async def _sign_in(request: Request, headers: _Headers, parts: Parts, wanted: Sequence[str]) -> SignedIn:
    """Whose request this is, or a refusal. The key is read from its header and from nowhere else."""
    key_text = headers.get(_KEY_HEADER, b"").decode("latin-1")
    _refuse_key_in_address(request, key_text)
    peer = request.scope.get("client")
    signed_in = await parts.sign_ins.sign_in(key_text, peer[0] if peer else "")
    missing = tuple(f"scope {scope}: is missing" for scope in wanted if scope not in signed_in.scopes)
    if missing:
        raise RefusedError(Code.AUTH_FORBIDDEN, particulars=missing)
    return signed_in


async def _admit(request: Request, headers: _Headers, parts: Parts, signed_in: SignedIn) -> None:
    """Count a request that its key allows. On another thread only where the books have to be asked.

    How the key stands then is told in whatever answer goes out, also where a refusal is made elsewhere.
    """
    sent_bytes, holder = _sent_bytes(headers, parts), signed_in.holder
    standing = None if sent_bytes else parts.limits.admit_at_hand(holder)
    try:
        standing = standing or await run_in_threadpool(parts.limits.admit, holder, sent_bytes)
    except RefusedError:
        standing = parts.limits.standing(holder)
        raise
    finally:
        if standing is not None:
            add_headers(request.scope, _told(standing))


def _refuse_key_in_address(request: Request, key_text: str) -> None:
    """Refuse a key in the query, where logs and proxies keep it; what is only named like one, where none was sent."""
    query: bytes = request.scope["query_string"]
    if not query or (key_text and b"vg_" not in query and b"%" not in query):
        return  # none can be in it
    for name, value in request.query_params.multi_items():
        if KEY_SHAPE.search(name) or KEY_SHAPE.search(value) or (not key_text and _NAMES.fullmatch(name)):
            raise RefusedError(Code.AUTH_KEY_IN_ADDRESS)


def _signed_in(request: HTTPConnection) -> SignedIn:
    signed_in: SignedIn = request.state.signed_in
    return signed_in


async def _given_sign_in(request: Request) -> SignedIn:
    return _signed_in(request)


GivenSignIn = Annotated[SignedIn, Depends(_given_sign_in)]


def _tenant(request: Request) -> Tenant:
    return Tenant(_parts(request).database, _signed_in(request).client.id)


async def _given_tenant(request: Request) -> Tenant:
    return _tenant(request)


GivenTenant = Annotated[Tenant, Depends(_given_tenant)]
_AT_ONCE: Final[Mapping[Any, Give]] = {
    _given_parts: _parts,
    _given_sign_in: _signed_in,
    _given_tenant: _tenant,
}
