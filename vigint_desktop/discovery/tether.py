"""Ends what is asked of a device on the network from outside: after some seconds, or when nobody waits any more.

A time-out of a socket begins anew with every byte. A device that sends one now and then would hold a thread for ever.
"""

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self


class Tether:
    """Holds the sockets of one exchange and shuts them when it is cut. A context manager; used once.

    Attributes:
        cut_off: set when nobody waits any more, or the time is over.
        overdue: whether it was the time.
    """

    def __init__(self, seconds: float) -> None:
        self.cut_off = threading.Event()
        self.overdue = False
        self._sockets: list[socket.socket] = []
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.name = "tether"
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        self._timer.join()

    def hold(self, connected: socket.socket) -> None:
        """Shut this socket too when the tether is cut; at once if it was."""
        with self._lock:
            self._sockets.append(connected)
            if self.cut_off.is_set():
                _shut(connected)

    def cut(self) -> None:
        """Shut every socket: whoever waits for an answer gets none. Callable from any thread."""
        with self._lock:
            self.cut_off.set()
            for connected in self._sockets:
                _shut(connected)

    def _expire(self) -> None:
        self.overdue = not self.cut_off.is_set()
        self.cut()


def _shut(connected: socket.socket) -> None:
    with suppress(OSError):  # closed long ago
        connected.shutdown(socket.SHUT_RDWR)
