"""``/v1/incidents``: what a client's desks report, what people say about it, and what its other desks learn."""

from functools import cached_property
from typing import Annotated, Final

from fastapi import APIRouter, Header, Path, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from server.db.books.incidents import Wanted
from server.routes.given import GivenParts, GivenSignIn, GivenTenant, KeyedRoute, wants
from server.services.incidents import cursor_after, read_cursor
from server.services.refusals import RefusedError
from vigint_core.domain.fault import Code
from vigint_core.domain.incident import IncidentState
from vigint_core.domain.review import ReviewState, ReviewVerdict
from vigint_core.domain.scope import Scope
from vigint_core.domain.verdict import Severity
from vigint_core.wire import Identity, IncidentList, IncidentPut, IncidentView, ReviewComment, ReviewOwner, WireReview

router = APIRouter(prefix="/v1/incidents", route_class=KeyedRoute)
IncidentId = Annotated[Identity, Path()]
_UNSAID: Final = WireReview()


class ReviewPatch(BaseModel):
    """What to change of a review; null takes a field back to what it was before anybody said anything."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    verdict: ReviewVerdict | None = None
    owner: ReviewOwner | None = None
    state: ReviewState | None = None
    locked: bool | None = None
    comment: ReviewComment | None = None


class IncidentPatch(BaseModel):
    """``PATCH /v1/incidents/{id}``: a JSON merge patch (RFC 7396). Only what people say can be changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    review: ReviewPatch


class ListQuery(BaseModel):
    """Which incidents: those that every filter lets through; ``state``, ``severity`` and ``review`` may be repeated.

    ``since <= opened < before``; ``cursor`` is the ``next_cursor`` of the page before.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: Annotated[str, Field(max_length=200)] = ""
    state: Annotated[list[IncidentState], Field(max_length=len(IncidentState))] = []
    severity: Annotated[list[Severity], Field(max_length=len(Severity))] = []
    review: Annotated[list[ReviewState], Field(max_length=len(ReviewState))] = []
    camera: Identity = ""
    since: AwareDatetime | None = None
    before: AwareDatetime | None = None

    @cached_property
    def wanted(self) -> Wanted:
        """The same, as the books are asked. Raises RefusedError(REQUEST_INVALID) for a cursor that is none of ours."""
        return Wanted(
            most=self.limit,
            after=read_cursor(self.cursor) if self.cursor else None,
            states=tuple(self.state),
            severities=tuple(self.severity),
            reviews=tuple(self.review),
            camera_id=self.camera,
            since_s=None if self.since is None else self.since.timestamp(),
            before_s=None if self.before is None else self.before.timestamp(),
        )


@router.get("", dependencies=[wants(Scope.INCIDENTS_READ)], response_model=IncidentList)
async def list_incidents(parts: GivenParts, signed_in: GivenSignIn, query: Annotated[ListQuery, Query()]) -> Response:
    """The latest incidents, newest first."""
    page = await parts.incident_lists.page(signed_in.client.id, query.wanted)
    cursor = "null" if page.last is None else f'"{cursor_after(page.last)}"'
    return _json(f'{{"incidents":[{",".join(page.incidents)}],"next_cursor":{cursor}}}')


@router.put("/{incident_id}", dependencies=[wants(Scope.INCIDENTS_WRITE)], response_model=IncidentView)
def put_incident(incident_id: IncidentId, body: IncidentPut, tenant: GivenTenant, parts: GivenParts) -> Response:
    """Keep an incident under the id its desk gave it; a repeat replaces what the desk said, and nothing else."""
    incident = parts.incidents.put(tenant, incident_id, body).incident
    # Also after a mere repeat: whoever kept it may have died before anybody was told.
    parts.alerts.consider(tenant, incident)
    return _tagged(incident)


@router.get("/{incident_id}", dependencies=[wants(Scope.INCIDENTS_READ)], response_model=IncidentView)
def get_incident(incident_id: IncidentId, tenant: GivenTenant, parts: GivenParts) -> Response:
    """One incident, with the last reviews."""
    return _tagged(parts.incidents.one(tenant, incident_id))


@router.patch("/{incident_id}", dependencies=[wants(Scope.INCIDENTS_WRITE)], response_model=IncidentView)
def review_incident(
    incident_id: IncidentId,
    body: IncidentPatch,
    tenant: GivenTenant,
    parts: GivenParts,
    signed_in: GivenSignIn,
    if_match: Annotated[str | None, Header(max_length=1000)] = None,
) -> Response:
    """Review an incident. ``If-Match`` says for which version: 428 without it, 412 where another one is kept."""
    if if_match is None:
        raise RefusedError(Code.REQUEST_PRECONDITION_MISSING)
    tags = {tag.strip() for tag in if_match.split(",")}
    said = {name: getattr(body.review, name) for name in body.review.model_fields_set}
    said = {name: getattr(_UNSAID, name) if value is None else value for name, value in said.items()}

    def matches(version: int) -> bool:
        return not tags.isdisjoint({"*", _tag(version)})

    return _tagged(parts.incidents.review(tenant, incident_id, matches, said, signed_in.key_id))


def _tagged(incident: IncidentView) -> Response:
    """An incident with its version as ``ETag``."""
    return _json(incident.model_dump_json(), {"ETag": _tag(incident.version)})


def _tag(version: int) -> str:
    return f'"{version}"'


def _json(body: str, headers: dict[str, str] | None = None) -> Response:
    return Response(body, headers=headers, media_type="application/json")
