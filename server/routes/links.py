"""``/v1/incidents/{id}/links``: who may see an incident without a key. Links are made, listed and revoked with one."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from server.db.books.links import LinkEntry
from server.db.tables import LinkRight
from server.routes.given import GivenParts, GivenSignIn, GivenTenant, KeyedRoute, wants
from server.services.links import LONGEST_DAYS
from vigint_core.domain.scope import Scope
from vigint_core.wire import Identity

router = APIRouter(prefix="/v1/incidents/{incident_id}/links", route_class=KeyedRoute)
IncidentId = Annotated[Identity, Path()]


class LinkWish(BaseModel):
    """``POST``: what a new link allows, and for how long; the server's own time unless ``days`` are given."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    rights: LinkRight = LinkRight.VIEW
    days: Annotated[float, Field(ge=1 / 24, le=LONGEST_DAYS)] | None = None


class WireLinkMade(BaseModel):
    """A new link; its ``url`` is told this once."""

    id: Identity
    url: str
    rights: LinkRight
    expires: AwareDatetime


class WireLink(BaseModel):
    """What is known of a link. ``fetched`` counts scanners of mail too, ``opened`` who played the clip or stayed."""

    id: Identity
    rights: LinkRight
    created: AwareDatetime
    expires: AwareDatetime
    revoked: AwareDatetime | None
    fetched: int
    opened: int
    last_opened: AwareDatetime | None
    made_by: str


class LinkList(BaseModel):
    """``GET``: every link to the incident, the newest first."""

    links: list[WireLink]


@router.post("", status_code=HTTPStatus.CREATED, dependencies=[wants(Scope.INCIDENTS_WRITE)])
def make_link(
    incident_id: IncidentId, wish: LinkWish, tenant: GivenTenant, signed_in: GivenSignIn, parts: GivenParts
) -> WireLinkMade:
    """A new link to an incident."""
    made = parts.links.make(tenant, incident_id, wish.rights, wish.days, signed_in.key_id)
    return WireLinkMade(id=made.id, url=made.url, rights=wish.rights, expires=_at(made.expires_s))


@router.get("", dependencies=[wants(Scope.INCIDENTS_READ)])
def list_links(incident_id: IncidentId, tenant: GivenTenant, parts: GivenParts) -> LinkList:
    """Every link to an incident, also those that have ended."""
    return LinkList(links=[_told(entry) for entry in parts.links.all(tenant, incident_id)])


@router.delete("/{link_id}", status_code=HTTPStatus.NO_CONTENT, dependencies=[wants(Scope.INCIDENTS_WRITE)])
def revoke_link(
    incident_id: IncidentId, link_id: Annotated[Identity, Path()], tenant: GivenTenant, parts: GivenParts
) -> None:
    """End a link at once, in every process; a second time changes nothing."""
    parts.links.revoke(tenant, incident_id, link_id)


def _told(entry: LinkEntry) -> WireLink:
    return WireLink(
        id=entry.id,
        rights=entry.rights,
        created=_at(entry.created_s),
        expires=_at(entry.expires_s),
        revoked=None if entry.revoked_s is None else _at(entry.revoked_s),
        fetched=entry.fetched,
        opened=entry.opened,
        last_opened=None if entry.last_opened_s is None else _at(entry.last_opened_s),
        made_by=entry.made_by,
    )


def _at(unix_s: float) -> datetime:
    return datetime.fromtimestamp(unix_s, UTC)
