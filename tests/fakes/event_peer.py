"""A server of events on loopback: it sends what a test writes, when the test writes it, and keeps the line open.

It has nothing else: who asks for anything but events is told so at once.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_NOTHING = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"


class EventPeer:
    """Takes one connection after another; what is sent goes to the newest.

    Attributes:
        url: where it listens.
        asked: the requests for events so far, as their heads.
        head: of every answer; b"" says nothing at all.
    """

    def __init__(self, *, chunked: bool = True) -> None:
        self.asked: list[str] = []
        self.head = _HEAD + (b"Transfer-Encoding: chunked\r\n" if chunked else b"Connection: close\r\n") + b"\r\n"
        self._chunked = chunked
        self._changed = threading.Condition()
        self._lines: list[socket.socket] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, name="event peer")

    def start(self) -> None:
        """Listen."""
        self._thread.start()

    def stop(self) -> None:
        """Let go of everybody."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self.hang_up()
        self._thread.join()

    def wait_until_asked(self, times: int, timeout_s: float = 30.0) -> bool:
        """Whether that many connections came within the time."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.asked) >= times, timeout_s)

    def send(self, text: str) -> None:
        """Send a piece of the stream to who came last."""
        data = text.encode()
        line = self._lines[-1]
        line.sendall(b"%x\r\n%b\r\n" % (len(data), data) if self._chunked else data)

    def hang_up(self) -> None:
        """Break every line."""
        with self._changed:
            lines, self._lines = self._lines, []
        for line in lines:
            line.close()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._socket.accept()
            except OSError:  # it is stopped
                return
            head = b""
            while b"\r\n\r\n" not in head and (piece := line.recv(4096)):
                head += piece
            if not head.startswith(b"GET /v1/events "):
                line.sendall(_NOTHING)
                line.close()
                continue
            if self.head:
                line.sendall(self.head)
            with self._changed:
                self._lines.append(line)
                self.asked.append(head.decode("latin-1"))
                self._changed.notify_all()


@contextmanager
def event_peer(*, chunked: bool = True) -> Iterator[EventPeer]:
    """A peer over the block."""
    peer = EventPeer(chunked=chunked)
    peer.start()
    try:
        yield peer
    finally:
        peer.stop()
