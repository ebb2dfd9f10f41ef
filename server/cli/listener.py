"""Running the application: a socket, ``uvicorn``, and what happens once it really accepts connections."""

import asyncio
import signal
import socket
from collections.abc import Callable
from types import FrameType
from typing import Final

import uvicorn

from server.app import create_app
from server.cli.allocator import bound_heaps, keep_small
from server.logs import journal
from server.services.descriptors import allow_more
from server.services.parts import Parts
from vigint_core.domain.fault import Code, VigintError

_GRACE_S: Final = 40  # a request under way may end: an examination takes at most 35 s
_KEEP_ALIVE_S: Final = 75  # longer than the usual balancer's
_BACKLOG: Final = 128
_MOST_HEADER_BYTES: Final = 32 * 1024
_log = journal(__name__)


class Listener(uvicorn.Server):
    """``uvicorn`` that says when it listens, on a socket that is open already.

    Attributes:
        app: what is served.
        ignores_interrupt: leave Ctrl-C to the parent, which gets it too and decides what it means.
    """

    def __init__(
        self, parts: Parts, sock: socket.socket, on_listening: Callable[[], None] | None = None, grace_s: int = _GRACE_S
    ) -> None:
        self._parts = parts
        self.app = create_app(parts)
        super().__init__(
            uvicorn.Config(
                self.app,
                log_config=None,  # the records go where all others go
                access_log=False,  # ``routes.requests`` writes a better one for less
                server_header=False,
                timeout_keep_alive=_KEEP_ALIVE_S,
                timeout_graceful_shutdown=grace_s,
                h11_max_incomplete_event_size=_MOST_HEADER_BYTES,
                http="h11",
                ws="none",
            )
        )
        self.ignores_interrupt = False
        self._socket = sock
        self._on_listening = on_listening
        self._keeper: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start listening, say so, and only then begin with the probe."""
        await super().startup(sockets)
        if self.started:
            if self._on_listening is not None:
                self._on_listening()
            address, port = self._socket.getsockname()[:2]
            _log.info("serving", address=address, port=port, **self._parts.described())
            begin: asyncio.Event = self.app.state.begin_probing
            begin.set()
            self._keeper = asyncio.create_task(keep_small())

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop: streams of events have no end of their own, so they get one before the requests under way may end."""
        self._parts.event_hub.stop()
        if self._keeper is not None:
            self._keeper.cancel()
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal came."""
        if not (self.ignores_interrupt and sig == signal.SIGINT):
            super().handle_exit(sig, frame)

    def serve_until_told(self) -> None:
        """Serve until a signal comes or ``should_exit`` is set; blocks."""
        bound_heaps()
        allow_more()
        with self._socket:
            self.run(sockets=[self._socket])


def open_socket(host: str, port: int) -> socket.socket:
    """A socket bound to an address; port 0 takes a free one. Raises VigintError(SERVER_FAILED)."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        sock = socket.socket(family, kind, protocol)
    except OSError as error:
        raise VigintError(Code.SERVER_FAILED, f"address {host}: {error.strerror}") from error
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(address)
        sock.listen(_BACKLOG)
    except OSError as error:
        sock.close()
        raise VigintError(Code.SERVER_FAILED, f"address {host} port {port}: {error.strerror}") from error
    return sock
