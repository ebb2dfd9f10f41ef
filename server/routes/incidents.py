"""``/v1/incidents``: what a client's desks report, and what its other desks learn."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import AwareDatetime

from server.routes.given import GivenParts, GivenTenant, KeyedRoute, wants
from vigint_core.domain.scope import Scope
from vigint_core.wire import Identity, IncidentBody, IncidentList, IncidentView

router = APIRouter(prefix="/v1/incidents", route_class=KeyedRoute)


@router.put("/{incident_id}", dependencies=[wants(Scope.INCIDENTS_WRITE)])
def put_incident(
    incident_id: Annotated[Identity, Path()], body: IncidentBody, tenant: GivenTenant, parts: GivenParts
) -> IncidentView:
    """Keep an incident under the id its desk gave it; a repeat replaces it."""
    tenant.put_incident(incident_id, body, parts.clock.wall())
    return IncidentView(id=incident_id, **body.model_dump())


@router.get("", dependencies=[wants(Scope.INCIDENTS_READ)])
def list_incidents(
    tenant: GivenTenant,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    before: Annotated[AwareDatetime | None, Query()] = None,
) -> IncidentList:
    """The latest incidents, newest first; ``before`` (a time with an offset) goes further back."""
    found = tenant.incidents(limit, None if before is None else before.timestamp())
    return IncidentList(incidents=list(found))
