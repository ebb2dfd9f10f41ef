"""``GET /v1/me``: who the key belongs to, and what it allows."""

from datetime import UTC, datetime

from fastapi import APIRouter, Response

from server.routes.given import GivenSignIn, KeyedRoute, wants
from vigint_core import __version__
from vigint_core.wire import Me

router = APIRouter(route_class=KeyedRoute)


@router.get("/v1/me", dependencies=[wants()], response_model=Me)
async def read_me(signed_in: GivenSignIn) -> Response:
    """The client of the key in ``X-API-Key``, whatever its scopes."""
    expires_s = signed_in.expires_s
    me = Me(
        client_id=signed_in.client.id,
        client_name=signed_in.client.name,
        key_id=signed_in.key_id,
        server_version=__version__,
        scopes=sorted(signed_in.scopes),
        expires=None if expires_s is None else datetime.fromtimestamp(expires_s, UTC),
    )
    return Response(me.model_dump_json(), media_type="application/json")
