"""What a ``Range`` header asks for, and what it is answered with."""

import asyncio
from collections.abc import Iterator
from typing import cast

import pytest
from fastapi import Request
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import Response, StreamingResponse

from server.routes.ranges import Slice, answer, wanted_slice
from server.services.files import StoredFile
from server.storage.store import FileStore

CONTENT = bytes(range(200))
MARK = '"abc"'


class ContentStore:
    """Has one content, whatever the path."""

    def read_range(self, _path: str, start: int, end: int) -> Iterator[bytes]:
        return (CONTENT[at : at + 1] for at in range(start, end))


FILE = StoredFile(len(CONTENT), "video/mp4", "abc", cast("FileStore", ContentStore()), "c/f/whole")


def asked(method: str = "GET", **headers: str) -> Response:
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return answer(Request({"type": "http", "method": method, "headers": pairs}), FILE)


def body_of(response: Response) -> bytes:
    if not isinstance(response, StreamingResponse):
        return bytes(response.body)

    async def read() -> bytes:
        return b"".join([bytes(cast("bytes", chunk)) async for chunk in response.body_iterator])

    return asyncio.run(read())


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("bytes=0-0", Slice(0, 1)),
        ("bytes=10-19", Slice(10, 20)),
        ("bytes=190-", Slice(190, 200)),
        ("bytes=-5", Slice(195, 200)),
        ("bytes=-500", Slice(0, 200)),
        ("bytes=150-999999", Slice(150, 200)),
        ("bytes=200-", Slice(200, 200)),
        ("bytes=500-600", Slice(200, 200)),
        ("bytes=-0", Slice(200, 200)),
        ("Bytes= 1 - 2 ", Slice(1, 3)),
        ("bytes=-", None),
        ("bytes=5-4", None),
        ("bytes=0-1,3-4", None),
        ("bytes=a-b", None),
        ("bytes=1_0-20", None),
        ("bytes=٣-4", None),
        ("bytes=" + "9" * 5000 + "-", None),
        ("items=0-1", None),
        ("", None),
    ],
)
def test_a_range_is_understood_or_left_aside(header: str, wanted: Slice | None) -> None:
    assert wanted_slice(header, 200) == wanted


@given(st.integers(0, 10**18 - 1), st.integers(0, 10**18 - 1), st.integers(0, 10**12))
def test_a_range_never_leaves_the_content(first: int, last: int, size: int) -> None:
    for header in (f"bytes={first}-{last}", f"bytes={first}-", f"bytes=-{last}"):
        wanted = wanted_slice(header, size)
        assert wanted is None or 0 <= wanted.start <= wanted.end <= size


@given(st.text(max_size=30))
def test_any_text_is_taken(header: str) -> None:
    assert wanted_slice(header, 200) in {None, wanted_slice(header.strip(), 200)}


@given(st.integers(0, 250), st.integers(0, 250))
def test_what_is_sent_is_what_the_headers_say(first: int, last: int) -> None:
    response = asked(range=f"bytes={first}-{last}")
    if last < first:
        assert (response.status_code, body_of(response)) == (200, CONTENT)
    elif first >= len(CONTENT):
        assert (response.status_code, body_of(response)) == (416, b"")
        assert response.headers["Content-Range"] == "bytes */200"
    else:
        told = CONTENT[first : last + 1]
        assert (response.status_code, body_of(response)) == (206, told)
        assert response.headers["Content-Range"] == f"bytes {first}-{first + len(told) - 1}/200"
        assert response.headers["Content-Length"] == str(len(told))


def test_a_file_is_private_and_of_its_type() -> None:
    for response in (asked(), asked("HEAD"), asked(range="bytes=0-1")):
        told = response.headers
        assert told["ETag"] == MARK
        assert told["Cache-Control"] == "private"
        assert told["Content-Type"] == "video/mp4"
        assert told["Content-Disposition"] == "inline"
        assert told["X-Content-Type-Options"] == "nosniff"
        assert told["Accept-Ranges"] == "bytes"


def test_head_tells_and_sends_nothing() -> None:
    response = asked("HEAD", range="bytes=0-1")
    assert (response.status_code, response.headers["Content-Length"], body_of(response)) == (200, "200", b"")


@pytest.mark.parametrize(("mark", "status"), [(MARK, 206), ('"other"', 200), (f"W/{MARK}", 200), ("Sat, 1 Jan", 200)])
def test_a_range_of_other_content_is_all_of_this_one(mark: str, status: int) -> None:
    assert asked(range="bytes=0-1", if_range=mark).status_code == status


@pytest.mark.parametrize(
    ("known", "status"), [(MARK, 304), (f'"x", W/{MARK}', 304), ("*", 304), ('"x"', 200), ("", 200)]
)
def test_what_is_known_is_not_sent_again(known: str, status: int) -> None:
    response = asked(if_none_match=known)
    assert response.status_code == status
    assert status == 200 or body_of(response) == b""
