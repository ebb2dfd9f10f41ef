"""``GET /v1/me``: who the key belongs to."""

from fastapi import APIRouter

from server.routes.given import GivenSignIn
from vigint_core import __version__
from vigint_core.wire import Me

router = APIRouter()


@router.get("/v1/me")
def read_me(signed_in: GivenSignIn) -> Me:
    """The client of the key in ``X-API-Key``."""
    return Me(
        client_id=signed_in.client.id,
        client_name=signed_in.client.name,
        key_id=signed_in.key_id,
        server_version=__version__,
    )
