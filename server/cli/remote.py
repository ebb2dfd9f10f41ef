"""A running server as an ``Admin``: every operation is one request, with the key that ``SECRET_KEY`` derives."""

import getpass
import ipaddress
import os
import ssl
import sys
from typing import Final
from urllib.parse import urlsplit

import httpx2
from pydantic import SecretStr, ValidationError

from server.config import ConfigError, check_secret
from server.services.admin.credential import ADMIN_HEADER, admin_key
from server.services.admin.operations import A, Operation, R, SaidNoError
from vigint_core.domain.fault import Code, VigintError
from vigint_core.wire import Problem

_CONNECT_S: Final = 5.0
_READ_S: Final = 60.0  # durable work's library may have to be loaded there first
_ERASE_S: Final = 900.0  # what is cut off goes on there, and may be asked for again
_PROXY: Final = frozenset({502, 503, 504})
_KINDS: Final = {
    Code.REQUEST_NOT_FOUND: "unknown",
    Code.REQUEST_CONFLICT: "conflict",
    Code.REQUEST_INVALID: "invalid",
}


class _Refusal(Problem):
    """A problem with what was said about it in words."""

    errors: tuple[str, ...] = ()


class RunningServer:
    """``Admin`` over HTTP."""

    def __init__(self, url: str, secret: SecretStr) -> None:
        """``url`` as ``checked_url`` gives it. Nothing is asked yet."""
        self._client = httpx2.Client(
            base_url=f"{url}/admin/v1/",
            headers={ADMIN_HEADER: admin_key(secret).get_secret_value(), "Content-Type": "application/json"},
            verify=ssl.create_default_context(),
            trust_env=False,  # no proxy: the key is for this server alone
            follow_redirects=False,
        )

    def do(self, operation: Operation[A, R], asked: A) -> R:
        """Do it there. Raises SaidNoError with the reason in words, and VigintError."""
        try:
            wait_s = _ERASE_S if "erase" in operation.name else _READ_S
            answer = self._client.post(
                operation.name,
                content=asked.model_dump_json(exclude_unset=True),
                timeout=httpx2.Timeout(wait_s, connect=_CONNECT_S),
            )
        except httpx2.TimeoutException as error:
            raise VigintError(Code.SERVER_TIMEOUT, "the server does not answer in time") from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise VigintError(Code.SERVER_UNREACHABLE, f"the server can't be reached: {_cause(error)}") from error
        try:
            if answer.status_code == 200:
                return operation.answer.model_validate_json(answer.content)
            problem = _Refusal.model_validate_json(answer.content)
        except ValidationError as error:
            by_proxy = answer.status_code in _PROXY
            who = "a proxy, which reaches no server" if by_proxy else "no VigInt server of this version"
            raise VigintError(
                Code.SERVER_NOT_VIGINT, f"what answers there is {who} (HTTP {answer.status_code})"
            ) from error
        if problem.code in _KINDS and problem.errors:
            raise SaidNoError("\n".join(problem.errors), _KINDS[problem.code])
        if problem.code is Code.AUTH_INVALID_KEY:
            raise VigintError(problem.code, "SECRET_KEY here is not that of this server")
        raise VigintError(problem.code, f"{problem.detail} {problem.remedy}")

    def close(self) -> None:
        """Close the connection."""
        self._client.close()


def _cause(error: BaseException) -> str:
    """Why nothing was answered, in words: what the system said first, whatever the library made of it."""
    known: BaseException | None = error
    while known is not None:
        match known:
            case ssl.SSLCertVerificationError():
                return (
                    f"its certificate is not trusted: {known.verify_message}. "
                    "SSL_CERT_FILE names the certificates (PEM) of an authority of yours"
                )
            case ssl.SSLError():
                return f"no TLS is spoken there: {known.reason}"
            case OSError():
                return known.strerror or type(known).__name__
        known = known.__cause__ or known.__context__
    return type(error).__name__


def checked_url(url: str, *, insecure: bool) -> str:
    """The address without a "/" at its end. Raises ConfigError, in plain words, for one the key must not be sent to."""
    parts = urlsplit(url)
    try:
        well_formed = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        well_formed = False
    if not well_formed or "@" in parts.netloc or parts.query or parts.fragment:
        raise ConfigError("--server takes an address like https://vigint.example")
    if parts.scheme == "http" and not insecure and not _is_this_machine(parts.hostname or ""):
        raise ConfigError(
            "The admin key would cross the network in the open: use https, or say --insecure if nobody listens there."
        )
    return url.rstrip("/")


def secret_key() -> SecretStr:
    """``SECRET_KEY`` of the server: from the environment, else asked for without an echo. Raises ConfigError."""
    secret = os.environ.get("SECRET_KEY", "")
    if not secret:
        if not sys.stdin.isatty():
            raise ConfigError("SECRET_KEY is not set, and nobody is there to type it. Set it to the server's own.")
        secret = getpass.getpass("SECRET_KEY of the server: ")
    check_secret(secret)
    return SecretStr(secret)


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
