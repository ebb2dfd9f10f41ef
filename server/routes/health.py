"""``/healthz`` and ``/readyz``: does the process answer, and can it work? Open to everybody; neither holds a secret."""

from http import HTTPStatus

from fastapi import APIRouter, Response

from server.routes.given import GivenParts
from vigint_core import __version__
from vigint_core.wire import Liveness, Readiness

router = APIRouter()


@router.get("/healthz")
async def read_liveness() -> Liveness:
    """The process answers. On the event loop, so that it does even while every worker thread waits."""
    return Liveness(service="vigint", version=__version__)


@router.get("/readyz")
def read_readiness(parts: GivenParts, response: Response) -> Readiness:
    """Every part with its proof; 503 while the server can't take work."""
    view = parts.readiness.view()
    if not view.ready:
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    return view
