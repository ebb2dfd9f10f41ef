"""Sites and cameras, as the owner handles them."""

from server.db.books.sites import Camera, Site
from server.db.tenant import Tenant
from server.services.admin.bodies import (
    CameraList,
    CameraPlaced,
    CameraView,
    Done,
    OfClient,
    SiteAsked,
    SiteList,
    SiteRenamed,
    SiteView,
)
from server.services.parts import Parts
from server.services.sites import add_site, assign_camera, remove_site, rename_site, site_named


class Places:
    """Where the cameras of clients are."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def add(self, asked: SiteAsked) -> SiteView:
        """A new site."""
        return site_view(add_site(self._tenant(asked), asked.site))

    def all(self, asked: OfClient) -> SiteList:
        """Every site of a client."""
        return SiteList(sites=[site_view(site) for site in self._tenant(asked).sites.all()])

    def rename(self, asked: SiteRenamed) -> SiteView:
        """Another name for a site."""
        return site_view(rename_site(self._tenant(asked), asked.site, asked.name))

    def remove(self, asked: SiteAsked) -> Done:
        """Forget a site."""
        remove_site(self._tenant(asked), asked.site)
        return Done()

    def cameras(self, asked: OfClient) -> CameraList:
        """Every camera that is known of a client."""
        return CameraList(cameras=[camera_view(camera) for camera in self._tenant(asked).sites.cameras()])

    def assign(self, asked: CameraPlaced) -> CameraView:
        """Say at which site a camera is."""
        tenant = self._tenant(asked)
        camera = assign_camera(tenant, asked.camera_id, asked.site)
        if camera is not None:
            return camera_view(camera)
        site = None if asked.site is None else site_named(tenant, asked.site)
        return CameraView(
            id=asked.camera_id,
            name="",
            last_seen_s=None,
            site_id=None if site is None else site.id,
            site_name=None if site is None else site.name,
        )

    def _tenant(self, asked: OfClient) -> Tenant:
        return Tenant(self._parts.database, self._parts.clients.named(asked.client).id)


def site_view(site: Site) -> SiteView:
    """A site as it is told."""
    return SiteView(id=site.id, name=site.name, cameras=site.cameras)


def camera_view(camera: Camera) -> CameraView:
    """A camera as it is told."""
    site = camera.site
    return CameraView(
        id=camera.id,
        name=camera.name,
        last_seen_s=camera.last_seen_s,
        site_id=None if site is None else site.id,
        site_name=None if site is None else site.name,
    )
