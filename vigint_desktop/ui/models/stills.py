"""Reads the stills of the listed incidents one after the other: sixty at once would hold the first picture up."""

from collections import deque
from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QObject, QTimer

from vigint_core.domain.ids import IncidentId
from vigint_core.domain.status import IncidentStill
from vigint_desktop.ui.controls import Controls
from vigint_desktop.ui.models.incidents import IncidentModel

MOST_STILLS: Final = 60  # older rows say that they have none until they are played
_PAUSE_MS: Final = 20


class Stills(QObject):
    """Feeds an ``IncidentModel``; rests when all are read."""

    def __init__(self, controls: Controls, incidents: IncidentModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._controls = controls
        self._incidents = incidents
        self._wanted: deque[IncidentId] = deque(maxlen=MOST_STILLS)
        self._timer = QTimer(self, interval=_PAUSE_MS)
        self._timer.timeout.connect(self._read_next)

    def read(self, incident_ids: Iterable[IncidentId]) -> None:
        """Read these, the first ones first."""
        self._wanted.extend(incident_id for incident_id, _ in zip(incident_ids, range(MOST_STILLS), strict=False))
        if self._wanted:
            self._timer.start()

    def stop(self) -> None:
        """Read no more."""
        self._timer.stop()

    def _read_next(self) -> None:
        if not self._wanted:
            self._timer.stop()
            return
        incident_id = self._wanted.popleft()
        jpeg = self._controls.still(incident_id)
        if jpeg is not None:
            self._incidents.set_still(IncidentStill(incident_id, jpeg))
