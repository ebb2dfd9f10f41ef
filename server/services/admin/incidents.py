"""Incidents, their links, and usage, as the owner looks at them."""

from typing import Any, NoReturn

from server.db.books.incidents import Wanted
from server.db.books.links import LinkEntry
from server.db.tenant import Tenant
from server.services.admin.bodies import (
    AdminIncidents,
    Done,
    IncidentLocked,
    IncidentNamed,
    IncidentsWanted,
    LinkList,
    LinkNamed,
    LinkView,
    OfClient,
    UsageWanted,
)
from server.services.clients import UnknownError
from server.services.parts import Parts
from server.services.usage import usage_of
from vigint_core.domain.fault import Code, VigintError
from vigint_core.wire import IncidentView, WireUsage

_BY = "admin"  # who is said to have locked an incident; no key has this id


class Cases:
    """What clients' desks reported, and what it cost."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def usage(self, asked: UsageWanted) -> WireUsage:
        """What a client's calls of a month used."""
        client = self._parts.clients.named(asked.client)
        return usage_of(client, self._tenant(asked), asked.month, asked.by, self._parts.clock.wall())

    def all(self, asked: IncidentsWanted) -> AdminIncidents:
        """The latest incidents."""
        wanted = Wanted(asked.limit, states=tuple(asked.states), camera_id=asked.camera_id or "")
        with self._parts.database.looking() as connection:
            found = self._tenant(asked).incidents.page(wanted, connection).incidents
        return AdminIncidents(incidents=[IncidentView.model_validate_json(each) for each in found])

    def show(self, asked: IncidentNamed) -> IncidentView:
        """One incident with what people said about it."""
        found = self._tenant(asked).incidents.one(asked.incident_id)
        return found or _no_such(asked)

    def lock(self, asked: IncidentLocked) -> IncidentView:
        """Keep an incident however old it becomes, or do so no more."""
        said: dict[str, Any] = {"locked": asked.locked}
        try:
            return self._parts.incidents.review(
                self._tenant(asked), asked.incident_id, lambda _version: True, said, _BY
            )
        except VigintError as error:
            if error.code is Code.REQUEST_NOT_FOUND:
                _no_such(asked)
            raise

    def links(self, asked: IncidentNamed) -> LinkList:
        """Every link to an incident."""
        found = self._tenant(asked).links.of_incident(asked.incident_id)
        return LinkList(links=[_link(entry) for entry in (_no_such(asked) if found is None else found)])

    def revoke_link(self, asked: LinkNamed) -> Done:
        """End a link at once."""
        now_s = self._parts.clock.wall()
        if not self._tenant(asked).links.revoke(asked.incident_id, asked.link_id, now_s):
            raise UnknownError(f"{asked.client} has no link {asked.link_id} to {asked.incident_id}.")
        return Done()

    def _tenant(self, asked: OfClient) -> Tenant:
        return Tenant(self._parts.database, self._parts.clients.named(asked.client).id)


def _no_such(asked: IncidentNamed) -> NoReturn:
    raise UnknownError(f"{asked.client} has no incident {asked.incident_id}.")


def _link(entry: LinkEntry) -> LinkView:
    return LinkView(
        id=entry.id,
        rights=entry.rights,
        created_s=entry.created_s,
        expires_s=entry.expires_s,
        revoked_s=entry.revoked_s,
        opened=entry.opened,
        made_by=entry.made_by,
    )
