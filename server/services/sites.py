"""Where a client's cameras are: sites by name, and which camera is at which."""

from server.db.books.sites import Camera, Site
from server.db.tenant import Tenant
from server.services.clients import TakenError, UnknownError

MOST_SITES = 1000
"""Of one client."""


def add_site(tenant: Tenant, name: str) -> Site:
    """A new site. Raises TakenError."""
    if len(tenant.sites.all()) >= MOST_SITES:
        raise TakenError(f"A client has at most {MOST_SITES} sites.")
    added = tenant.sites.add(name)
    if added is None:
        raise TakenError(f"There is a site named {name} already.")
    return added


def rename_site(tenant: Tenant, site: str, name: str) -> Site:
    """Give a site another name. Raises UnknownError, TakenError."""
    found = site_named(tenant, site)
    if not tenant.sites.rename(found.id, name):
        raise TakenError(f"There is a site named {name} already.")
    return Site(found.id, name, found.cameras)


def remove_site(tenant: Tenant, site: str) -> None:
    """Forget a site; its cameras are at none then. Raises UnknownError."""
    tenant.sites.remove(site_named(tenant, site).id)


def assign_camera(tenant: Tenant, camera_id: str, site: str | None) -> Camera | None:
    """Say at which site a camera is, also before it was ever seen; None for at none. Raises UnknownError.

    The camera as it is known now, or None where nothing was ever seen of it.
    """
    tenant.sites.assign(camera_id, None if site is None else site_named(tenant, site).id)
    return next((camera for camera in tenant.sites.cameras() if camera.id == camera_id), None)


def site_named(tenant: Tenant, name: str) -> Site:
    """The site of this name. Raises UnknownError."""
    found = next((site for site in tenant.sites.all() if site.name == name), None)
    if found is None:
        raise UnknownError(f"There is no site named {name}.")
    return found
