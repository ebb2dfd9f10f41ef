"""What everybody may know: whether the server can take work. It says no more than ``/v1/health`` has proven."""

from datetime import UTC, datetime
from typing import Final

from server.services.health import HealthCheck, PartState
from vigint_core import __version__, texts
from vigint_core.domain.status import Health
from vigint_core.wire import PartView, Readiness

_MOST_DETAIL: Final = 2000
_NEEDED: Final = ("database", "storage")
_TOLD: Final = (*_NEEDED, "ai", "mail")


class ReadinessCheck:
    """Answers ``/readyz``, on the event loop."""

    def __init__(self, health: HealthCheck) -> None:
        self._health = health

    async def view(self) -> Readiness:
        """Every part that a desk needs; ready while the server can take work.

        Without AI it can: it says of each window why it was not analysed. Without mail, alerts wait.
        """
        states = {state.part: state for state in await self._health.current(*_TOLD, "disk")}
        ready = all(states[part].health is not Health.DOWN for part in _NEEDED)
        parts = [_view(states[part], states["disk"]) for part in _TOLD]
        return Readiness(service="vigint", version=__version__, ready=ready, parts=parts)


def _view(state: PartState, disk: PartState) -> PartView:
    """A part in the words of this answer, where a full disk is told with the storage."""
    found = state.finding
    full = state.part == "storage" and found.code is None and disk.health is Health.DEGRADED
    shown = disk.finding if full else found
    return PartView(
        part=state.part,
        health=shown.health,
        code=shown.code,
        cause=texts.cause("en", shown.code) if shown.code else "",
        remedy=texts.remedy("en", shown.code) if shown.code else "",
        label="" if state.part == "mail" else found.label,
        # Of the AI alone: what a database, a disk or a mail server says in detail is not for everybody.
        detail=found.detail[:_MOST_DETAIL] if state.part == "ai" else "",
        proven_at=_time(found.asked_s),
        until=_time(found.until_s),
    )


def _time(at_s: float | None) -> datetime | None:
    return None if at_s is None else datetime.fromtimestamp(at_s, UTC)
