"""What a route is given: the parts of the server, and whose request it is."""

from typing import Annotated

from fastapi import Depends, Request

from server.db.tenant import Tenant
from server.services.clients import SignedIn
from server.services.parts import Parts
from vigint_core.wire import API_KEY_HEADER


def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


GivenParts = Annotated[Parts, Depends(_parts)]


def _signed_in(request: Request, parts: GivenParts) -> SignedIn:
    """Whose request this is. The key is read from its header and from nowhere else."""
    return parts.clients.sign_in(request.headers.get(API_KEY_HEADER, ""))


GivenSignIn = Annotated[SignedIn, Depends(_signed_in)]


def _tenant(signed_in: GivenSignIn, parts: GivenParts) -> Tenant:
    return Tenant(parts.database, signed_in.client.id)


GivenTenant = Annotated[Tenant, Depends(_tenant)]
