"""The light provider says what the program understands, however a question arrives."""

import json
import socket
from urllib.parse import urlsplit

from bench.provider import provider
from vigint_core.analysis.response import read_answer
from vigint_core.domain.verdict import Clear

_HEAD = b"POST /v1beta/models/any:generateContent HTTP/1.1\r\nHost: provider\r\ncontent-length: 6\r\n\r\n"


def test_its_answer_is_a_verdict_by_our_schema() -> None:
    with provider(0.0) as url:
        answer = _asked(url, [_HEAD + b"abcdef"])
    text = json.loads(answer)["candidates"][0]["content"]["parts"][0]["text"]
    assert isinstance(read_answer(text, 10.0, must_cite=False).outcome, Clear)


def test_a_question_may_come_in_pieces_and_another_one_on_the_same_line() -> None:
    with provider(0.0) as url:
        whole = _asked(url, [_HEAD + b"abcdef"])
        assert _asked(url, [_HEAD[:20], _HEAD[20:] + b"abc", b"def"], again=_HEAD + b"ghijkl") == whole


def _asked(url: str, pieces: list[bytes], again: bytes = b"") -> bytes:
    """The body of the last answer."""
    place = urlsplit(url)
    with socket.create_connection((place.hostname or "", place.port or 0), timeout=20) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces:
            line.sendall(piece)
        body = _body(line)
        if again:
            line.sendall(again)
            body = _body(line)
    return body


def _body(line: socket.socket) -> bytes:
    with line.makefile("rb") as answer:
        length = 0
        while head := answer.readline().strip():
            name, _, value = head.partition(b": ")
            length = int(value) if name == b"Content-Length" else length
        return answer.read(length)
