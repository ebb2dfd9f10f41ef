import asyncio
from collections.abc import AsyncIterator

import httpx2
import pytest

from vigint_core.analysis.answer_stream import LARGEST_ANSWER, AnswerStream, bound_answer


class Body(httpx2.AsyncByteStream):
    def __init__(self, pieces: list[bytes]) -> None:
        self.closed = False
        self.given = 0
        self._pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            self.given += 1
            yield piece

    async def aclose(self) -> None:
        self.closed = True


async def read(stream: AnswerStream) -> bytes:
    return b"".join([piece async for piece in stream])


def test_a_small_answer_passes_unchanged() -> None:
    body = Body([b"a", b"bc"])
    stream = AnswerStream(body)
    assert asyncio.run(read(stream)) == b"abc"
    asyncio.run(stream.aclose())
    assert body.closed


def test_an_answer_that_is_too_large_is_not_read_to_its_end() -> None:
    half = b"x" * (LARGEST_ANSWER // 2)
    body = Body([half, half, b"x", b"never asked for"])
    with pytest.raises(httpx2.ReadError):
        asyncio.run(read(AnswerStream(body)))
    assert body.given == 3


def test_the_hook_bounds_every_answer_of_a_client() -> None:
    async def answered(pieces: list[bytes]) -> bytes:
        transport = httpx2.MockTransport(lambda _: httpx2.Response(200, stream=Body(pieces)))
        async with httpx2.AsyncClient(transport=transport, event_hooks={"response": [bound_answer]}) as client:
            return (await client.get("http://x")).content

    assert asyncio.run(answered([b"a"])) == b"a"
    with pytest.raises(httpx2.ReadError):
        asyncio.run(answered([b"x" * (LARGEST_ANSWER + 1)]))
