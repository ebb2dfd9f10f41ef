"""Nothing beyond this machine is reached: connecting or resolving elsewhere is refused, and fails the test.

The refusal is an ordinary ConnectionRefusedError, so that threads and adapters end in their usual ways; the attempt is
written down, so that no broad except can hide it. FFmpeg's own sockets are not seen here.
"""

import ipaddress
import socket
from collections.abc import Callable
from typing import Any

from tests.strictness.origin import Origin


class LoopbackOnly:
    """Guards ``socket.socket`` and name resolution.

    Attributes:
        attempts: what was refused, and where it was tried from.
    """

    def __init__(self) -> None:
        self.attempts: list[str] = []
        self._undo: list[Callable[[], None]] = []

    def open(self) -> None:
        """Begin to refuse."""
        for name in ("connect", "connect_ex", "sendto"):
            self._guard_method(name)
        self._guard_resolution()

    def close(self) -> None:
        """Allow everything again."""
        while self._undo:
            self._undo.pop()()

    def _guard_method(self, name: str) -> None:
        original = getattr(socket.socket, name)

        def guarded(this: socket.socket, *args: Any) -> Any:
            if this.family in (socket.AF_INET, socket.AF_INET6) and not _stays(this, args[-1][0]):
                self._check(args[-1][0])
            return original(this, *args)

        setattr(socket.socket, name, guarded)
        self._undo.append(lambda: setattr(socket.socket, name, original))

    def _guard_resolution(self) -> None:
        original = socket.getaddrinfo

        def guarded(host: Any, *args: Any, **kwargs: Any) -> Any:
            name = host.decode() if isinstance(host, bytes) else host
            if name and not _is_address(name):
                self._check(name)
            return original(host, *args, **kwargs)

        socket.getaddrinfo = guarded
        self._undo.append(lambda: setattr(socket, "getaddrinfo", original))

    def _check(self, host: str) -> None:
        if host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback):
            return
        self.attempts.append(f"reached for {host!r} at\n      {Origin.here()}")
        raise ConnectionRefusedError(f"tests reach nothing beyond loopback, and this is {host!r}")


def _stays(sender: socket.socket, host: str) -> bool:
    """Whether this is a multicast that leaves through the loopback interface, and so does not leave."""
    if sender.family is not socket.AF_INET or not _is_address(host) or not ipaddress.ip_address(host).is_multicast:
        return False
    interface = socket.inet_ntoa(sender.getsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, 4))
    return ipaddress.ip_address(interface).is_loopback


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
