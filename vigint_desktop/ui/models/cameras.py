"""The cameras on the wall as a Qt list model: one row a tile."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from vigint_core.domain.camera import Camera
from vigint_core.domain.ids import CameraId
from vigint_core.domain.status import CameraStatus
from vigint_desktop.ui.rows.tile import TileRow, tile_row
from vigint_desktop.ui.rows.words import Words

ROW_ROLE = int(Qt.ItemDataRole.UserRole)
_ROOT = QModelIndex()


class CameraModel(QAbstractListModel):
    """Rows in the owner's order. ``ROW_ROLE`` gives the ``TileRow``."""

    def __init__(self, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._cameras: list[Camera] = []
        self._places: dict[CameraId, int] = {}
        self._status: dict[CameraId, CameraStatus] = {}

    def set_cameras(self, cameras: Sequence[Camera]) -> None:
        """Another set of cameras; what is known of those that stay is kept."""
        self.beginResetModel()
        self._cameras = list(cameras)
        self._places = {camera.id: place for place, camera in enumerate(cameras)}
        self._status = {known: status for known, status in self._status.items() if known in self._places}
        self.endResetModel()

    def upsert(self, status: CameraStatus) -> None:
        """Take a camera's new state in; one that is not on the wall is ignored."""
        place = self._place(status.camera_id)
        if place is None:
            return
        self._status[status.camera_id] = status
        index = self.index(place)
        self.dataChanged.emit(index, index)

    def cameras(self) -> Sequence[Camera]:
        """The cameras in the owner's order."""
        return self._cameras

    def row_of(self, camera_id: CameraId) -> TileRow | None:
        """The row of a camera, or None when it is not on the wall."""
        place = self._place(camera_id)
        return None if place is None else self._row(place)

    def rows(self) -> list[TileRow]:
        """All rows in order."""
        return [self._row(place) for place in range(len(self._cameras))]

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> int:
        """Number of cameras."""
        return 0 if parent.isValid() else len(self._cameras)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Name for display, ``TileRow`` under ``ROW_ROLE``."""
        if not index.isValid() or index.row() >= len(self._cameras):
            return None
        row = self._row(index.row())
        if role == ROW_ROLE:
            return row
        return f"{row.name}, {row.state_word}" if role == Qt.ItemDataRole.DisplayRole else None

    def _place(self, camera_id: CameraId) -> int | None:
        return self._places.get(camera_id)

    def _row(self, place: int) -> TileRow:
        camera = self._cameras[place]
        return tile_row(camera, self._status.get(camera.id), self._words, place + 1)
