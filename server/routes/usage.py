"""``GET /v1/usage``: what the client's calls of a month used."""

from typing import Annotated

from fastapi import APIRouter, Query

from server.routes.given import GivenParts, GivenSignIn, GivenTenant, KeyedRoute, wants
from server.services.usage import usage_of
from vigint_core.domain.scope import Scope
from vigint_core.wire import Month, UsageBy, WireUsage

router = APIRouter(route_class=KeyedRoute)


@router.get("/v1/usage", dependencies=[wants(Scope.USAGE_READ)])
def read_usage(
    signed_in: GivenSignIn,
    tenant: GivenTenant,
    parts: GivenParts,
    month: Annotated[Month | None, Query()] = None,
    by: UsageBy = "day",
) -> WireUsage:
    """Calls, tokens and cost of a month in the client's time zone, by day, model, look or camera, and in total."""
    return usage_of(signed_in.client, tenant, month, by, parts.clock.wall())
