"""``GET /v1/budget``: how the client's money stands."""

from fastapi import APIRouter

from server.routes.given import GivenParts, GivenTenant, KeyedRoute, wants
from vigint_core.domain.scope import Scope
from vigint_core.wire import WireBudget, WireCaps

router = APIRouter(route_class=KeyedRoute)


@router.get("/v1/budget", dependencies=[wants(Scope.USAGE_READ)])
def read_budget(tenant: GivenTenant, parts: GivenParts) -> WireBudget:
    """Limits, what was spent, what the month will have cost, and what is left out to save money."""
    view = parts.purse.view(tenant.client_id)
    caps = view.caps
    return WireBudget(
        caps=WireCaps(
            day=caps.day,
            month=caps.month,
            camera_day=caps.camera_day,
            camera_month=caps.camera_month,
            reserve_share=caps.reserve_share,
        ),
        spent_day=view.spent_day,
        spent_month=view.spent_month,
        forecast_month=view.forecast_month,
        economy=view.economy,
        cameras={str(camera_id): int(step) for camera_id, step in view.cameras.items()},
    )
