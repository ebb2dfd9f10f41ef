"""``GET /metrics``: the figures of this process for Prometheus, to whoever asks on this machine."""

from ipaddress import IPv6Address, ip_address
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from server.routes.given import GivenParts
from server.services.refusals import RefusedError
from vigint_core.domain.fault import Code
from vigint_core.domain.status import Health

_SENT_ON: Final = ("Forwarded", "X-Forwarded-For", "Via")
_WELL: Final = frozenset({Health.OK, Health.NOT_CONFIGURED})
router = APIRouter()


@router.get("/metrics", response_class=PlainTextResponse)
async def read_metrics(request: Request, parts: GivenParts) -> PlainTextResponse:
    """Everything that is counted. Others than this machine learn nothing, unless ``VIGINT_METRICS_PUBLIC`` is set."""
    if not (parts.config.vigint_metrics_public or _asked_here(request)):
        raise RefusedError(Code.REQUEST_NOT_FOUND)
    states = await parts.health.current()
    figures = {state.part: state.finding.figures for state in states}
    text = parts.metrics.exposed(
        [(state.part, state.health in _WELL) for state in states],
        waiting=figures["queue"].get("waiting"),
        oldest_s=figures["queue"].get("oldest_s"),
        free_bytes=figures["disk"].get("free_bytes"),
        stored_bytes=figures["disk"].get("stored_bytes"),
    )
    return PlainTextResponse(text, media_type=CONTENT_TYPE_PLAIN_0_0_4)


def _asked_here(request: Request) -> bool:
    """Whether the request began on this machine; what a proxy here sends on for others did not."""
    if request.client is None or any(name in request.headers for name in _SENT_ON):
        return False
    try:
        address = ip_address(request.client.host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback
