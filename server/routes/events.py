"""``GET /v1/events``: what changes for a client, as it changes (server-sent events)."""

from typing import Annotated, Final

from fastapi import APIRouter, Header, Query
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Send
from starlette.types import Scope as Asgi

from server.routes.given import GivenParts, GivenSignIn, KeyedRoute, wants
from server.services.event_hub import Desk, EventHub
from vigint_core.domain.scope import Scope

router = APIRouter(route_class=KeyedRoute)
_HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class EventStream(StreamingResponse):
    """Events until the desk goes away, is too slow, loses its key, or the server stops."""

    media_type = "text/event-stream"

    def __init__(self, hub: EventHub, desk: Desk) -> None:
        super().__init__(desk.stream(), headers=_HEADERS)
        self._hub = hub
        self._desk = desk

    async def __call__(self, scope: Asgi, receive: Receive, send: Send) -> None:
        """Serve it."""
        with self._hub.following(self._desk):
            await super().__call__(scope, receive, send)


@router.get("/v1/events", dependencies=[wants(Scope.INCIDENTS_READ)], response_class=EventStream, status_code=200)
async def follow_events(
    parts: GivenParts,
    signed_in: GivenSignIn,
    after: Annotated[int | None, Query(ge=0, lt=1 << 63)] = None,
    last_event_id: Annotated[int | None, Header(ge=0, lt=1 << 63)] = None,
) -> EventStream:
    """What changes from now on; with ``Last-Event-ID`` or ``after`` also what came after that number."""
    seen = after if last_event_id is None else last_event_id
    return EventStream(parts.event_hub, await parts.event_hub.open(signed_in.client.id, signed_in.key_id, seen))
