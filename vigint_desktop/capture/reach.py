"""How far one gets towards a camera before any video: is its name known, does its port take a connection?"""

import ipaddress
import socket
from typing import Final
from urllib.parse import urlsplit

from vigint_core.domain.camera import Camera, SourceKind
from vigint_core.domain.fault import Code, VigintError
from vigint_core.ports import Clock

CONNECT_S: Final = 3.05  # a little over the 3 s at which TCP repeats a lost SYN
_PORTS: Final = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}
Facts = list[tuple[str, dict[str, str]]]


def reach(camera: Camera, facts: Facts, clock: Clock) -> None:
    """Find a camera's address and connect to it once; what came of it is added to the facts. Not for files and devices.

    The name is looked up for as long as the system sees fit, the connection takes at most ``CONNECT_S``.
    Raises VigintError(CAMERA_UNREACHABLE).
    """
    if camera.kind not in {SourceKind.RTSP, SourceKind.MJPEG}:
        return
    host, port = _place(camera.url)
    try:
        address = _resolved(host, port)
    except VigintError:
        facts.append(("camera.not_resolved", {"host": host}))
        raise
    if not _is_address(host):
        facts.append(("camera.resolved", {"host": host, "address": address}))
    began_s = clock.monotonic()
    try:
        socket.create_connection((address, port), CONNECT_S).close()
    except OSError as error:
        facts.append(("camera.not_reached", {"address": address, "port": str(port)}))
        raise VigintError(Code.CAMERA_UNREACHABLE, f"{address}, port {port}: {_reason(error)}") from None
    elapsed_s = clock.monotonic() - began_s
    facts.append(("camera.reached", {"address": address, "port": str(port), "ms": f"{elapsed_s * 1000:.0f}"}))


def _place(url: str) -> tuple[str, int]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        host, port = "", 0
    if not (host and port):
        raise VigintError(Code.CAMERA_UNREACHABLE, "the address names no host")
    return host, port


def _resolved(host: str, port: int) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):  # UnicodeError: a name that can't be one
        raise VigintError(Code.CAMERA_UNREACHABLE, f"nobody knows the name {host}") from None
    return str(found[0][4][0])


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _reason(error: OSError) -> str:
    return "no answer" if isinstance(error, TimeoutError) else error.strerror or type(error).__name__
