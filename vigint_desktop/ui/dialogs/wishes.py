"""What people take away from a camera: snapshots, the last seconds as a clip, what was recorded."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QWidget

from vigint_core.domain.fault import Code, Fault
from vigint_core.domain.ids import CameraId
from vigint_core.domain.status import CheckResult, Snapshot
from vigint_core.domain.window import Span
from vigint_desktop.bridge import Bridge
from vigint_desktop.ui.controls import Controls
from vigint_desktop.ui.dialogs.around import Around
from vigint_desktop.ui.dialogs.clip_saving import ClipSaving
from vigint_desktop.ui.dialogs.player import PlayerDialog
from vigint_desktop.ui.dialogs.scene import SceneDialog
from vigint_desktop.ui.dialogs.snapshot import SnapshotDialog
from vigint_desktop.ui.rows.clocks import when
from vigint_desktop.ui.rows.status import said
from vigint_desktop.ui.rows.tile import TileWish
from vigint_desktop.ui.widgets.note import Note, Step
from vigint_desktop.ui.widgets.projection import Projection

_CLIP_S = {TileWish.CLIP_30: 30.0, TileWish.CLIP_60: 60.0}


class Wishes(QObject):
    """Grants the wishes of tiles and of the timeline, and says in a note what came of them.

    Attributes:
        note: what it says, over the lower middle of ``over``.
        saving: the clip that is being saved, or None.
    """

    def __init__(
        self,
        controls: Controls,
        bridge: Bridge,
        around: Around,
        player: PlayerDialog,
        projection: Projection,
        over: QWidget,
    ) -> None:
        super().__init__(over)
        self._around = around
        self._projection = projection
        self._scenes: dict[CameraId, SceneDialog] = {}
        self.note = Note(around.texts, over)
        self.saving: ClipSaving | None = None
        self._controls = controls
        self._texts, self._theme, self._clock = around.texts, around.theme, around.clock
        self._player = player
        self._window = over.window()
        self._copying: set[CameraId] = set()
        bridge.snapshot_taken.connect(self._snapshot_taken)
        bridge.check_finished.connect(self._check_finished)
        bridge.fault_raised.connect(self._fault_raised)

    def grant(self, camera_id: str, wish: TileWish) -> None:
        """Do what was wished for a camera."""
        camera = CameraId(camera_id)
        match wish:
            case TileWish.SNAPSHOT:
                self._controls.snapshot(camera)
            case TileWish.COPY:
                self._copying.add(camera)
                self._controls.snapshot(camera)
            case TileWish.CLIP_30 | TileWish.CLIP_60:
                self._save_clip(camera, _CLIP_S[wish])
            case TileWish.CONFIRM_VIEW:
                self._controls.confirm_view(camera)
                self._say(self._texts("note.view_confirmed", camera=self._name(camera)))
            case TileWish.ZONES:
                self.open_scene(camera)

    def open_scene(self, camera_id: CameraId, over: QWidget | None = None) -> SceneDialog | None:
        """Open the zones and the gate of a camera, or bring them to the front; None for one that is not there.

        ``over``: a dialog that waits until they are done; without one they stand beside the program's window.
        """
        camera = next((camera for camera in self._controls.cameras() if camera.id == camera_id), None)
        if camera is None:
            return None
        dialog = self._scenes.get(camera_id)
        if dialog is None:
            dialog = SceneDialog(camera, self._controls, self._around, over or self._window)
            dialog.finished.connect(lambda _code: self._scene_closed(camera_id))
            self._scenes[camera_id] = dialog
            self._projection.lend(camera_id, dialog.canvas)
        elif over is not None:
            dialog.setParent(over, dialog.windowFlags())  # else it could not be reached from behind a dialog that waits
        if over is not None:
            dialog.setWindowModality(Qt.WindowModality.WindowModal)
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()
        return dialog

    def _scene_closed(self, camera_id: CameraId) -> None:
        self._scenes.pop(camera_id, None)
        self._projection.lend(camera_id, None)

    def ask_for_camera(self) -> None:
        """Something was wished for while no camera was chosen."""
        self._say(self._texts("note.choose_camera"))

    def play(self, camera_id: str, at_s: float) -> None:
        """Play what is kept of a camera from a moment on."""
        camera = CameraId(camera_id)
        title = f"{self._name(camera)} · {when(at_s, self._clock.wall(), self._texts)}"
        self._player.show_recording(title, self._controls.open_recording(camera, at_s))

    def show_snapshot(self, snapshot: Snapshot) -> SnapshotDialog | None:
        """Look at a snapshot; None when its file is gone, which is said."""
        png = self._controls.snapshot_image(snapshot)
        if png is None:
            self._say(self._texts("snapshot.gone", file=snapshot.file))
            return None
        name = self._name(snapshot.camera_id)
        dialog = SnapshotDialog(name, snapshot, png, self._texts, self._theme, self._window)
        dialog.show()
        return dialog

    def _snapshot_taken(self, snapshot: Snapshot) -> None:
        """A snapshot that was wished only to be copied is kept, too: what left the desk is on the timeline."""
        copied = snapshot.camera_id in self._copying and self._copy(snapshot)
        self._copying.discard(snapshot.camera_id)
        key = "snapshot.taken_and_copied" if copied else "snapshot.taken"
        size = f"{snapshot.width} × {snapshot.height}"
        told = self._texts(key, camera=self._name(snapshot.camera_id), file=snapshot.file, size=size)
        steps: list[Step] = [
            (self._texts("snapshot.show"), lambda: self.show_snapshot(snapshot)),
            (self._texts("snapshot.folder"), partial(_open_folder, str(self._controls.snapshot_folder()))),
        ]
        if not copied:
            steps.insert(1, (self._texts("snapshot.copy"), lambda: self._copy_and_tell(snapshot)))
        self._say(told, steps)

    def _copy(self, snapshot: Snapshot) -> bool:
        png = self._controls.snapshot_image(snapshot)
        if png is None:
            return False
        QGuiApplication.clipboard().setImage(QImage.fromData(png))
        return True

    def _copy_and_tell(self, snapshot: Snapshot) -> None:
        copied = self._copy(snapshot)
        self._say(self._texts("snapshot.copied") if copied else self._texts("snapshot.gone", file=snapshot.file))

    def _save_clip(self, camera: CameraId, seconds: float) -> None:
        """One at a time: a second wish brings the first one's question to the front."""
        if self.saving is not None:
            self.saving.chooser.raise_()
            return
        now_s = self._clock.wall()
        parent = QApplication.activeWindow() or self._window
        span = Span(now_s - seconds, now_s)
        self.saving = ClipSaving(self._controls, self._texts, camera, self._name(camera), span, parent)
        self.saving.began.connect(self._say)
        self.saving.finished.connect(self._clip_saved)

    def _clip_saved(self, told: str, folder: str) -> None:
        if self.saving is not None:
            self.saving.deleteLater()
            self.saving = None
        if told:
            self._say(told, [(self._texts("snapshot.folder"), partial(_open_folder, folder))] if folder else [])

    def _check_finished(self, result: CheckResult) -> None:
        if self.saving is not None:
            self.saving.take(result)

    def _fault_raised(self, fault: Fault) -> None:
        if fault.code is Code.PIPELINE_SNAPSHOT_FAILED:
            self._copying.discard(CameraId(fault.source))
            self._say(f"{said(fault, self._texts)} {self._texts.remedy(fault.code)}")

    def _name(self, camera_id: CameraId) -> str:
        return next((camera.name for camera in self._controls.cameras() if camera.id == camera_id), camera_id)

    def _say(self, text: str, steps: Sequence[Step] = ()) -> None:
        self.note.say(text, steps)


def _open_folder(folder: str) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(folder))
