"""The monitor: proves every few seconds that server, sign-in and AI are what the status bar says they are."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from vigint_core.domain.budget import BudgetView, Caps, Economy
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import CameraId
from vigint_core.domain.status import BudgetTold, Health, Part, PartStatus
from vigint_core.ports import Clock, EventSink
from vigint_core.wire import HealthPart, PartView, Readiness
from vigint_desktop.pipeline.server_link import Endpoint, ServerError, ServerLink
from vigint_desktop.pipeline.worker import Worker

WELL_S = 5.0  # between proofs while all is well
ILL_S = 1.0  # while something is not
REFUSED_S = 30.0  # between tries of a key that was refused; another key or server is tried at once
PATIENCE_S = 10.0  # an incident that waits for the server this long is told as a backlog
ALERTS_S = 30.0  # between questions whether our alerts arrive: a server asks its books for it
_UNUSED = Health.NOT_CONFIGURED
_ALERTS = "alerts"
_OF_ALERTS = frozenset({"mail", _ALERTS})
_SIGNED_IN = frozenset({Health.OK, Health.DEGRADED})
_REFUSALS = frozenset({Code.AUTH_INVALID_KEY, Code.AUTH_KEY_EXPIRED, Code.AUTH_TOO_MANY})


class Probe(Protocol):
    """Something that can be proven without our server: Gemini directly, or nothing at all."""

    def prove(self) -> tuple[PartStatus, ...]:
        """Statuses of the parts it stands for; may take a call, bounded."""

    def budget(self) -> BudgetView | None:
        """How the money stands at whoever holds the key, or None where nobody can tell."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits: windows for a judge, incidents for the server."""

    windows: int
    incidents: int


@dataclass(frozen=True, slots=True)
class _Refused:
    """A key that a server does not take, and from when on it is tried again."""

    endpoint: Endpoint
    status: PartStatus
    again_mono_s: float


class Monitor:
    """Publishes ``PartStatus`` for server, sign-in, AI and queue, and how the money stands.

    ``economise`` hears of the latter too, as the cameras have to leave something out when it gets short.
    """

    def __init__(
        self,
        probe: Probe,
        backlog: Callable[[], Backlog],
        sink: EventSink,
        clock: Clock,
        economise: Callable[[BudgetView], None] = lambda _view: None,
    ) -> None:
        self.worker = Worker("monitor", self._step, sink, clock, on_stop=self.check_now)
        self._probe = probe
        self._backlog = backlog
        self._sink = sink
        self._clock = clock
        self._economise = economise
        self._again = threading.Event()
        self._well = True
        self._waiting_since_s: float | None = None

    def use(self, probe: Probe) -> None:
        """Prove something else from now on (the settings have changed)."""
        self._probe = probe
        self.check_now()

    def check_now(self) -> None:
        """Prove again at once."""
        self._again.set()

    def _step(self) -> None:
        parts = self._probe.prove()
        for part in (*parts, self._queue()):
            self._sink.publish(part)
        self._tell_budget()
        self._well = all(part.health in (Health.OK, _UNUSED) for part in parts)
        self._again.wait(WELL_S if self._well else ILL_S)
        self._again.clear()

    def _tell_budget(self) -> None:
        view = self._probe.budget()
        self._sink.publish(BudgetTold(view, self._clock.wall()))
        if view is not None:  # else what was left out stays so until somebody knows better
            self._economise(view)

    def _queue(self) -> PartStatus:
        backlog = self._backlog()
        now_s = self._clock.monotonic()
        if not backlog.incidents:
            self._waiting_since_s = None
        elif self._waiting_since_s is None:
            self._waiting_since_s = now_s
        late = self._waiting_since_s is not None and now_s - self._waiting_since_s >= PATIENCE_S
        health = Health.DEGRADED if late else Health.OK
        label = str(backlog.windows + backlog.incidents)
        return PartStatus(Part.QUEUE, health, label=label, at_s=self._clock.wall())


