"""``/healthz``, ``/readyz`` and ``GET /v1/health``: does the process answer, can it work, and how is each part?

The first two are open to everybody; the third one wants a good key. None of them holds a secret.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Final

import anyio.to_thread
from fastapi import APIRouter, Header, Response

from server.db.tenant import Tenant
from server.routes.given import GivenParts, GivenTenant, KeyedRoute, wants
from server.services.health import PartState, worst
from server.services.parts import Parts
from vigint_core import __version__, texts
from vigint_core.wire import HealthPart, HealthView, Liveness, Readiness

_MOST_DETAIL: Final = 2000
router = APIRouter(route_class=KeyedRoute)


@router.get("/healthz")
async def read_liveness() -> Liveness:
    """The process answers. On the event loop, so that it does even while every worker thread waits."""
    return Liveness(service="vigint", version=__version__)


@router.get("/readyz", responses={503: {"model": Readiness, "description": "The server can't take work."}})
async def read_readiness(parts: GivenParts, response: Response) -> Readiness:
    """Every part with its proof; 503 while the server can't take work."""
    view = await parts.readiness.view()
    if not view.ready:
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    return view


@router.get("/v1/health", dependencies=[wants()])
async def read_health(
    parts: GivenParts, tenant: GivenTenant, accept_language: Annotated[str, Header()] = ""
) -> HealthView:
    """Every part of this server, proven now or with its last proof, whatever the scopes of the key.

    The part ``alerts`` is the client's own: whether what it is told of arrives.
    """
    alerts = await anyio.to_thread.run_sync(_alerts, parts, tenant)
    states = [*await parts.health.current(), alerts]
    language = spoken(accept_language)
    return HealthView(
        version=__version__, health=worst(states), language=language, parts=health_parts(states, language)
    )


def _alerts(parts: Parts, tenant: Tenant) -> PartState:
    found = parts.alerts.health(tenant)
    since_s = found.figures.get("failing_since_s") or found.worked_s or parts.clock.wall()
    return PartState("alerts", found, since_s, found.worked_s)


def health_parts(states: Sequence[PartState], language: texts.Language) -> list[HealthPart]:
    """How every part is, in a language."""
    return [_part(state, language) for state in states]


def spoken(accept_language: str) -> texts.Language:
    """The language of ours that a header ``Accept-Language`` likes best; English where it names none."""
    liked: dict[str, float] = {}
    for wish in accept_language.split(","):
        name, _, quality = wish.partition(";q=")
        liked.setdefault(name.strip().lower().partition("-")[0], _number(quality))
    return max(texts.LANGUAGES, key=lambda language: liked.get(language, -1.0))


def _number(quality: str) -> float:
    try:
        return float(quality or 1)
    except ValueError:
        return 0.0


def _part(state: PartState, language: texts.Language) -> HealthPart:
    found = state.finding
    return HealthPart(
        part=state.part,
        health=found.health,
        code=found.code,
        cause=texts.cause(language, found.code) if found.code else "",
        remedy=texts.remedy(language, found.code) if found.code else "",
        label=found.label,
        detail=found.detail[:_MOST_DETAIL],
        since=datetime.fromtimestamp(state.since_s, UTC),
        worked_at=_time(state.worked_s),
        until=_time(found.until_s),
        figures=found.figures,
    )


def _time(at_s: float | None) -> datetime | None:
    return None if at_s is None else datetime.fromtimestamp(at_s, UTC)
