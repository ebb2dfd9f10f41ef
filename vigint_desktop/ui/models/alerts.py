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
        raised: one more incident, or one that has become graver than it was when it was told.
        changed: another newest one, or another number of them.
    """

    raised = Signal()
    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._open: dict[IncidentId, Incident] = {}
        self._rung: dict[IncidentId, int] = {}
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
        """An incident is new or has changed; it alarms once it is confirmed, and again only as it becomes graver."""
        rank = incident.severity.rank
        if incident.state is IncidentState.CONFIRMED and rank > self._rung.get(incident.id, -1):
            self._remember(incident.id, rank)
            self._open.pop(incident.id, None)  # it is the newest one now
            self._open[incident.id] = incident
            if len(self._open) > _MOST:
                del self._open[next(iter(self._open))]
                self._more += 1
            self.changed.emit()
            self.raised.emit()
        elif incident.id in self._open:
            self._open[incident.id] = incident
            self.changed.emit()

    def settle(self) -> None:
        """Somebody has taken note of all of them."""
        self._open.clear()
        self._more = 0
        self.changed.emit()

    def _remember(self, incident_id: IncidentId, rank: int) -> None:
        self._rung[incident_id] = rank
        if len(self._rung) > 10 * _MOST:
            del self._rung[next(iter(self._rung))]
