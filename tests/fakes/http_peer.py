"""An HTTP server on loopback that answers what a test has written down: our server in every mood, and strangers."""

import json
import ssl
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from vigint_core.domain.fault import Code


@dataclass(frozen=True)
class Reply:
    """One answer.

    ``drop`` closes the connection without one, ``hang`` waits until the peer is stopped, ``drip`` takes some seconds,
    with a header of its own every few milliseconds.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    drop: bool = False
    hang: bool = False
    drip: bool = False


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


def as_json(document: object, status: int = 200, **headers: str) -> Reply:
    """A JSON answer."""
    return Reply(status, json.dumps(document).encode(), {"Content-Type": "application/json", **headers})


def problem(status: int, code: Code | str, **headers: str) -> Reply:
    """Our server's kind of refusal."""
    body = {"type": "about:blank", "title": "Refused", "status": status, "code": str(code), "detail": "cause"}
    return Reply(status, json.dumps(body).encode(), {"Content-Type": "application/problem+json", **headers})


class HttpPeer:
    """Plays ``replies`` in order, and the last one again and again.

    Attributes:
        url: where it listens.
        asked: the requests so far.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[Asked] = []
        self.leaving = threading.Event()
        self._replies: deque[Reply] = deque()
        self._changed = threading.Condition()
        handler = type("Handler", (_Handler,), {"peer": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = False  # so that closing waits for every connection
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="http peer")
        if tls is not None:  # its handshake waits for the connection's own thread
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self._server.server_port}"

    def plays(self, *replies: Reply) -> None:
        """From now on answer so."""
        with self._changed:
            self._replies = deque(replies)

    def next_reply(self, asked: Asked) -> Reply:
        """What a request gets."""
        with self._changed:
            self.asked.append(asked)
            self._changed.notify_all()
            return self._replies.popleft() if len(self._replies) > 1 else self._replies[0]

    def wait_until_asked(self, times: int, timeout_s: float = 30.0) -> bool:
        """Whether that many requests came within the time."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.asked) >= times, timeout_s)

    def start(self) -> None:
        """Listen."""
        self._thread.start()

    def stop(self) -> None:
        """Let go of everybody, and end every thread."""
        self.leaving.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    """HTTP/1.0: one request a connection, so nothing stays open when a test ends."""

    peer: ClassVar[HttpPeer]

    def handle(self) -> None:
        try:
            super().handle()
        except ssl.SSLError:  # the client does not trust our certificate
            return

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        reply = self.peer.next_reply(Asked(self.command, self.path, dict(self.headers), body))
        if reply.hang:
            self.peer.leaving.wait(20)
        if reply.hang or reply.drop:
            return
        if reply.drip:
            self._drip(reply.status)
            return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        try:
            self.wfile.write(reply.body)
        except OSError:  # the client has heard enough
            return

    def _drip(self, status: int) -> None:
        try:
            self.wfile.write(f"HTTP/1.1 {status} OK\r\n".encode())
            for _ in range(200):
                self.peer.leaving.wait(0.02)
                self.wfile.write(b"X-More: yes\r\n")
            self.wfile.write(b"Content-Length: 0\r\n\r\n")
        except OSError:  # the client has heard enough
            return

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_PUT(self) -> None:
        self._answer()

    def do_PATCH(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it
        """Say nothing."""


@contextmanager
def http_peer(tls: ssl.SSLContext | None = None) -> Iterator[HttpPeer]:
    """A peer over the block; with a certificate, by TLS alone."""
    peer = HttpPeer(tls)
    peer.start()
    try:
        yield peer
    finally:
        peer.stop()
