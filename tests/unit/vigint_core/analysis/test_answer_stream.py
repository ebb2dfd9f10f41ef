import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest

from vigint_core.analysis.answer_stream import LARGEST_ANSWER, AnswerStream, bound_answer, note_begin


class Body(httpx2.SyncByteStream):
    def __init__(self, pieces: list[bytes]) -> None:
        self.closed = False
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._pieces)

    def close(self) -> None:
        self.closed = True


def test_a_small_answer_in_time_passes_unchanged() -> None:
    body = Body([b"a", b"bc"])
    stream = AnswerStream(body, time.monotonic() + 60)
    assert b"".join(stream) == b"abc"
    stream.close()
    assert body.closed


def test_an_answer_that_comes_too_slowly_is_a_timeout() -> None:
    with pytest.raises(httpx2.ReadTimeout):
        list(AnswerStream(Body([b"a"]), time.monotonic() - 0.001))


def test_an_answer_that_is_too_large_is_not_read_to_its_end() -> None:
    half = b"x" * (LARGEST_ANSWER // 2)
    stream = iter(AnswerStream(Body([half, half, b"x"]), time.monotonic() + 60))
    assert len(next(stream)) + len(next(stream)) == LARGEST_ANSWER
    with pytest.raises(httpx2.ReadError):
        next(stream)


def test_the_hooks_bound_an_answer_by_the_time_out_of_its_request() -> None:
    def transport(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, stream=Body([b"late"]))

    hooks: dict[str, list[Callable[..., Any]]] = {"request": [note_begin], "response": [bound_answer]}
    with httpx2.Client(transport=httpx2.MockTransport(transport), event_hooks=hooks) as client:
        assert client.get("http://x", timeout=60).content == b"late"
        with pytest.raises(httpx2.ReadTimeout):
            client.get("http://x", timeout=1e-9)
