"""Finds ONVIF cameras on the local network: WS-Discovery probes go out, and who answers is told.

The messages are WSDiscovery's, the sockets are ours: the library's own threads take port 3702 on every interface, can
be kept to none of them, and remember whatever they hear for as long as they run (docs/dependencies.md).
"""

import selectors
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from vigint_core.domain.fault import Code
from vigint_core.domain.status import CheckResult, FoundCamera
from vigint_core.ports import Clock
from vigint_desktop.discovery.foreign_words import one_line

GROUP: Final = ("239.255.255.250", 3702)
"""Where WS-Discovery listens."""
LONGEST_S: Final = 30.0
MOST_FOUND: Final = 256
MOST_ANSWERS: Final = 4096
"""Datagrams looked at in one search: many times what that many cameras send."""
_MOST_ADDRESSES: Final = 32
_PROBES_AT_S: Final = (0.0, 0.4, 1.6)
"""When each probe is sent again: datagrams get lost, and wireless cameras sleep."""
_LOOK_UP_S: Final = 0.2
"""How often a search looks whether somebody stopped it."""
_ANSWER_SIZE: Final = 65535  # bytes; no datagram is larger
_DEVICE_NAMESPACES: Final = ("http://www.onvif.org/ver10/network/wsdl", "http://www.onvif.org/ver10/device/wsdl")
_TYPES: Final = tuple(zip(("NetworkVideoTransmitter", "Device"), _DEVICE_NAMESPACES, strict=True))
"""Both are asked for: older cameras know only the first, some newer ones answer only to the second."""
_SCOPE: Final = "onvif://www.onvif.org/"


@dataclass(frozen=True, slots=True)
class _Answer:
    """What one device says about itself."""

    key: str
    service_urls: tuple[str, ...]
    scopes: tuple[str, ...]
    is_onvif: bool


def own_addresses() -> tuple[str, ...]:
    """The IPv4 addresses of this computer, the loopback's too: a camera may be a program on it."""
    import ifaddr  # noqa: PLC0415 - only a search needs it

    ips = [ip.ip for adapter in ifaddr.get_adapters() for ip in adapter.ips]
    return tuple(ip for ip in ips if isinstance(ip, str))[:_MOST_ADDRESSES]


class Discovery:
    """Searches the networks of this computer. Thread-safe: a search keeps what it knows to itself.

    Args:
        addresses: gives the IPv4 addresses of the interfaces to search.
        group: address and port that the probes go to.
    """

    def __init__(
        self,
        clock: Clock,
        addresses: Callable[[], Sequence[str]] = own_addresses,
        group: tuple[str, int] = GROUP,
    ) -> None:
        self._clock = clock
        self._addresses = addresses
        self._group = group

    def search(
        self, search_id: str, seconds: float, tell: Callable[[FoundCamera], None], interrupt: threading.Event
    ) -> CheckResult:
        """Probe for some seconds and tell of every camera once, as it answers; ends soon after the interrupt is set.

        Blocks for at most ``LONGEST_S``. The facts are how many were found, from where, and what was left out;
        DISCOVERY_NO_NETWORK when no interface could be searched, PIPELINE_STOPPED when it had not begun.
        """
        with ExitStack() as stack:
            ears = _ears(self._addresses(), stack)
            hearing = _Hearing(search_id, tell)
            spoken = self._listen(ears, min(seconds, LONGEST_S), hearing, interrupt) if ears else None
        if not spoken:
            code = Code.PIPELINE_STOPPED if interrupt.is_set() else Code.DISCOVERY_NO_NETWORK
            return CheckResult(search_id, ok=False, facts=(), code=code)
        return CheckResult(search_id, ok=True, facts=(_searched(spoken), *hearing.facts()))

    def _listen(
        self, ears: Sequence[socket.socket], seconds: float, hearing: "_Hearing", interrupt: threading.Event
    ) -> set[str]:
        """Send the probes when they are due, hear what comes in between; returns the addresses they went out from."""
        probes, spoken = _probes(), set[str]()
        began_s = self._clock.monotonic()
        due_s = [at_s for at_s in _PROBES_AT_S if at_s <= seconds]
        with selectors.DefaultSelector() as selector:
            for ear in ears:
                selector.register(ear, selectors.EVENT_READ)
            while not (interrupt.is_set() or hearing.is_full):
                elapsed_s = self._clock.monotonic() - began_s
                if due_s and elapsed_s >= due_s[0]:
                    del due_s[0]
                    spoken |= {ear.getsockname()[0] for ear in ears if self._speak(ear, probes)}
                if elapsed_s >= seconds or not (spoken or due_s):
                    break
                for key, _ in selector.select(min(_LOOK_UP_S, seconds - elapsed_s)):
                    hearing.hear(key.fileobj)  # type: ignore[arg-type]  # sockets were registered, and nothing else
        return spoken

    def _speak(self, ear: socket.socket, probes: Sequence[bytes]) -> bool:
        """Send the probes through one interface; False where it takes none (no multicast, not up, no route)."""
        try:
            return all(ear.sendto(probe, self._group) for probe in probes)
        except OSError:
            return False


