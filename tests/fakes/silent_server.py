"""A peer that accepts a connection and never says a word, as a camera does whose firmware hangs."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def silent_server() -> Iterator[int]:
    """The port on this machine; the kernel accepts, and nobody ever answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield int(listener.getsockname()[1])
