"""``sites``: where the cameras of clients are."""

import argparse

from server.cli.erasing import confirm, tell_removed
from server.cli.printing import in_columns, minute, safe, tell
from server.services.admin.bodies import CameraNamed, CameraPlaced, OfClient, SiteAsked, SiteRenamed
from server.services.admin.operations import (
    SITES_ADD,
    SITES_ASSIGN,
    SITES_CAMERAS,
    SITES_ERASE_CAMERA,
    SITES_LIST,
    SITES_REMOVE,
    SITES_RENAME,
    Admin,
)


def sites_command(arguments: argparse.Namespace, admin: Admin) -> int:
    """``sites add | list | rename | remove | cameras | assign | erase-camera CLIENT ...``."""
    match arguments.action:
        case "add":
            site = admin.do(SITES_ADD, SiteAsked(client=arguments.client, site=arguments.site))
            tell(arguments.json, site, f"Site {safe(site.name)} added.")
        case "rename":
            asked = SiteRenamed(client=arguments.client, site=arguments.site, name=arguments.name)
            site = admin.do(SITES_RENAME, asked)
            tell(arguments.json, site, f"Site {safe(arguments.site)} is {safe(site.name)} now.")
        case "remove":
            done = admin.do(SITES_REMOVE, SiteAsked(client=arguments.client, site=arguments.site))
            tell(arguments.json, done, f"Site {safe(arguments.site)} is forgotten; its cameras are at none.")
        case "assign":
            placed = CameraPlaced(client=arguments.client, camera_id=arguments.camera_id, site=arguments.site)
            camera = admin.do(SITES_ASSIGN, placed)
            where = f"at {safe(camera.site_name)}" if camera.site_name else "at no site"
            tell(arguments.json, camera, f"Camera {camera.id} is {where}.")
        case "erase-camera":
            what = f"Camera {arguments.camera_id} is erased with its incidents and clips, locked ones too."
            confirm(arguments, what, arguments.camera_id)
            named = CameraNamed(client=arguments.client, camera_id=arguments.camera_id)
            tell_removed(arguments, admin.do(SITES_ERASE_CAMERA, named))
        case "cameras":
            _cameras(arguments, admin)
        case _:
            sites = admin.do(SITES_LIST, OfClient(client=arguments.client)).sites
            rows = [(site.id, str(site.cameras), site.name) for site in sites]
            tell(arguments.json, sites, in_columns(("id", "cameras", "name"), rows) if sites else "No site yet.")
    return 0


def _cameras(arguments: argparse.Namespace, admin: Admin) -> None:
    found = admin.do(SITES_CAMERAS, OfClient(client=arguments.client)).cameras
    rows = [(each.id, minute(each.last_seen_s), each.site_name or "-", each.name) for each in found]
    words = in_columns(("id", "last seen", "site", "name"), rows) if found else "No camera was seen yet."
    tell(arguments.json, found, words)
