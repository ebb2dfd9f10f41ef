"""Outermost layer of every request: its id, its line in the log, and how long it took to answer."""

import time
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.logs import answered
from server.services.metrics import UNMATCHED, Metrics
from vigint_core.domain.request_id import REQUEST_ID_HEADER, bound_request_id, is_request_id, new_request_id

_HEADER: Final = REQUEST_ID_HEADER.lower().encode()
_ADDED: Final = "added_headers"


def install(app: FastAPI, metrics: Metrics) -> None:
    """Give every request of the app an id, log and count it. Called after all other layers, so that it is outside."""
    app.add_middleware(Requests, metrics=metrics)


def add_headers(scope: Scope, headers: Sequence[tuple[bytes, bytes]]) -> None:
    """Have the answer to a request carry these, whoever makes it."""
    scope.setdefault("state", {})[_ADDED] = headers


class Requests:
    """ASGI layer: takes a well-formed ``X-Request-Id`` or makes one, binds it for all logs, and answers it."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun_s = time.perf_counter()
        request_id = _request_id(scope)

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                added = scope.get("state", {}).get(_ADDED, ())
                message["headers"] = [*message.get("headers", ()), *added, (_HEADER, request_id.encode())]
                route = getattr(scope.get("route"), "path", UNMATCHED)
                self._metrics.answered(route, scope["method"], message["status"], time.perf_counter() - begun_s)
                answered(_peer(scope), scope["method"], quote(scope["path"]), message["status"], request_id)
            await send(message)

        with bound_request_id(request_id):
            await self._app(scope, receive, answer)


def _peer(scope: Scope) -> str:
    peer = scope.get("client")
    return f"{peer[0]}:{peer[1]}" if peer else ""


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == _HEADER:
            text: str = value.decode("latin-1")
            return text if is_request_id(text) else new_request_id()
    return new_request_id()
