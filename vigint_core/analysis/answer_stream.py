"""Bounds an HTTP answer in time and size while it is read.

The HTTP client's own time-out counts anew with every piece that arrives, so a proxy that sends a byte now and then
could hold a worker for ever.
"""

import time
from collections.abc import Iterator

import httpx2

LARGEST_ANSWER = 4 * 1024 * 1024  # bytes; a verdict has some two thousand
_BEGAN = "vigint.began"


class AnswerStream(httpx2.SyncByteStream):
    """The body of an answer. Raises ReadTimeout after ``end_mono_s``, ReadError past ``LARGEST_ANSWER`` bytes."""

    def __init__(self, body: httpx2.SyncByteStream, end_mono_s: float) -> None:
        self._body = body
        self._end_mono_s = end_mono_s

    def __iter__(self) -> Iterator[bytes]:
        received = 0
        for piece in self._body:
            received += len(piece)
            if time.monotonic() > self._end_mono_s:
                raise httpx2.ReadTimeout("the answer came too slowly")
            if received > LARGEST_ANSWER:
                raise httpx2.ReadError("the answer is too large")
            yield piece

    def close(self) -> None:
        """Give the connection back."""
        self._body.close()


def note_begin(request: httpx2.Request) -> None:
    """Request hook: the time-out counts from here."""
    request.extensions[_BEGAN] = time.monotonic()


def bound_answer(response: httpx2.Response) -> None:
    """Response hook: the whole answer has to be there within the request's time-out."""
    extensions = response.request.extensions
    timeout_s = extensions["timeout"]["read"]
    if isinstance(response.stream, httpx2.SyncByteStream) and timeout_s is not None:
        response.stream = AnswerStream(response.stream, extensions[_BEGAN] + timeout_s)
