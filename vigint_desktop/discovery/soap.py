"""Questions to an ONVIF device over HTTP: signed, bounded in time and size, every failure with a code.

Only this module knows the HTTP library's exceptions. The XML is read by the standard library; a document type, and with
it every entity, is refused before it is looked at.
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

import requests
from requests.adapters import HTTPAdapter
from requests.auth import HTTPDigestAuth
from requests.utils import parse_dict_header
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, disable_warnings
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, InsecureRequestWarning

from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.sign_in import SignIn
from vigint_desktop.discovery.tether import Tether

CONNECT_S: Final = 3.05  # a little over the 3 s at which TCP repeats a lost SYN
READ_S: Final = 5.0
MOST_ANSWER: Final = 1024 * 1024  # bytes; the profiles of a 16-channel recorder are some 200 KiB
_PIECE: Final = 64 * 1024

_ENVELOPE: Final = "http://www.w3.org/2003/05/soap-envelope"
_SOAP_TYPE: Final = "application/soap+xml; charset=utf-8"
_WSS: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss"
_REFUSALS: Final = ("notauthorized", "not authorized", "failedauthentication", "unauthorized", "failed authentication")
"""How devices say that the sign-in is wrong: the standard's subcodes, and the words of those that know none."""


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    url: str
    content_type: str = ""
    content: bytes | None = None


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    headers: Mapping[str, str]
    content: bytes


class FaultError(VigintError):
    """The device understood the question and refused it, for another reason than the sign-in."""


class DeviceLink:
    """HTTP to one device over one tether; give it back with ``close``. Used by one thread."""

    def __init__(self, sign_in: SignIn, tether: Tether) -> None:
        self._sign_in = sign_in
        self._tether = tether
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy and no .netrc between us and a device on this network
        self._session.headers["Accept-Encoding"] = "identity"
        self._session.verify = False  # cameras sign their certificates themselves
        disable_warnings(InsecureRequestWarning)
        for scheme, adapter in _tethered(tether).items():
            self._session.mount(scheme, adapter)

    def close(self) -> None:
        """Close every connection."""
        self._session.close()

    def ask(self, url: str, question: str, signed_at_s: float | None) -> ET.Element:
        """Send a question (XML) and return the one element that the answer's body holds.

        Args:
            url: of the service.
            question: the body's content.
            signed_at_s: the device's own Unix time, with which the sign-in is dated; None asks without one.

        Raises VigintError: CAMERA_UNAUTHORIZED, CAMERA_UNREACHABLE, CAMERA_SILENT, DISCOVERY_NOT_ONVIF,
        PIPELINE_STOPPED; FaultError when the device refuses the question itself.
        """
        header = _security(self._sign_in, signed_at_s) if self._sign_in and signed_at_s is not None else ""
        content = f"<s:Header>{header}</s:Header><s:Body>{question}</s:Body>"
        asked = _Request("POST", url, _SOAP_TYPE, f'<s:Envelope xmlns:s="{_ENVELOPE}">{content}</s:Envelope>'.encode())
        return _body(self._exchange(asked, MOST_ANSWER))

    def fetch(self, url: str, most: int) -> bytes:
        """What lies at an address, ``most`` bytes at most. Raises VigintError as ``ask`` does."""
        reply = self._exchange(_Request("GET", url), most)
        if reply.status != 200:
            raise _refusal(reply)
        return reply.content

    def _exchange(self, asked: _Request, most: int) -> _Reply:
        """The answer, after a second try with a digest where the device asks for one."""
        reply = self._once(asked, None, most)
        if reply.status != 401 or not self._sign_in:
            return reply
        digest = _digest(self._sign_in, reply.headers.get("WWW-Authenticate", ""))
        return self._once(asked, digest, most) if digest else reply

    def _once(self, asked: _Request, digest: HTTPDigestAuth | None, most: int) -> _Reply:
        try:
            reply = self._send(asked, digest, most)
        except requests.ConnectTimeout as error:
            raise self._failure(Code.CAMERA_UNREACHABLE, error) from None
        except requests.Timeout as error:
            raise self._failure(Code.CAMERA_SILENT, error) from None
        except requests.ConnectionError as error:
            raise self._failure(Code.CAMERA_UNREACHABLE, error) from None
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            raise self._failure(Code.DISCOVERY_NOT_ONVIF, error) from None
        if self._tether.cut_off.is_set():  # what has no announced length ends as well as it can
            raise self._failure(Code.CAMERA_SILENT, None)
        return reply

    def _send(self, asked: _Request, digest: HTTPDigestAuth | None, most: int) -> _Reply:
        with self._session.request(
            asked.method,
            asked.url,
            data=asked.content,
            headers={"Content-Type": asked.content_type} if asked.content_type else None,
            auth=digest,
            timeout=(CONNECT_S, READ_S),
            allow_redirects=False,
            stream=True,
        ) as answer:
            content = bytearray()
            for piece in answer.iter_content(_PIECE):
                content += piece
                if len(content) > most:
                    raise VigintError(Code.DISCOVERY_NOT_ONVIF, f"an answer of more than {most} bytes")
            return _Reply(answer.status_code, answer.headers, bytes(content))

    def _failure(self, code: Code, error: Exception | None) -> VigintError:
        """Our error; the tether knows better than the library why a connection broke."""
        if self._tether.overdue:
            return VigintError(Code.CAMERA_SILENT, "no whole answer in time")
        if self._tether.cut_off.is_set():
            return VigintError(Code.PIPELINE_STOPPED)
        return VigintError(code, type(error).__name__)


