"""How far one gets towards a camera before any video: is its name known, does its port take a connection?"""

import ipaddress
import socket
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from vigint_core.domain.camera import Camera, SourceKind
from vigint_core.domain.fault import Code, VigintError
from vigint_core.ports import Clock

CONNECT_S: Final = 3.05  # a little over the 3 s at which TCP repeats a lost SYN
_PORTS: Final = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}
_MOST_ADDRESSES: Final = 4
"""Of one name; a camera has one or two, and each that says nothing takes its time."""
_FIELDS_OF_IPV4: Final = 2
Facts = list[tuple[str, dict[str, str]]]
_SocketAddress = tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]
"""As ``socket.getaddrinfo`` gives it, IPv6 with its scope."""


class _Unreached(Exception):  # noqa: N818 - not an error of ours: it only carries what is to be told
    """Nobody took a connection, at this address last."""

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(address)
        self.address = address
        self.reason = reason


def reach(camera: Camera, facts: Facts, clock: Clock) -> None:
    """Find a camera's address and connect to it once; what came of it is added to the facts. Not for files and devices.

    The name is looked up for as long as the system sees fit, a connection takes at most ``CONNECT_S``; of a name that
    has several addresses, each is tried until one answers.
    Raises VigintError(CAMERA_UNREACHABLE).
    """
    if camera.kind not in {SourceKind.RTSP, SourceKind.MJPEG}:
        return
    host, port = _place(camera.url)
    try:
        found = _resolved(host, port)
    except VigintError:
        facts.append(("camera.not_resolved", {"host": host}))
        raise
    if not _is_address(host):
        facts.append(("camera.resolved", {"host": host, "address": ", ".join(str(place[0]) for place in found)}))
    began_s = clock.monotonic()
    try:
        address = _first_that_answers(found)
    except _Unreached as error:
        facts.append(("camera.not_reached", {"address": error.address, "port": str(port)}))
        raise VigintError(Code.CAMERA_UNREACHABLE, f"{error.address}, port {port}: {error.reason}") from None
    elapsed_s = clock.monotonic() - began_s
    facts.append(("camera.reached", {"address": address, "port": str(port), "ms": f"{elapsed_s * 1000:.0f}"}))


def _first_that_answers(found: Sequence[_SocketAddress]) -> str:
    """The first of a name's addresses that takes a connection: the player tries them all, so one says little.

    Where none does, the last one is told of. Raises _Unreached.
    """
    unreached = _Unreached("", "")
    for place in found:
        address = str(place[0])
        try:
            _connect(place)
        except OSError as error:
            unreached = _Unreached(address, _reason(error))
        else:
            return address
    raise unreached


def _connect(place: _SocketAddress) -> None:
    """Raises OSError. The whole of what was found is taken: in IPv6 it names the way out as well."""
    with socket.socket(socket.AF_INET6 if len(place) > _FIELDS_OF_IPV4 else socket.AF_INET) as connection:
        connection.settimeout(CONNECT_S)
        connection.connect(place)


def _place(url: str) -> tuple[str, int]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        host, port = "", 0
    if not (host and port):
        raise VigintError(Code.CAMERA_UNREACHABLE, "the address names no host")
    return host, port


def _resolved(host: str, port: int) -> list[_SocketAddress]:
    """The addresses of a name, each once, in the order in which the system wants them tried."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):  # UnicodeError: a name that can't be one
        raise VigintError(Code.CAMERA_UNREACHABLE, f"nobody knows the name {host}") from None
    return list(dict.fromkeys(place for *_, place in found))[:_MOST_ADDRESSES]


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _reason(error: OSError) -> str:
    return "no answer" if isinstance(error, TimeoutError) else error.strerror or type(error).__name__
