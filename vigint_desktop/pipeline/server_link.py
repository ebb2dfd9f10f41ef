"""The desktop's HTTP client of our server: one address and key, sessions per thread, every failure with a code."""

import logging
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import requests
from pydantic import BaseModel, ValidationError

from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.request_id import REQUEST_ID_HEADER, new_request_id
from vigint_core.wire import (
    API_KEY_HEADER,
    IDEMPOTENCY_HEADER,
    AnalysisResponse,
    HealthView,
    IncidentBody,
    Me,
    Problem,
    Readiness,
    WireBudget,
)

CONNECT_S = 3.05  # a little over the 3 s at which TCP repeats a lost SYN
READ_S = 10.0
JUDGE_S = 75.0  # an older server makes both looks in one request, each with its retries
SECOND_S = 12  # a second look that takes longer is not waited for in the request: it is asked for later (late_looks.py)
MOST_ANSWER = 1024 * 1024  # bytes; ours are a few KiB
_PIECE = 64 * 1024
_Body = TypeVar("_Body", bound=BaseModel)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the server is and who we are to it."""

    url: str
    key: str

    def __repr__(self) -> str:
        return f"Endpoint({self.url})"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that was read to its end."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class ServerError(VigintError):
    """The server could not be asked, or answered with a problem.

    Attributes:
        retry_after_s: how long it asked us to wait, or None.
        status: HTTP status, or 0 without an answer.
        ours: the server itself says so, in a problem of the contract. Whatever stands before it (a proxy while it is
            deployed, a router with its address) says the same numbers of nothing that we asked for.
    """

    def __init__(
        self,
        code: Code,
        detail: str = "",
        status: int = 0,
        retry_after_s: float | None = None,
        *,
        ours: bool = False,
    ) -> None:
        super().__init__(code, detail)
        self.status = status
        self.retry_after_s = retry_after_s
        self.ours = ours


class LongAnswerError(ServerError):
    """The answer is longer than ``MOST_ANSWER``; less may be asked for."""


class ServerLink:
    """Talks to the server. The endpoint may change at any time (the embedded server gets a new port at each start)."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._endpoint: Endpoint | None = None
        self._local = threading.local()
        self._sessions: list[requests.Session] = []
        self._shut = False

    def set_endpoint(self, endpoint: Endpoint | None) -> None:
        """Use another server from now on; None while there is none."""
        with self._changed:
            self._endpoint = endpoint
            self._changed.notify_all()

    @property
    def endpoint(self) -> Endpoint | None:
        """The server in use."""
        with self._changed:
            return self._endpoint

    def wait_for_endpoint(self, timeout_s: float) -> Endpoint:
        """The endpoint, once there is one.

        Raises ServerError(SERVER_STARTING) after ``timeout_s`` seconds, PIPELINE_STOPPED at once when shut.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._endpoint is not None or self._shut, timeout_s)
            if self._shut:
                raise ServerError(Code.PIPELINE_STOPPED)
            if self._endpoint is None:
                raise ServerError(Code.SERVER_STARTING)
            return self._endpoint

    def shut(self) -> None:
        """Let nobody wait for a server any more: the program ends."""
        with self._changed:
            self._shut = True
            self._changed.notify_all()

    def close(self) -> None:
        """Close every connection. Called when no thread uses the link any more."""
        with self._changed:
            sessions, self._sessions = self._sessions, []
        for session in sessions:
            session.close()

    def readiness(self, endpoint: Endpoint) -> tuple[Readiness, float]:
        """What the server says of its parts, and the round trip in seconds. Raises ServerError."""
        started_s = time.monotonic()
        answer = self._send("GET", f"{endpoint.url}/readyz", READ_S)
        elapsed_s = time.monotonic() - started_s
        if answer.status not in (200, 503):
            raise problem_of(answer)
        return parsed(Readiness, answer), elapsed_s

    def health(self, endpoint: Endpoint) -> HealthView:
        """Every part of the server, and our own alerts. Raises ServerError; REQUEST_NOT_FOUND from an older one."""
        return self._json(HealthView, "GET", f"{endpoint.url}/v1/health", READ_S, headers=_headers(endpoint))

    def me(self, endpoint: Endpoint) -> Me:
        """Who we are to the server. Raises ServerError, AUTH_* when the key is refused."""
        if not endpoint.key:
            raise ServerError(Code.AUTH_MISSING_KEY)
        return self._json(Me, "GET", f"{endpoint.url}/v1/me", READ_S, headers=_headers(endpoint))

    def analyse(self, endpoint: Endpoint, window_id: str, parts: dict[str, Any]) -> AnalysisResponse:
        """``POST /v1/analyses`` with multipart ``parts``. Raises ServerError."""
        headers = {**_headers(endpoint), IDEMPOTENCY_HEADER: window_id, "Prefer": f"wait={SECOND_S}"}
        url = f"{endpoint.url}/v1/analyses"
        return self._json(AnalysisResponse, "POST", url, JUDGE_S, headers=headers, files=parts)

    def budget(self, endpoint: Endpoint) -> WireBudget:
        """How our money stands there. Raises ServerError; REQUEST_NOT_FOUND from a server that is too old for it."""
        return self._json(WireBudget, "GET", f"{endpoint.url}/v1/budget", READ_S, headers=_headers(endpoint))

    def put_incident(self, endpoint: Endpoint, incident_id: str, body: IncidentBody) -> None:
        """``PUT /v1/incidents/{id}``. Raises ServerError."""
        headers = {**_headers(endpoint), "Content-Type": "application/json"}
        url = f"{endpoint.url}/v1/incidents/{incident_id}"
        newer = ("other_acts", "alert_start")  # an older server knows none of them, and refuses the whole
        unsaid = {name for name in newer if not getattr(body, name)}
        told = body.model_dump_json(exclude=unsaid)
        answer = self._send("PUT", url, READ_S, headers=headers, data=told.encode())
        if answer.status not in (200, 201, 204):
            raise problem_of(answer)

    def analysis(self, endpoint: Endpoint, window_id: str) -> AnalysisResponse | None:
        """``GET /v1/analyses/{id}``: the answer about a window, None while a look is out. Raises ServerError."""
        url = f"{endpoint.url}/v1/analyses/{window_id}"
        answer = self._send("GET", url, READ_S, headers=_headers(endpoint))
        if answer.status == 202:
            return None
        if answer.status != 200:
            raise problem_of(answer)
        return parsed(AnalysisResponse, answer)

    def exchange(
        self, endpoint: Endpoint, method: str, path: str, headers: Mapping[str, str] | None = None, data: bytes = b""
    ) -> Reply:
        """One request below our address, with our key; the answer, whatever its status. Raises ServerError for none."""
        sent = {**_headers(endpoint), **(headers or {})}
        return self._send(method, endpoint.url + path, READ_S, headers=sent, data=data or None)

    def listen(self, endpoint: Endpoint, path: str, headers: Mapping[str, str], quiet_s: float) -> requests.Response:
        """Open a stream that lasts; who opened it reads and closes it. No byte for ``quiet_s`` is a broken line.

        Raises ServerError.
        """
        sent = {**_headers(endpoint), **headers, REQUEST_ID_HEADER: new_request_id()}
        with named():
            answer = self._session().get(
                endpoint.url + path, timeout=(CONNECT_S, quiet_s), allow_redirects=False, stream=True, headers=sent
            )
            if answer.status_code == 200:
                return answer
            with answer:
                raise problem_of(Reply(answer.status_code, answer.headers, next(answer.iter_content(_PIECE), b"")))

    def _json(self, model: type[_Body], method: str, url: str, read_s: float, **options: Any) -> _Body:
        answer = self._send(method, url, read_s, **options)
        if answer.status != 200:
            raise problem_of(answer)
        return parsed(model, answer)

    def forget(self, endpoint: Endpoint) -> None:
        """Use no server from now on, unless another one than ``endpoint`` is in use meanwhile."""
        with self._changed:
            if self._endpoint is endpoint:
                self._endpoint = None

    def _send(self, method: str, url: str, read_s: float, **options: Any) -> Reply:
        """One request, twice at most: a connection that was kept may have been closed by the server in between.

        Every request of ours may be repeated: a window and an incident have ids of their own. By the request's own id
        it is found in the server's log.
        """
        request_id = new_request_id()
        options["headers"] = {**options.get("headers", {}), REQUEST_ID_HEADER: request_id}
        with _logged(method, url, request_id), named():
            try:
                return self._once(method, url, read_s, options)
            except requests.Timeout:
                raise
            except requests.ConnectionError:
                return self._once(method, url, read_s, options)

    def _once(self, method: str, url: str, read_s: float, options: dict[str, Any]) -> Reply:
        timeouts = (CONNECT_S, read_s)
        with self._session().request(
            method, url, timeout=timeouts, allow_redirects=False, stream=True, **options
        ) as answer:
            content = b""
            for piece in answer.iter_content(_PIECE):
                content += piece
                if len(content) > MOST_ANSWER:
                    raise LongAnswerError(Code.SERVER_NOT_VIGINT, "answer too long", answer.status_code)
            return Reply(answer.status_code, answer.headers, content)

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = requests.Session()
            session.trust_env = False  # no proxy and no .netrc between us and a server on this network
            self._local.session = session
            with self._changed:
                self._sessions.append(session)
        return session


@contextmanager
def named() -> Iterator[None]:
    """Over the block, what keeps a request from its answer becomes a ServerError."""
    try:
        yield
    except requests.Timeout as error:
        raise ServerError(Code.SERVER_TIMEOUT, type(error).__name__) from error
    except (requests.RequestException, ValueError) as error:  # ValueError: an address that is none
        raise ServerError(Code.SERVER_UNREACHABLE, type(error).__name__) from error


@contextmanager
def _logged(method: str, url: str, request_id: str) -> Iterator[None]:
    """Tell the log of the request; not of those that only ask, every few seconds, as long as they are answered."""
    begun_s = time.monotonic()
    failure = ""
    try:
        yield
    except ServerError as error:
        failure = f" failed, {error.code}"
        raise
    finally:
        if failure or method != "GET":
            took_s = time.monotonic() - begun_s
            path = url.partition("//")[2].partition("/")[2].partition("?")[0]
            _log.info("%s /%s%s, %.2f s, request %s", method, path, failure, took_s, request_id)


def _headers(endpoint: Endpoint) -> dict[str, str]:
    if not (endpoint.key.isascii() and endpoint.key.isprintable() and endpoint.key == endpoint.key.strip()):
        raise ServerError(Code.AUTH_INVALID_KEY, "it holds characters that no key has")
    return {API_KEY_HEADER: endpoint.key}


def parsed(model: type[_Body], answer: Reply) -> _Body:
    """An answer in the words of the contract. Raises ServerError(SERVER_NOT_VIGINT) for one in others."""
    try:
        return model.model_validate_json(answer.content)
    except ValidationError as error:
        ours = _media_type(answer) == "application/json"  # a newer server's, and no page of whatever stands before it
        detail = f"{error.error_count()} fields differ"
        raise ServerError(Code.SERVER_NOT_VIGINT, detail, answer.status, ours=ours) from error


def problem_of(answer: Reply) -> ServerError:
    """Our error for an answer that is not what was asked for: its own code where it speaks problem+json."""
    status = answer.status
    retry_after_s = _retry_after(answer.headers.get("Retry-After", ""))
    if _media_type(answer) == "application/problem+json":
        try:
            problem = Problem.model_validate_json(answer.content)
        except ValidationError:
            pass
        else:
            return ServerError(problem.code, problem.title[:200], status, retry_after_s, ours=True)
    codes = {401: Code.AUTH_INVALID_KEY, 403: Code.AUTH_FORBIDDEN, 429: Code.SERVER_BUSY, 413: Code.CLIP_TOO_LARGE}
    fallback = Code.SERVER_FAILED if status >= 500 else Code.SERVER_NOT_VIGINT
    return ServerError(codes.get(status, fallback), f"HTTP {status}", status, retry_after_s)


def _media_type(answer: Reply) -> str:
    return answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()


def _retry_after(value: str) -> float | None:
    return float(value) if value.isascii() and value.isdigit() else None
