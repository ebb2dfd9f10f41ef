"""Bodies of requests, bounded while they arrive: in bytes, also where no length is announced, and in time."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.services.refusals import RefusedError
from vigint_core.domain.fault import Code

_DRAIN_S: Final = 5.0
_DRAIN_SHARE: Final = 4  # times the limit
_CLOSE: Final = (b"connection", b"close")


class BodyLimit:
    """ASGI layer that refuses a body over ``most_bytes`` with CLIP_TOO_LARGE, and one slower than ``most_s``.

    When an answer is ready before the body has arrived (no key, too large), the rest is read and thrown away, within
    bounds: closing at once would reset the connection, and the client would never read why.
    """

    def __init__(
        self, app: ASGIApp, most_bytes: int, most_s: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._app = app
        self._most_bytes = most_bytes
        self._most_s = most_s
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        headers = dict(scope.get("headers", ()))
        announced = headers.get(b"content-length", b"")
        if scope["type"] != "http" or not (announced or b"transfer-encoding" in headers):
            await self._app(scope, receive, send)  # no body comes
            return
        body = _Body(receive, self._most_bytes, self._clock() + self._most_s, self._clock)
        if announced.isdigit() and int(announced) > self._most_bytes:
            body.refuse()

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start" and not await body.drain():
                message = {**message, "headers": [*message.get("headers", ()), _CLOSE]}
            await send(message)

        await self._app(scope, body.receive, answer)


async def read_within(request: Request, most_bytes: int) -> Request:
    """The same request with its whole body read. Raises RefusedError(CLIP_TOO_LARGE) for more than that."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > most_bytes:
        raise RefusedError(Code.CLIP_TOO_LARGE)
    taken = 0

    async def receive() -> Message:
        nonlocal taken
        message = await request.receive()
        taken += len(message.get("body", b""))
        if taken > most_bytes:
            raise RefusedError(Code.CLIP_TOO_LARGE)
        return message

    read = Request(request.scope, receive)
    await read.body()
    return read


class _Body:
    """The body of one request on its way in."""

    def __init__(self, receive: Receive, most_bytes: int, until_s: float, clock: Callable[[], float]) -> None:
        self._receive = receive
        self._most_bytes = most_bytes
        self._until_s = until_s
        self._clock = clock
        self._taken = 0
        self._whole = False
        self._refused = False

    def refuse(self) -> None:
        """It is known to be too large before a byte of it was read."""
        self._refused = True

    async def receive(self) -> Message:
        """The next part, for the app. Raises RefusedError: CLIP_TOO_LARGE, or REQUEST_INVALID with status 408."""
        if self._refused:
            raise RefusedError(Code.CLIP_TOO_LARGE)
        if self._whole:
            return await self._receive()  # waits for the client to go away
        try:
            async with asyncio.timeout(max(0.0, self._until_s - self._clock())):
                message = await self._next()
        except TimeoutError:
            raise RefusedError(Code.REQUEST_INVALID, "the body came too slowly", status=408) from None
        if self._taken > self._most_bytes:
            self.refuse()
            raise RefusedError(Code.CLIP_TOO_LARGE)
        return message

    async def drain(self) -> bool:
        """Throw away what is still coming, up to four times the limit and for at most five seconds.

        Returns whether that was all: else the connection must be closed, or whoever never ends is read for ever.
        """
        try:
            async with asyncio.timeout(_DRAIN_S):
                while not self._whole and self._taken <= self._most_bytes * _DRAIN_SHARE:
                    await self._next()
        except TimeoutError:
            return False
        return self._whole

    async def _next(self) -> Message:
        message = await self._receive()
        self._taken += len(message.get("body", b""))
        self._whole = message["type"] == "http.disconnect" or not message.get("more_body", False)
        return message
