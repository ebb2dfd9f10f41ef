"""Peers that never say a word: one accepts, as a camera does whose firmware hangs; one is as good as unplugged."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager


@contextmanager
def silent_server() -> Iterator[int]:
    """The port on this machine; the kernel accepts, and nobody ever answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield int(listener.getsockname()[1])


@contextmanager
def absent_server() -> Iterator[int]:
    """A port that does not even refuse: its queue is full, so the kernel drops whoever knocks."""
    with ExitStack() as knocking, socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            client = knocking.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(listener.getsockname())
        yield int(listener.getsockname()[1])
