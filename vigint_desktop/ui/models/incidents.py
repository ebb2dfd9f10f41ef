"""The incidents as a Qt list model, newest on top."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QAbstractListModel, QBuffer, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QImage, QImageReader

from vigint_core.domain.ids import IncidentId
from vigint_core.domain.incident import Incident
from vigint_core.domain.status import IncidentStill
from vigint_core.ports import Clock
from vigint_desktop.ui.models.reviews import ReviewBook
from vigint_desktop.ui.rows.incident import IncidentRow, incident_row, is_open, spoken
from vigint_desktop.ui.rows.words import Words

ROW_ROLE = int(Qt.ItemDataRole.UserRole)
STILL_ROLE = ROW_ROLE + 1
MOST: Final = 500  # rows kept; older ones stay in the books, and those of the last day on the timeline
_STILL_WIDTH: Final = 320  # px; what a row needs on a dense screen: 500 stills take at most 110 MB
_ROOT = QModelIndex()


class IncidentModel(QAbstractListModel):
    """Rows, the one opened last on top. ``ROW_ROLE`` gives the ``IncidentRow``, ``STILL_ROLE`` a QImage or None.

    Attributes:
        reviews: what people say of incidents; after a change ``refresh`` shows it.
    """

    def __init__(
        self, words: Words, clock: Clock, parent: QObject | None = None, reviews: ReviewBook | None = None
    ) -> None:
        """``reviews``: None for a book of its own."""
        super().__init__(parent)
        self.reviews = reviews or ReviewBook()
        self._words = words
        self._clock = clock
        self._incidents: list[Incident] = []
        self._known: set[IncidentId] = set()  # of those: thousands of others may be told of at once
        self._stills: dict[IncidentId, QImage] = {}

    def set_incidents(self, incidents: Sequence[Incident]) -> None:
        """Start with what the books hold."""
        self.beginResetModel()
        self._incidents = sorted(incidents, key=_newest_first)[:MOST]
        self._known = {incident.id for incident in self._incidents}
        self._stills = {known: image for known, image in self._stills.items() if known in self._known}
        self.endResetModel()

    def upsert(self, incident: Incident) -> None:
        """A new incident, or one that changed. Its place follows from when it was opened, which never changes."""
        place = self.place_of(incident.id)
        if place is not None:
            self._incidents[place] = incident
            index = self.index(place)
            self.dataChanged.emit(index, index)
            return
        place = bisect_left(self._incidents, _newest_first(incident), key=_newest_first)
        if place >= MOST:
            return
        self.beginInsertRows(_ROOT, place, place)
        self._incidents.insert(place, incident)
        self._known.add(incident.id)
        self.endInsertRows()
        self._drop_oldest()

    def remove(self, incident_id: IncidentId) -> None:
        """An incident is no more; one that is not listed changes nothing."""
        place = self.place_of(incident_id)
        if place is not None:
            self.beginRemoveRows(_ROOT, place, place)
            del self._incidents[place]
            self._forget(incident_id)
            self.endRemoveRows()

    def refresh(self, incident_id: IncidentId) -> None:
        """Something else is said of an incident."""
        place = self.place_of(incident_id)
        if place is not None:
            self.dataChanged.emit(self.index(place), self.index(place))

    def refresh_all(self) -> None:
        """Something else is to be shown of what people say."""
        if self._incidents:
            self.dataChanged.emit(self.index(0), self.index(len(self._incidents) - 1))

    def open_count(self) -> int:
        """How many of the listed ones somebody still has to look at."""
        return sum(is_open(incident, self.reviews.review(incident.id)) for incident in self._incidents)

    def set_still(self, still: IncidentStill) -> None:
        """An incident's picture; one that can't be read, or of an unknown incident, is left out."""
        place = self.place_of(still.incident_id)
        image = _small(still.jpeg)
        if place is None or image.isNull():
            return
        self._stills[still.incident_id] = image
        index = self.index(place)
        self.dataChanged.emit(index, index, [STILL_ROLE])

    def place_of(self, incident_id: IncidentId) -> int | None:
        """Row number of an incident."""
        if incident_id not in self._known:
            return None
        return next((place for place, known in enumerate(self._incidents) if known.id == incident_id), None)

    def incident(self, incident_id: IncidentId) -> Incident | None:
        """A listed incident, or None."""
        place = self.place_of(incident_id)
        return None if place is None else self._incidents[place]

    def row_of(self, incident: Incident) -> IncidentRow:
        """An incident in words, also one that is too old for the list."""
        told = self.reviews.told.get(incident.id)
        return incident_row(incident, self._clock.wall(), self._words, told=told)

    def incidents(self) -> Sequence[Incident]:
        """All that are kept, newest first."""
        return tuple(self._incidents)

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> int:
        """Number of incidents."""
        return 0 if parent.isValid() else len(self._incidents)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The sentence for display and screen readers, the row and the still under their roles."""
        if not index.isValid() or index.row() >= len(self._incidents):
            return None
        if role == STILL_ROLE:
            return self._stills.get(self._incidents[index.row()].id)
        if role == ROW_ROLE:
            return self.row_of(self._incidents[index.row()])
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return spoken(self.row_of(self._incidents[index.row()]))
        return None

    def _drop_oldest(self) -> None:
        if len(self._incidents) <= MOST:
            return
        self.beginRemoveRows(_ROOT, MOST, len(self._incidents) - 1)
        for dropped in self._incidents[MOST:]:
            self._forget(dropped.id)
        del self._incidents[MOST:]
        self.endRemoveRows()

    def _forget(self, incident_id: IncidentId) -> None:
        self._known.discard(incident_id)
        self._stills.pop(incident_id, None)


def _newest_first(incident: Incident) -> tuple[float, str]:
    return (-incident.opened_s, incident.id)


def _small(jpeg: bytes) -> QImage:
    """A picture of at most ``_STILL_WIDTH``; the decoder leaves out what would be scaled away, and is done sooner."""
    buffer = QBuffer()
    buffer.setData(jpeg)
    reader = QImageReader(buffer)
    size = reader.size()
    if size.width() > _STILL_WIDTH:
        reader.setScaledSize(size.scaled(_STILL_WIDTH, size.height(), Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()
