"""Bodies are bounded while they arrive, and a client gets to read why."""

import asyncio
from collections.abc import Iterable

import pytest
from starlette.types import Message, Receive, Scope, Send

from server.routes.intake import BodyLimit
from server.services.refusals import RefusedError
from vigint_core.domain.fault import Code


class Peer:
    """The other side of an ASGI connection: sends chunks, then keeps silent; notes what was asked and answered."""

    def __init__(self, chunks: Iterable[bytes], ends: bool = True) -> None:
        sizes = list(chunks)
        self._messages = [
            {"type": "http.request", "body": body, "more_body": not ends or number < len(sizes) - 1}
            for number, body in enumerate(sizes)
        ]
        self.taken = 0
        self.sent: list[str] = []
        self.taken_when_answered = 0
        self.closes = False

    async def receive(self) -> Message:
        if not self._messages:
            await asyncio.Event().wait()
        self.taken += 1
        return self._messages.pop(0)

    async def send(self, message: Message) -> None:
        self.sent.append(message["type"])
        self.closes |= (b"connection", b"close") in message.get("headers", ())
        self.taken_when_answered = self.taken


class App:
    """Reads the body when ``reads``, and answers; remembers the code it was refused with."""

    def __init__(self, reads: bool = True) -> None:
        self._reads = reads
        self.body = b""
        self.refused: RefusedError | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            more = self._reads
            while more:
                message = await receive()
                self.body += message["body"]
                more = message["more_body"]
        except RefusedError as error:
            self.refused = error
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


def serve(app: App, peer: Peer, *, length: int | None = None, most_bytes: int = 100, most_s: float = 30) -> None:
    chunked = (b"transfer-encoding", b"chunked")
    headers = [chunked] if length is None else [(b"content-length", str(length).encode())]
    limit = BodyLimit(app, most_bytes, most_s)
    asyncio.run(limit({"type": "http", "headers": headers}, peer.receive, peer.send))


def test_a_body_of_just_the_limit_passes() -> None:
    app, peer = App(), Peer([b"x" * 60, b"x" * 40])
    serve(app, peer, length=100)
    assert (len(app.body), app.refused) == (100, None)


def test_a_body_over_the_limit_is_refused_at_the_chunk_that_breaks_it() -> None:
    app, peer = App(), Peer([b"x" * 60, b"x" * 41, b"x" * 10])
    serve(app, peer)
    assert app.refused is not None
    assert app.refused.code is Code.CLIP_TOO_LARGE
    assert len(app.body) == 60


def test_an_announced_length_over_the_limit_is_refused_before_reading() -> None:
    app, peer = App(), Peer([b"x" * 101])
    serve(app, peer, length=101)
    assert app.refused is not None
    assert app.body == b""


def test_what_still_comes_is_read_before_the_answer() -> None:
    app, peer = App(reads=False), Peer([b"x" * 30] * 3)
    serve(app, peer)
    assert (peer.taken_when_answered, peer.closes) == (3, False)
    assert peer.sent == ["http.response.start", "http.response.body"]


def test_the_reading_before_the_answer_is_bounded() -> None:
    peer = Peer([b"x" * 100] * 1000)
    serve(App(reads=False), peer)
    assert peer.taken_when_answered == 5  # four times the limit, and the chunk that broke it
    assert peer.closes, "or what never ends is read for ever behind the answer"


def test_a_body_that_never_ends_is_refused_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.routes.intake._DRAIN_S", 0.01)
    app, peer = App(), Peer([b"x"], ends=False)
    serve(app, peer, most_s=0.01)
    assert app.refused is not None
    assert app.refused.status == 408
    assert peer.closes
    assert peer.sent == ["http.response.start", "http.response.body"]


def test_a_request_without_a_body_is_not_waited_for() -> None:
    app, peer = App(reads=False), Peer([b"x"], ends=False)
    asyncio.run(BodyLimit(app, 1, 30)({"type": "http", "headers": []}, peer.receive, peer.send))
    assert (peer.taken, peer.sent) == (0, ["http.response.start", "http.response.body"])


def test_other_protocols_pass_untouched() -> None:
    seen: list[str] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append(scope["type"])

    peer = Peer([])
    asyncio.run(BodyLimit(app, 1, 1)({"type": "lifespan"}, peer.receive, peer.send))
    assert seen == ["lifespan"]
