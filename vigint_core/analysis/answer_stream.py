"""Bounds an HTTP answer in size while it is read; its time is bounded by the call's own deadline."""

from collections.abc import AsyncIterator

import httpx2

LARGEST_ANSWER = 4 * 1024 * 1024  # bytes; a verdict has some two thousand


class AnswerStream(httpx2.AsyncByteStream):
    """The body of an answer. Raises ReadError past ``LARGEST_ANSWER`` bytes."""

    def __init__(self, body: httpx2.AsyncByteStream) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        received = 0
        async for piece in self._body:
            received += len(piece)
            if received > LARGEST_ANSWER:
                raise httpx2.ReadError("the answer is too large")
            yield piece

    async def aclose(self) -> None:
        """Give the connection back."""
        await self._body.aclose()


async def bound_answer(response: httpx2.Response) -> None:
    """Response hook: no answer is larger than ``LARGEST_ANSWER``."""
    if isinstance(response.stream, httpx2.AsyncByteStream):
        response.stream = AnswerStream(response.stream)
