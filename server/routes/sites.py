"""``GET /v1/sites`` and ``GET /v1/cameras``: where a client's cameras are, and which there are."""

from datetime import UTC, datetime

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel

from server.routes.given import GivenTenant, KeyedRoute, wants
from vigint_core.domain.scope import Scope

router = APIRouter(prefix="/v1", route_class=KeyedRoute)


class WireSite(BaseModel):
    """A place of the client; its name is the choice of who runs the server."""

    id: str
    name: str


class WireSites(BaseModel):
    """``GET /v1/sites``: by name."""

    sites: list[WireSite]


class WireCamera(BaseModel):
    """A camera as its desk called it last; ``last_seen``: end of its last window, or its last incident."""

    id: str
    name: str
    last_seen: AwareDatetime
    site: WireSite | None


class WireCameras(BaseModel):
    """``GET /v1/cameras``: by id."""

    cameras: list[WireCamera]


@router.get("/sites", dependencies=[wants(Scope.INCIDENTS_READ)])
def read_sites(tenant: GivenTenant) -> WireSites:
    """The client's sites."""
    return WireSites(sites=[WireSite(id=site.id, name=site.name) for site in tenant.sites.all()])


@router.get("/cameras", dependencies=[wants(Scope.INCIDENTS_READ)])
def read_cameras(tenant: GivenTenant) -> WireCameras:
    """The client's cameras, known from their windows and incidents."""
    return WireCameras(
        cameras=[
            WireCamera(
                id=camera.id,
                name=camera.name,
                last_seen=datetime.fromtimestamp(camera.last_seen_s, UTC),
                site=None if camera.site is None else WireSite(id=camera.site.id, name=camera.site.name),
            )
            for camera in tenant.sites.cameras()
        ]
    )
