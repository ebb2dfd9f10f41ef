"""Incidents on our server, as this desk reads and reviews them."""

import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from pydantic import BaseModel, ValidationError

from vigint_core.domain.ids import CameraId, IncidentId
from vigint_core.domain.incident import Act, Clip, Incident
from vigint_core.domain.review import Review, ReviewChange
from vigint_core.domain.verdict import Observation
from vigint_core.domain.window import Span
from vigint_core.policy.alert_clip import LENGTH_S
from vigint_core.policy.reviewing import said
from vigint_core.wire import IncidentList, IncidentView, WireReview
from vigint_desktop.pipeline.server_link import Endpoint, LongAnswerError, Reply, ServerLink, parsed, problem_of

PAGE: Final = 50
"""Incidents that are asked for at once: with 20 KiB each they fit into ``server_link.MOST_ANSWER``; most have two."""
_PATH: Final = "/v1/incidents"
_PATCH_TYPE: Final = "application/merge-patch+json"
_log = logging.getLogger(__name__)


class _Page(BaseModel):
    """``IncidentList`` before its incidents are read."""

    incidents: list[dict[str, Any]]
    next_cursor: str | None = None


class ServerIncidents:
    """One server's incidents. Every method raises ServerError."""

    def __init__(self, link: ServerLink, endpoint: Endpoint) -> None:
        self._link = link
        self._endpoint = endpoint

    def one(self, incident_id: IncidentId) -> IncidentView:
        """An incident as it is now; status 404 where there is none."""
        return parsed(IncidentView, self._ask("GET", f"{_PATH}/{incident_id}"))

    def page(self, since_s: float, cursor: str = "", limit: int = PAGE) -> IncidentList:
        """Incidents opened since a Unix time, newest first; ``cursor`` is the ``next_cursor`` of the page before.

        Where so many make too long an answer it asks again, for fewer. What a newer server tells of a kind that this
        program does not know is left out.
        """
        query = {"since": datetime.fromtimestamp(since_s, UTC).isoformat(), "limit": str(limit)}
        if cursor:
            query["cursor"] = cursor
        try:
            page = parsed(_Page, self._ask("GET", f"{_PATH}?{urlencode(query)}"))
        except LongAnswerError:
            if limit == 1:
                raise
            return self.page(since_s, cursor, max(1, limit // 5))
        return IncidentList(incidents=list(_readable(page.incidents)), next_cursor=page.next_cursor)

    def review(self, incident_id: IncidentId, version: int, change: ReviewChange) -> IncidentView:
        """Lay a change over what is said of that version; status 412 where the server has another one."""
        headers = {"Content-Type": _PATCH_TYPE, "If-Match": f'"{version}"'}
        body = json.dumps({"review": dict(said(change))}).encode()
        return parsed(IncidentView, self._ask("PATCH", f"{_PATH}/{incident_id}", headers, body))

    def _ask(self, method: str, path: str, headers: Mapping[str, str] | None = None, data: bytes = b"") -> Reply:
        answer = self._link.exchange(self._endpoint, method, path, headers, data)
        if answer.status != HTTPStatus.OK:
            raise problem_of(answer)
        return answer


def _readable(told: Iterable[Mapping[str, Any]]) -> Iterator[IncidentView]:
    for each in told:
        try:
            yield IncidentView.model_validate(each)
        except ValidationError as error:
            _log.info("incident %.64s can't be read: %d fields differ", each.get("id", ""), error.error_count())


def incident_of(view: IncidentView) -> Incident:
    """An incident that another desk has opened; times become Unix time."""
    span = Span(view.start.timestamp(), view.end.timestamp())
    return Incident(
        id=IncidentId(view.id),
        camera_id=CameraId(view.camera_id),
        camera_name=view.camera_name,
        type=view.type,
        severity=view.severity,
        state=view.state,
        source=view.source,
        confidence=view.confidence,
        summary=view.summary,
        observations=tuple(Observation(span.start_s + each.at_s, each.text) for each in view.observations),
        span=span,
        act_s=view.act.timestamp(),
        opened_s=view.opened.timestamp(),
        suspicions=(),
        clips=_clips(view, span),
        alert_s=None if view.alert_start is None else view.alert_start.timestamp(),
        foreign=True,
        told_acts=tuple(
            Act(act.type, act.severity, act.confidence, act.summary, act.at.timestamp()) for act in view.other_acts
        ),
    )


def review_of(told: WireReview) -> Review:
    """What people say of an incident."""
    at_s = None if told.at is None else told.at.timestamp()
    return Review(told.verdict, told.owner, told.state, told.locked, told.comment, at_s)


def _clips(view: IncidentView, span: Span) -> tuple[Clip, ...]:
    """The alert clip, which lies at the server under no name; nobody says how long it is, but it is never longer."""
    if view.alert_start is None:
        return ()
    start_s = view.alert_start.timestamp()
    return (Clip("", Span(start_s, max(span.end_s, start_s + LENGTH_S))),)