class _Digest(HTTPDigestAuth):
    """Answers a challenge that is there already. The library's own way reads the refusal's body, however long it is."""

    def __init__(self, sign_in: SignIn, challenge: str) -> None:
        super().__init__(sign_in.user, sign_in.password)
        self.init_per_thread_state()
        self._thread_local.chal = parse_dict_header(challenge)  # type: ignore[attr-defined, no-untyped-call]

    def __call__(self, prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        """Sign; a challenge that makes no sense stays unanswered, and the device refuses again."""
        try:
            header = self.build_digest_header(prepared.method, prepared.url)  # type: ignore[no-untyped-call]
        except KeyError:
            return prepared
        if header:
            prepared.headers["Authorization"] = header
        return prepared


def _digest(sign_in: SignIn, challenge: str) -> _Digest | None:
    """The answer to a challenge; None where it asks for anything but a digest.

    Basic would hand the password to whatever program on the network calls itself a camera.
    """
    start = challenge.lower().find("digest ")
    return _Digest(sign_in, challenge[start + len("digest ") :]) if start >= 0 else None


def _tethered(tether: Tether) -> dict[str, HTTPAdapter]:
    """Adapters whose every connection hangs on the tether."""

    class Connection(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            tether.hold(self.sock)

    class SecureConnection(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            tether.hold(self.sock)

    class Pool(HTTPConnectionPool):
        ConnectionCls = Connection

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = SecureConnection

    adapter = HTTPAdapter()
    adapter.poolmanager.pool_classes_by_scheme = {"http": Pool, "https": SecurePool}
    return {"http://": adapter, "https://": adapter}


def _security(sign_in: SignIn, at_s: float) -> str:
    """The UsernameToken of WS-Security with a digest: the password itself does not travel."""
    nonce = secrets.token_bytes(16)
    created = datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    digest = hashlib.sha1(nonce + created.encode() + sign_in.password.encode()).digest()  # noqa: S324 - as the standard
    return (
        f'<w:Security s:mustUnderstand="1" xmlns:w="{_WSS}-wssecurity-secext-1.0.xsd"><w:UsernameToken>'
        f"<w:Username>{escape(sign_in.user)}</w:Username>"
        f'<w:Password Type="{_WSS}-username-token-profile-1.0#PasswordDigest">{_base64(digest)}</w:Password>'
        f'<w:Nonce EncodingType="{_WSS}-soap-message-security-1.0#Base64Binary">{_base64(nonce)}</w:Nonce>'
        f'<u:Created xmlns:u="{_WSS}-wssecurity-utility-1.0.xsd">{created}</u:Created>'
        f"</w:UsernameToken></w:Security>"
    )


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


class _NoDocumentType(ET.TreeBuilder):
    """Refuses a document type: only it can declare entities, which grow without end or name files."""

    def doctype(self, *_names: str | None) -> None:
        """Called before anything that the document type declares is read."""
        raise ValueError("a document type")


def parse(content: bytes) -> ET.Element:
    """The root of an XML document. Raises ValueError for what is none, or declares anything."""
    try:
        return ET.fromstring(content, ET.XMLParser(target=_NoDocumentType()))  # noqa: S314 - see _NoDocumentType
    except (ET.ParseError, LookupError) as error:  # LookupError: an encoding that nobody knows
        raise ValueError("no XML") from error


def _body(reply: _Reply) -> ET.Element:
    """The one element in the body of an envelope. Raises VigintError."""
    if reply.status in {401, 403}:
        raise _refusal(reply)
    try:
        root = parse(reply.content)
    except ValueError as error:
        raise VigintError(Code.DISCOVERY_NOT_ONVIF, f"HTTP {reply.status}, {error}") from None
    body = root.find("{*}Body")
    if body is None or not len(body):
        raise VigintError(Code.DISCOVERY_NOT_ONVIF, f"HTTP {reply.status}, no envelope")
    if body[0].tag.endswith("}Fault"):
        raise _fault(body[0])
    return body[0]


def _fault(fault: ET.Element) -> VigintError:
    """What a SOAP fault means; its words are the device's own, shortened."""
    said = " ".join(" ".join(fault.itertext()).split())
    if any(word in said.lower() for word in _REFUSALS):
        return VigintError(Code.CAMERA_UNAUTHORIZED, said[:200])
    return FaultError(Code.DISCOVERY_NOT_ONVIF, said[:200])


def _refusal(reply: _Reply) -> VigintError:
    code = Code.CAMERA_UNAUTHORIZED if reply.status in {401, 403} else Code.DISCOVERY_NOT_ONVIF
    return VigintError(code, f"HTTP {reply.status}")
