"""Which cameras are decoded only in part because the machine can't keep up."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from vigint_core.domain.camera import Camera
from vigint_core.domain.ids import CameraId
from vigint_core.domain.status import CameraEffort


class EffortModel(QObject):
    """Folds ``CameraEffort`` events for the note above the wall.

    Signals:
        changed: another number of cameras is saving, or more whole seconds were not looked at.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._efforts: dict[CameraId, CameraEffort] = {}

    @property
    def saving(self) -> int:
        """How many cameras leave something out now."""
        return sum(effort.saving for effort in self._efforts.values())

    @property
    def unseen_s(self) -> float:
        """Seconds of all cameras together that nothing looked at for that reason, since the program started."""
        return sum(effort.unseen_s for effort in self._efforts.values())

    def set_effort(self, effort: CameraEffort) -> None:
        """A camera began or stopped to save."""
        before = self._said()
        self._efforts[effort.camera_id] = effort
        if self._said() != before:
            self.changed.emit()

    def set_cameras(self, cameras: Sequence[Camera]) -> None:
        """Other cameras: those that have left save nothing any more."""
        kept = {camera.id for camera in cameras}
        self._efforts = {known: effort for known, effort in self._efforts.items() if known in kept}
        self.changed.emit()

    def _said(self) -> tuple[int, int]:
        return self.saving, int(self.unseen_s)