class _Hearing:
    """What has been heard in one search; tells of each camera once."""

    def __init__(self, search_id: str, tell: Callable[[FoundCamera], None]) -> None:
        self._search_id = search_id
        self._tell = tell
        self._keys: set[str] = set()
        self._left_out: set[str] = set()
        self._answers = 0
        self._garbled = 0

    @property
    def is_full(self) -> bool:
        """Whether so much came in that somebody must be playing with us."""
        return self._answers >= MOST_ANSWERS

    def hear(self, ear: socket.socket) -> None:
        """Take one datagram."""
        try:
            datagram, sender = ear.recvfrom(_ANSWER_SIZE)
        except OSError:  # an earlier probe was answered with "nobody here"
            return
        self._answers += 1
        try:
            answers = list(_answers(datagram))
        except ValueError:
            self._garbled += 1
            return
        for answer in answers:
            self._find(answer, sender[0])

    def facts(self) -> Iterator[tuple[str, dict[str, str]]]:
        """What the search came to, in the words of the catalogue."""
        count = len(self._keys)
        key = {0: "discovery.nothing", 1: "discovery.found_one"}.get(count, "discovery.found")
        yield key, {"count": str(count)}
        if self._garbled:
            yield "discovery.garbled", {"count": str(self._garbled)}
        if self._left_out:
            yield "discovery.left_out", {"count": str(len(self._left_out))}

    def _find(self, answer: _Answer, sender: str) -> None:
        service = _service(answer.service_urls, sender)
        key = one_line(answer.key)
        if not (answer.is_onvif and service) or key in self._keys:
            return
        if len(self._keys) >= MOST_FOUND:
            if len(self._left_out) < MOST_ANSWERS:
                self._left_out.add(key)
            return
        self._keys.add(key)
        name, hardware = (_of_scope(answer.scopes, kind) for kind in ("name", "hardware"))
        self._tell(FoundCamera(self._search_id, key, service, sender, name, hardware))


def _ears(addresses: Sequence[str], stack: ExitStack) -> list[socket.socket]:
    """A socket for each interface, closed by the stack: probes leave through it and answers come back to it."""
    ears = []
    for address in addresses:
        with suppress(OSError):  # an interface that went away, or takes no multicast
            ear = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            ear.settimeout(0.0)
            ear.bind((address, 0))
            ear.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(address))
            ear.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)  # no further than the local network
            ears.append(ear)
    return ears


def _probes() -> list[bytes]:
    from wsdiscovery import QName  # noqa: PLC0415 - 0.1 s that only a search needs to spend
    from wsdiscovery.actions import constructProbe, createProbeMessage  # noqa: PLC0415

    kinds = [[QName(namespace, name, f"n{number}")] for number, (name, namespace) in enumerate(_TYPES)]
    return [createProbeMessage(constructProbe(kind, None)).encode() for kind in kinds]


def _answers(datagram: bytes) -> Iterator[_Answer]:
    """The devices that a datagram tells of; none where it is about something else. Raises ValueError for garbage."""
    from xml.dom import minidom  # noqa: PLC0415
    from xml.parsers.expat import ExpatError  # noqa: PLC0415

    from wsdiscovery.actions import parseProbeMatchMessage  # noqa: PLC0415

    text = datagram.decode("utf-8-sig")
    if "<!DOCTYPE" in text:
        raise ValueError("a document type could declare entities that grow without end")
    try:
        with minidom.parseString(text) as document:  # noqa: S318 - nothing can be declared without a document type
            matches = parseProbeMatchMessage(document).getProbeResolveMatches()
    except (ExpatError, AttributeError, IndexError, KeyError, TypeError, RecursionError) as error:
        raise ValueError("no probe match") from error
    for match in matches[:MOST_FOUND]:
        scopes = tuple(scope.getValue() for scope in match.getScopes())
        types = {qname.getNamespace() for qname in match.getTypes()}
        is_onvif = not types.isdisjoint(_DEVICE_NAMESPACES) or any(scope.startswith(_SCOPE) for scope in scopes)
        yield _Answer(match.getEPR(), tuple(match.getXAddrs()), scopes, is_onvif)


def _service(urls: Sequence[str], sender: str) -> str:
    """Where the ONVIF service is, or ``""``: always on the machine that answered, and without a sign-in.

    Many tell several addresses; some only one that is of another network, or of none.
    """
    services = [parts for url in urls if (parts := _http(url))]
    chosen = next((parts for parts in services if parts.hostname == sender), services[0] if services else None)
    if chosen is None:
        return ""
    place = f"{sender}:{chosen.port}" if chosen.port else sender
    return urlunsplit(chosen._replace(netloc=place, fragment=""))


def _http(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        return None
    return parts if usable else None


def _of_scope(scopes: Sequence[str], kind: str) -> str:
    """A name that a device gives itself in its scopes, fit to be read in a list; or ``""``."""
    start = f"{_SCOPE}{kind}/"
    named = next((scope for scope in scopes if scope.startswith(start)), "")
    return one_line(unquote(named.removeprefix(start)).replace("_", " "))


def _searched(spoken: set[str]) -> tuple[str, dict[str, str]]:
    return "discovery.searched", {"addresses": ", ".join(sorted(spoken))}
