"""Incidents that are confirmed and that nobody in front of the window has taken note of yet."""

from typing import Final, TypeVar

from PySide6.QtCore import QObject, Signal

from vigint_core.domain.ids import IncidentId
from vigint_core.domain.incident import Incident, IncidentState
from vigint_core.domain.verdict import Severity

_MOST: Final = 100
"""Open alerts; beyond, the oldest are only counted."""
_MOST_KNOWN: Final = 50 * _MOST
_Value = TypeVar("_Value")


class Alerts(QObject):
    """Fed with incidents as the desk tells them; what the books held before the start is nobody's alarm any more.

    Signals:
        raised: one more incident, or one that has become graver than what was rung for.
        changed: another newest one, or another number of them.
    """

    raised = Signal()
    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._open: dict[IncidentId, Incident] = {}
        self._rung: dict[IncidentId, Severity] = {}  # the gravest that was rung for
        self._beyond: dict[IncidentId, None] = {}  # open, and only counted
        self._more = 0  # as many as those, and those of before

    @property
    def newest(self) -> Incident | None:
        """The one that rang last, or None."""
        return next(reversed(self._open.values()), None)

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._open) + self._more

    def take(self, incident: Incident, *, attended: bool = False) -> None:
        """An incident is new or has changed; it rings once for each step of severity that it is confirmed at.

        Not where it is ``attended``: then somebody takes care of it, here or at another desk.
        """
        if attended:
            self.note(incident)
            self.attend(incident.id)
        elif incident.state is IncidentState.CONFIRMED and self._rises(incident):
            self._raise(incident)
        elif incident.id in self._open:
            self._open[incident.id] = incident
            self.changed.emit()

    def note(self, incident: Incident) -> None:
        """An incident that was there before anybody could be alarmed: it rings only if it becomes graver."""
        if incident.state is IncidentState.CONFIRMED and self._rises(incident):
            _put_last(self._rung, incident.id, incident.severity, _MOST_KNOWN)

    def attend(self, incident_id: IncidentId) -> None:
        """Somebody takes care of one, or it is gone: it is no alert any more."""
        if incident_id in self._beyond:
            del self._beyond[incident_id]
            self._more -= 1
        elif self._open.pop(incident_id, None) is None:
            return
        self.changed.emit()

    def settle(self) -> None:
        """Somebody has taken note of all of them."""
        self._open.clear()
        self._beyond.clear()
        self._more = 0
        self.changed.emit()

    def _rises(self, incident: Incident) -> bool:
        rung = self._rung.get(incident.id)
        return rung is None or incident.severity.rank > rung.rank

    def _raise(self, incident: Incident) -> None:
        """It is the newest now, also where it was open already."""
        _put_last(self._rung, incident.id, incident.severity, _MOST_KNOWN)
        if incident.id in self._beyond:
            del self._beyond[incident.id]
            self._more -= 1
        oldest = _put_last(self._open, incident.id, incident, _MOST)
        if oldest is not None:
            _put_last(self._beyond, oldest, None, _MOST_KNOWN)
            self._more += 1
        self.changed.emit()
        self.raised.emit()


def _put_last(kept: dict[IncidentId, _Value], incident_id: IncidentId, value: _Value, most: int) -> IncidentId | None:
    """Put a value at the end; returns the first key where that went for it, because there would be too many."""
    kept.pop(incident_id, None)
    kept[incident_id] = value
    if len(kept) <= most:
        return None
    oldest = next(iter(kept))
    del kept[oldest]
    return oldest
