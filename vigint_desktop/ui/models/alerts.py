"""Incidents that are confirmed and that nobody in front of the window has taken note of yet."""

from typing import Final

from PySide6.QtCore import QObject, Signal

from vigint_core.domain.ids import IncidentId
from vigint_core.domain.incident import Incident, IncidentState

_MOST: Final = 100
"""Open alerts; beyond, the oldest are only counted."""


class Alerts(QObject):
    """Fed with incidents as the desk tells them; what the books held before the start is nobody's alarm any more.

    Signals:
        raised: one more incident.
        changed: another newest one, or another number of them.
    """

    raised = Signal()
    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._open: dict[IncidentId, Incident] = {}
        self._known: dict[IncidentId, None] = {}
        self._more = 0

    @property
    def newest(self) -> Incident | None:
        """The one to be told, or None."""
        return next(reversed(self._open.values()), None)

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._open) + self._more

    def take(self, incident: Incident) -> None:
        """An incident is new or has changed; it alarms once, when it is confirmed."""
        if incident.id in self._open:
            self._open[incident.id] = incident
            self.changed.emit()
        elif incident.state is IncidentState.CONFIRMED and incident.id not in self._known:
            self._remember(incident.id)
            self._open[incident.id] = incident
            if len(self._open) > _MOST:
                del self._open[next(iter(self._open))]
                self._more += 1
            self.changed.emit()
            self.raised.emit()

    def settle(self) -> None:
        """Somebody has taken note of all of them."""
        self._open.clear()
        self._more = 0
        self.changed.emit()

    def _remember(self, incident_id: IncidentId) -> None:
        self._known[incident_id] = None
        if len(self._known) > 10 * _MOST:
            del self._known[next(iter(self._known))]
