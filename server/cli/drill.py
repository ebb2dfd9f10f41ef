"""The drill: one drawn clip goes the whole way of a suspicion, over HTTP as a desk's would, and each link is timed."""

import json
import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2

from server.cli.drawn import LEAD_S, SECONDS, drawn_clips
from server.cli.stage import SUSPICION, Stage
from server.db.tenant import Tenant
from server.services.admin.operations import SaidNoError
from server.services.recipients import Recipients, WishError
from vigint_core.domain.alert import Channel
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.status import Health
from vigint_core.domain.verdict import NotAnalysed
from vigint_core.wire import API_KEY_HEADER, IDEMPOTENCY_HEADER, AnalysisResponse, IncidentView, Problem

_CAMERA: Final = "drill"
_LOOKS_S: Final = 100.0  # both looks, each with its retries
_EVENT_S: Final = 10.0
_MAIL_S: Final = 60.0
_START_S: Final = 60.0
_ASK_AGAIN_S: Final = 0.1
_RANGE: Final = (100, 300)


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the chain. ``health`` is UNKNOWN where it was left out; ``detail`` then says why."""

    name: str
    health: Health
    seconds: float | None = None
    code: Code | None = None
    detail: str = ""


class Drill:
    """One drill on a stage. A link that fails ends it: what stands on it is left out."""

    def __init__(self, stage: Stage, *, mail_to: str | None) -> None:
        """``mail_to``: the address to which the alert is sent, "" for those of ``EMAIL_TO``, None for nobody."""
        self._stage = stage
        self._mail_to = mail_to
        self._window, self._incident = secrets.token_hex(8), secrets.token_hex(8)
        self._clip, self._context, self._still = drawn_clips(_CAMERA)
        self._start = datetime.now(UTC) - timedelta(seconds=SECONDS)
        self._links: list[Link] = []
        self._recipients = Recipients(stage.parts.database, stage.parts.clock, stage.parts.config)
        self._http = httpx2.Client(
            base_url=stage.url, headers={API_KEY_HEADER: stage.key.text}, timeout=_LOOKS_S, trust_env=False
        )

    def run(self) -> list[Link]:
        """Every link, in order."""
        steps: dict[str, Callable[[], Link | None]] = {
            "sign-in": self._sign_in,
            "looks": self._look,
            "incident": self._put_incident,
            "event": self._hear,
            "file": self._store,
            "link": self._make_link,
            "mail": self._send_mail,
        }
        self._address()
        self._wait_for_durable()
        with self._http, ThreadPoolExecutor(1, "drill-events") as pool:
            heard, self._hearing = threading.Event(), threading.Event()
            self._heard: Future[float] = pool.submit(self._listen, heard)
            heard.wait(_EVENT_S)
            failed = ""
            for name, step in steps.items():
                if failed:
                    self._links.append(Link(name, Health.UNKNOWN, detail=f"left out: {failed} failed"))
                    continue
                link = self._timed(name, step)
                self._links.append(link)
                failed = name if link.health is Health.DOWN else ""
        return self._links

    def _timed(self, name: str, step: Callable[[], Link | None]) -> Link:
        begun_s = time.monotonic()
        try:
            link = step()
        except VigintError as error:
            link = Link(name, Health.DOWN, code=error.code, detail=error.detail)
        except httpx2.HTTPError as error:
            link = Link(name, Health.DOWN, code=Code.SERVER_UNREACHABLE, detail=type(error).__name__)
        seconds = time.monotonic() - begun_s
        if link is None:
            return Link(name, Health.OK, seconds)
        return replace(link, seconds=seconds) if link.seconds is None and link.health is not Health.UNKNOWN else link

    def _address(self) -> None:
        """A recipient of the client's own keeps the drill from those of ``EMAIL_TO``; one that is paused, from all.

        Raises SaidNoError for an address that is none.
        """
        name = self._stage.client.name
        if self._mail_to:
            try:
                self._recipients.add(name, Channel.MAIL, self._mail_to)
            except WishError as error:
                raise SaidNoError(str(error), "invalid") from None
        elif self._mail_to is None:
            added = self._recipients.add(name, Channel.MAIL, "nobody@drill.invalid").recipient
            self._recipients.set(name, replace(added, paused=True))

    def _wait_for_durable(self) -> None:
        _until(lambda: self._stage.parts.durable.fault is None, _START_S)

    def _sign_in(self) -> None:
        self._asked("GET", "/v1/me")

    def _look(self) -> Link | None:
        """Both looks, through durable work; what each answered is a link of its own."""
        begun_s = time.monotonic()
        told = {
            "window_id": self._window, "camera_id": _CAMERA, "camera_name": "Drill",
            "start": self._start.isoformat(), "end": (self._start + timedelta(seconds=SECONDS)).isoformat(),
            "context_start": (self._start - timedelta(seconds=LEAD_S)).isoformat(),
        }  # fmt: skip
        answer = AnalysisResponse.model_validate_json(
            self._asked(
                "POST",
                "/v1/analyses",
                data={"metadata": json.dumps(told)},
                files={
                    "clip": ("clip.mp4", self._clip, "video/mp4"),
                    "context": ("context.mp4", self._context, "video/mp4"),
                },
                headers={IDEMPOTENCY_HEADER: self._window, "Prefer": f"wait={_LOOKS_S:.0f}"},
            ).content
        )
        total_s = time.monotonic() - begun_s
        looks = self._stage.examiner.looks
        for look in ("first", "second"):
            self._links.append(self._look_link(look))
        if answer.second is None or answer.second.outcome != "suspected":
            raise VigintError(Code.SERVER_WORK_STOPPED, "the second look did not come")
        return Link("durable work", Health.OK, total_s - sum(seconds for _, seconds in looks.values()))

    def _look_link(self, look: str) -> Link:
        name = f"{look} look"
        if look not in self._stage.examiner.looks:
            return Link(name, Health.DOWN, code=Code.SERVER_WORK_STOPPED, detail="it was not made")
        outcome, seconds = self._stage.examiner.looks[look]
        if not isinstance(outcome, NotAnalysed):
            return Link(name, Health.OK, seconds)
        missing = outcome.reason is Code.AI_NO_KEY
        return Link(name, Health.NOT_CONFIGURED if missing else Health.DOWN, seconds, outcome.reason, outcome.detail)

    def _put_incident(self) -> None:
        verdict = SUSPICION.verdict
        start, end = self._start.isoformat(), (self._start + timedelta(seconds=SECONDS)).isoformat()
        body = {
            "camera_id": _CAMERA, "camera_name": "Drill", "type": verdict.type, "severity": verdict.severity,
            "state": "unconfirmed", "source": "ai", "confidence": verdict.confidence, "summary": verdict.summary,
            "observations": [], "start": start, "end": end, "act": start, "opened": end, "window_ids": [self._window],
        }  # fmt: skip
        self._asked("PUT", self._place, json=body)
        kept = IncidentView.model_validate_json(self._asked("GET", self._place).content)
        if kept.state != "confirmed":
            raise VigintError(Code.SERVER_FAILED, f"the incident is {kept.state}, though its second look agreed")

    def _listen(self, opened: threading.Event) -> float:
        """When the stream of events told of the incident, on the monotonic clock."""
        with self._http.stream("GET", "/v1/events", timeout=_LOOKS_S * 2) as stream:
            opened.set()
            for line in stream.iter_lines():
                if self._incident in line:
                    return time.monotonic()
                if self._hearing.is_set():
                    break
        raise VigintError(Code.SERVER_FAILED, "the stream of events ended")

    def _hear(self) -> None:
        try:
            self._heard.result(_EVENT_S)
        except TimeoutError:
            raise VigintError(Code.SERVER_TIMEOUT, "no event of the incident came") from None
        finally:
            self._hearing.set()

    def _store(self) -> None:
        for kind, content, media in (("alert", self._clip, "video/mp4"), ("still", self._still, "image/jpeg")):
            self._asked("PUT", f"{self._place}/files/{kind}", content=content, headers={"Content-Type": media})
        begin, end = _RANGE
        part = self._asked("GET", f"{self._place}/files/alert", headers={"Range": f"bytes={begin}-{end - 1}"})
        if (part.status_code, part.content) != (206, self._clip[begin:end]):
            raise VigintError(Code.SERVER_STORAGE, "what was stored did not come back")

    def _make_link(self) -> Link | None:
        if not self._stage.parts.config.vigint_public_url:
            return Link("link", Health.NOT_CONFIGURED, code=Code.LINK_NO_ADDRESS)
        url = self._asked("POST", f"{self._place}/links", json={"rights": "view"}).json()["url"]
        path = "/l/" + urlsplit(url).path.rpartition("/l/")[2]  # without what a proxy puts before it
        page = self._asked("GET", path)
        if not page.headers.get("Content-Type", "").startswith("text/html"):
            raise VigintError(Code.SERVER_FAILED, "the link shows no page")
        return None

    def _send_mail(self) -> Link | None:
        parts, client = self._stage.parts, self._stage.client
        if self._mail_to is None:
            return Link("mail", Health.UNKNOWN, detail="left out: --mail sends one")
        if parts.mail_probe.server is None:
            return Link("mail", Health.NOT_CONFIGURED, code=Code.MAIL_NOT_CONFIGURED)
        if not self._recipients.all(client.name):
            return Link("mail", Health.UNKNOWN, detail="left out: EMAIL_TO names nobody; --mail ADDRESS sends it there")
        tenant = Tenant(parts.database, client.id)
        if not _until(lambda: parts.alerts.health(tenant).health is not Health.UNKNOWN, _MAIL_S):
            raise VigintError(Code.SERVER_TIMEOUT, "the mail was not sent in time")
        found = parts.alerts.health(tenant)
        if found.health is not Health.OK:
            raise VigintError(found.code or Code.SERVER_FAILED, found.detail)
        return None

    @property
    def _place(self) -> str:
        return f"/v1/incidents/{self._incident}"

    def _asked(self, method: str, path: str, **request: Any) -> httpx2.Response:
        """The answer to a request. Raises VigintError for a problem."""
        answer = self._http.request(method, path, **request)
        if answer.status_code < 400:
            return answer
        if answer.headers.get("Content-Type") == "application/problem+json":
            problem = Problem.model_validate_json(answer.content)
            raise VigintError(problem.code, f"request {problem.request_id}")
        raise VigintError(Code.SERVER_FAILED, f"HTTP {answer.status_code}")


def _until(holds: Callable[[], bool], timeout_s: float) -> bool:
    """Whether it comes true in time."""
    end_s = time.monotonic() + timeout_s
    never = threading.Event()
    while not holds():
        if time.monotonic() >= end_s:
            return False
        never.wait(_ASK_AGAIN_S)
    return True