class ServerProbe:
    """Proves our server: ``/readyz`` for itself and its AI, ``/v1/me`` for the sign-in, ``/v1/health`` for our alerts.

    ``embedded_name``: what people call the client of the embedded server; "" for a server of the owner's own.
    """

    def __init__(self, link: ServerLink, clock: Clock, embedded_name: str = "") -> None:
        self._link = link
        self._clock = clock
        self._embedded_name = embedded_name
        self._refused: _Refused | None = None
        self._alerts = _Alerts(link, clock)

    def prove(self) -> tuple[PartStatus, ...]:
        """Server, sign-in and AI."""
        endpoint = self._link.endpoint
        now_s = self._clock.wall()
        if endpoint is None:
            code = Code.SERVER_STARTING if self._embedded_name else Code.SERVER_UNREACHABLE
            return self._without_server(ServerError(code), now_s)
        try:
            readiness, round_trip_s = self._link.readiness(endpoint)
        except ServerError as error:
            return self._without_server(error, now_s)
        sign_in = self._sign_in(endpoint, now_s)
        alerts = self._alerts.told(endpoint) if sign_in.health in _SIGNED_IN else ()
        own = [part for part in readiness.parts if part.part != Part.AI.value]
        return (_server([*own, *alerts], readiness.version, round_trip_s, now_s), sign_in, _ai(readiness, now_s))

    def budget(self) -> BudgetView | None:
        """What the server says of our money."""
        endpoint = self._link.endpoint
        if endpoint is None or not endpoint.key or self._refusal_of(endpoint) is not None:
            return None
        try:
            told = self._link.budget(endpoint)
        except ServerError:  # the parts say what is wrong with it, and an older server keeps no budget
            return None
        return BudgetView(
            caps=Caps(**told.caps.model_dump()),
            spent_day=told.spent_day,
            spent_month=told.spent_month,
            forecast_month=told.forecast_month,
            economy=Economy(told.economy),
            cameras={CameraId(camera_id): Economy(step) for camera_id, step in told.cameras.items()},
        )

    def _without_server(self, error: ServerError, now_s: float) -> tuple[PartStatus, ...]:
        """Nothing behind a server that does not answer can be known."""
        health = Health.UNKNOWN if error.code is Code.SERVER_STARTING else Health.DOWN
        return (
            PartStatus(Part.SERVER, health, error.code, detail=error.detail, at_s=now_s),
            PartStatus(Part.SIGN_IN, Health.UNKNOWN, error.code, at_s=now_s),
            PartStatus(Part.AI, Health.UNKNOWN, error.code, at_s=now_s),
        )

    def _sign_in(self, endpoint: Endpoint, now_s: float) -> PartStatus:
        """Who we are there; a refused key is not tried again at every proof, which would look like guessing."""
        refusal = self._refusal_of(endpoint)
        if refusal is not None:
            return refusal
        try:
            me = self._link.me(endpoint)
        except ServerError as error:
            missing = error.code is Code.AUTH_MISSING_KEY
            health = _UNUSED if missing else Health.DOWN
            status = PartStatus(Part.SIGN_IN, health, error.code, detail=error.detail, at_s=now_s)
            if error.code in _REFUSALS:
                again_s = self._clock.monotonic() + max(error.retry_after_s or 0.0, REFUSED_S)
                self._refused = _Refused(endpoint, status, again_s)
            return status
        health, code = (Health.DEGRADED, Code.AUTH_FORBIDDEN) if me.lacking else (Health.OK, None)
        label = self._embedded_name or me.client_name
        return PartStatus(Part.SIGN_IN, health, code, label=label, detail=", ".join(me.lacking), at_s=now_s)

    def _refusal_of(self, endpoint: Endpoint) -> PartStatus | None:
        """What was said when this very key was refused a moment ago, else None."""
        refused = self._refused
        if refused is None or refused.endpoint != endpoint or self._clock.monotonic() >= refused.again_mono_s:
            return None
        return refused.status


class _Alerts:
    """What a server says of our own alerts, asked now and then."""

    def __init__(self, link: ServerLink, clock: Clock) -> None:
        self._link = link
        self._clock = clock
        self._of: Endpoint | None = None
        self._told: tuple[HealthPart, ...] = ()
        self._again_mono_s = 0.0

    def told(self, endpoint: Endpoint) -> tuple[HealthPart, ...]:
        """The part of it; none where it tells none: an older server does not, and one that fails says so itself."""
        now_s = self._clock.monotonic()
        if endpoint != self._of or now_s >= self._again_mono_s:
            self._of, self._again_mono_s = endpoint, now_s + ALERTS_S
            try:
                parts = self._link.health(endpoint).parts
            except ServerError:
                parts = []
            self._told = tuple(part for part in parts if part.part == _ALERTS)
        return self._told


class NoServerProbe:
    """Parts that are not in use: no server and, unless ``ai`` proves it, no AI. ``budget``: the desk's own money."""

    def __init__(self, ai: Callable[[], PartStatus], budget: Callable[[], BudgetView | None] = lambda: None) -> None:
        self._ai = ai
        self._budget = budget

    def budget(self) -> BudgetView | None:
        """Our own books."""
        return self._budget()

    def prove(self) -> tuple[PartStatus, ...]:
        """Server and sign-in are not used; the AI is what ``ai`` says."""
        ai = self._ai()
        return (PartStatus(Part.SERVER, _UNUSED, at_s=ai.at_s), PartStatus(Part.SIGN_IN, _UNUSED, at_s=ai.at_s), ai)


def _server(parts: Sequence[PartView | HealthPart], version: str, round_trip_s: float, now_s: float) -> PartStatus:
    """The first of its worst parts."""
    weighed = [(_weight(part), part.code) for part in parts]
    ill = [one for one in weighed if one[0] is Health.DOWN] or [one for one in weighed if one[0] is Health.DEGRADED]
    health, code = ill[0] if ill else (Health.OK, None)
    return PartStatus(Part.SERVER, health, code, label=version, round_trip_s=round_trip_s, at_s=now_s)


def _weight(part: PartView | HealthPart) -> Health:
    """A server whose alerts wait does all the rest of its work."""
    waits = part.part in _OF_ALERTS and part.health is Health.DOWN
    return Health.DEGRADED if waits else part.health


def _ai(readiness: Readiness, now_s: float) -> PartStatus:
    part: PartView | None = next((p for p in readiness.parts if p.part == Part.AI.value), None)
    if part is None:
        return PartStatus(Part.AI, Health.UNKNOWN, Code.SERVER_NOT_VIGINT, at_s=now_s)
    proven_s = 0.0 if part.proven_at is None else part.proven_at.timestamp()
    until_s = None if part.until is None else part.until.timestamp()
    return PartStatus(
        Part.AI, part.health, part.code, label=part.label, detail=part.detail, at_s=proven_s, until_s=until_s
    )
