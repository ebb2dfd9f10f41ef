"""``incidents``: what clients' desks reported; lock one, and end the links to it."""

import argparse
from typing import Final

from server.cli.erasing import confirm, tell_removed
from server.cli.printing import in_columns, minute, safe, tell
from server.services.admin.bodies import (
    IncidentErased,
    IncidentLocked,
    IncidentNamed,
    IncidentsWanted,
    LinkNamed,
    LinkView,
)
from server.services.admin.operations import (
    INCIDENTS_ERASE,
    INCIDENTS_LINKS,
    INCIDENTS_LIST,
    INCIDENTS_LOCK,
    INCIDENTS_REVOKE_LINK,
    INCIDENTS_SHOW,
    Admin,
)
from vigint_core.wire import IncidentView

_HEADS: Final = ("id", "opened", "state", "severity", "review", "lock", "camera", "summary")
_LINK_HEADS: Final = ("id", "rights", "made", "ends", "revoked", "opened", "by")
_SHORT: Final = 60


def incidents_command(arguments: argparse.Namespace, admin: Admin) -> int:
    """``incidents list | show | lock | unlock | erase | links | revoke-link CLIENT ...``."""
    if arguments.action == "list":
        wanted = IncidentsWanted(
            client=arguments.client, limit=arguments.limit, camera_id=arguments.camera_id, states=arguments.states
        )
        found = admin.do(INCIDENTS_LIST, wanted).incidents
        words = in_columns(_HEADS, [_row(each) for each in found]) if found else "No incident."
        tell(arguments.json, found, words)
        return 0
    named = {"client": arguments.client, "incident_id": arguments.incident_id}
    match arguments.action:
        case "show":
            incident = admin.do(INCIDENTS_SHOW, IncidentNamed(**named))
            tell(arguments.json, incident, _whole(incident))
        case "lock" | "unlock":
            incident = admin.do(INCIDENTS_LOCK, IncidentLocked(**named, locked=arguments.action == "lock"))
            until = "stays however old it becomes" if incident.review.locked else "goes when it is old"
            tell(arguments.json, incident, f"Incident {incident.id} {until}.")
        case "erase":
            confirm(arguments, f"Incident {arguments.incident_id} is erased with its clips.", arguments.incident_id)
            tell_removed(arguments, admin.do(INCIDENTS_ERASE, IncidentErased(**named, locked=arguments.locked)))
        case "revoke-link":
            done = admin.do(INCIDENTS_REVOKE_LINK, LinkNamed(**named, link_id=arguments.link_id))
            tell(arguments.json, done, f"Link {arguments.link_id} opens nothing any more.")
        case _:
            links = admin.do(INCIDENTS_LINKS, IncidentNamed(**named)).links
            words = in_columns(_LINK_HEADS, [_link(each) for each in links]) if links else "No link."
            tell(arguments.json, links, words)
    return 0


def _row(incident: IncidentView) -> tuple[str, ...]:
    summary = incident.summary if len(incident.summary) <= _SHORT else incident.summary[: _SHORT - 1] + "…"
    return (
        incident.id,
        minute(incident.opened.timestamp()),
        incident.state,
        incident.severity,
        incident.review.state,
        "locked" if incident.review.locked else "-",
        incident.camera_name,
        summary,
    )


def _whole(incident: IncidentView) -> str:
    review = incident.review
    lines = [
        f"{incident.id}: {incident.type}, {incident.severity}, {incident.state}",
        f"camera    {incident.camera_name} ({incident.camera_id})",
        f"from      {minute(incident.start.timestamp())} to {minute(incident.end.timestamp())}",
        f"summary   {incident.summary}",
        f"review    {review.state}, {review.verdict}{', locked' if review.locked else ''}",
        *([f"comment   {review.comment}"] if review.comment else []),
    ]
    return "\n".join(safe(line) for line in lines)


def _link(link: LinkView) -> tuple[str, ...]:
    times = (minute(link.created_s), minute(link.expires_s), minute(link.revoked_s))
    return link.id, link.rights, *times, str(link.opened), link.made_by
