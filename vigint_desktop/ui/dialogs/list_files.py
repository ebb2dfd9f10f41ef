"""Import and export of the camera list: the two file choosers, and what came of them in words."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from vigint_core.domain.fault import VigintError
from vigint_desktop import camera_list
from vigint_desktop.ui.dialogs.camera_draft import CameraDraft, stored_cameras
from vigint_desktop.ui.dialogs.draft_import import imported
from vigint_desktop.ui.text import Texts

_SUFFIX = "json"


class ListFiles(QObject):
    """Asks for a file, reads or writes it, and tells.

    Signals:
        imported: carries the drafts (a tuple of ``CameraDraft``) that come in.
        said: what was done or what failed; carries the sentences and their style (``quiet`` or ``problem``).
    """

    imported = Signal(object)
    said = Signal(str, str)

    def __init__(self, texts: Texts, window: QWidget) -> None:
        super().__init__(window)
        self._texts = texts
        self._window = window

    def ask_import(self, present: Sequence[CameraDraft]) -> QFileDialog:
        """Let a file be chosen, and take it into the drafts that are ``present``."""
        dialog = self._chooser("cameras.import_title")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda file: self.take_in(Path(file), present))
        dialog.open()
        return dialog

    def ask_export(self, drafts: Sequence[CameraDraft]) -> QFileDialog:
        """Let a place be chosen, and write the drafts there."""
        dialog = self._chooser("cameras.export_title")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(_SUFFIX)
        dialog.selectFile(self._texts("cameras.export_name"))
        dialog.fileSelected.connect(lambda file: self.write_out(drafts, Path(file)))
        dialog.open()
        return dialog

    def take_in(self, file: Path, present: Sequence[CameraDraft]) -> None:
        """Read a list; what comes in is told as drafts, so that Cancel undoes it."""
        try:
            listed = camera_list.read(file)
        except VigintError as error:
            self._say_failure(error)
            return
        come = imported(listed, present)
        self.imported.emit(come.drafts)
        self.said.emit(come.said(self._texts), "quiet")

    def write_out(self, drafts: Sequence[CameraDraft], file: Path) -> None:
        """Write a list without passwords. What could not be stored as it is, is left out."""
        whole = [draft for draft in drafts if not draft.problem]
        cameras, _ = stored_cameras(whole)
        try:
            hidden = camera_list.write(cameras, file)
        except VigintError as error:
            self._say_failure(error)
            return
        said = [self._texts("cameras.exported", count=len(cameras), file=str(file))]
        if hidden:
            said.append(self._texts("cameras.export_hidden", count=hidden))
        if len(whole) < len(drafts):
            said.append(self._texts("cameras.export_unfinished", count=len(drafts) - len(whole)))
        self.said.emit(" ".join(said), "quiet")

    def _chooser(self, title: str) -> QFileDialog:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        dialog = QFileDialog(self._window, self._texts(title), folder)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setNameFilter(f"{self._texts('cameras.list_files')} (*.{_SUFFIX})")
        return dialog

    def _say_failure(self, error: VigintError) -> None:
        self.said.emit(f"{self._texts.cause(error.code)} {self._texts.remedy(error.code)}", "problem")
