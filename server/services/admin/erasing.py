"""What is kept for how long, and what is erased for good at the owner's word."""

from server.db.tenant import Tenant
from server.services.admin.bodies import (
    CameraNamed,
    ClientKept,
    ClientNamed,
    IncidentErased,
    KeptView,
    RemovedView,
)
from server.services.clients import StateError, UnknownError
from server.services.erasure import Removed
from server.services.parts import Parts
from vigint_core.domain.verdict import Severity


class Eraser:
    """Erases, and says what the daily job is to erase."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def keep(self, asked: ClientKept) -> KeptView:
        """How long a client's incidents are kept, changed where that is asked for. Raises UnknownError, StateError."""
        tenant = self._tenant(asked.name)
        retention = self._parts.retention
        if asked.own is None:
            rule = retention.rule_of(tenant)
        else:
            try:
                rule = retention.set_rule(tenant, asked.own)
            except ValueError as error:
                raise StateError(f"{error}.") from None
        days = {str(severity): rule.of_severity.get(severity, rule.days) for severity in Severity}
        return KeptView(days=days, vetoed=rule.vetoed)

    def client(self, asked: ClientNamed) -> RemovedView:
        """Erase a client with all it has. Raises UnknownError."""
        return _view(self._parts.erasure.client(self._parts.clients.named(asked.name).id))

    def camera(self, asked: CameraNamed) -> RemovedView:
        """Erase a camera with all that came of it; one that is gone is erased already. Raises UnknownError."""
        return _view(self._parts.erasure.camera(self._tenant(asked.client), asked.camera_id))

    def incident(self, asked: IncidentErased) -> RemovedView:
        """Erase an incident. Raises UnknownError, and StateError for a locked one unless that was said."""
        tenant = self._tenant(asked.client)
        found = tenant.incidents.one(asked.incident_id)
        if found is None:
            raise UnknownError(f"{asked.client} has no incident {asked.incident_id}.")
        removed = self._parts.erasure.incidents(tenant, [asked.incident_id], locked=asked.locked)
        if not removed.incidents:
            raise StateError(f"Incident {asked.incident_id} is locked.")
        return _view(removed)

    def _tenant(self, name: str) -> Tenant:
        return Tenant(self._parts.database, self._parts.clients.named(name).id)


def _view(removed: Removed) -> RemovedView:
    return RemovedView(**removed.counts())
