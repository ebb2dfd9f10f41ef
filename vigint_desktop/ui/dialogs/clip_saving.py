"""Saves the last seconds of a camera: cut at once, because the ring rolls on; then asked where to."""

import shutil
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from PySide6.QtCore import QObject, QStandardPaths, Qt, QTemporaryDir, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from vigint_core.domain.ids import CameraId
from vigint_core.domain.status import CheckResult
from vigint_core.domain.window import Span
from vigint_desktop.ui.controls import Controls
from vigint_desktop.ui.rows.file_names import file_name
from vigint_desktop.ui.text import Texts


class ClipSaving(QObject):
    """One clip, from the wish to the file.

    Attributes:
        chooser: asks where to; open from the beginning.

    Signals:
        began: carries what is being done that takes long, in words.
        finished: carries what became of it in words, and the folder it lies in, or "".
    """

    began = Signal(str)
    finished = Signal(str, str)

    def __init__(
        self, controls: Controls, texts: Texts, camera_id: CameraId, camera: str, span: Span, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._controls = controls
        self._texts = texts
        self._check_id, self._conversion_id = uuid4().hex, uuid4().hex
        self._folder = QTemporaryDir()  # gone with this object
        self._cut = Path(self._folder.path()) / "cut.mp4"
        self._answer: CheckResult | None = None
        self._target = ""
        self._for_web = False
        self._over = False
        self.chooser = self._made_chooser(file_name(camera, span.start_s, "mp4"), parent)
        controls.save_clip(self._check_id, camera_id, span, self._cut)
        self.chooser.open()

    def take(self, result: CheckResult) -> None:
        """The answer of the program; one of another check is nobody's."""
        if result.check_id == self._check_id:
            self._answer = result
            self._go_on()
        elif result.check_id == self._conversion_id:
            folder = str(Path(self._target).parent) if result.ok else ""
            self._end(self._saved(result) if result.ok else self._told(result), folder)

    def _made_chooser(self, name: str, parent: QWidget) -> QFileDialog:
        chooser = QFileDialog(parent, self._texts("clip.save_as"))
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setNameFilters([self._texts("clip.files"), self._texts("clip.files_for_web")])
        chooser.setDefaultSuffix("mp4")
        chooser.setDirectory(_usual_folder())
        chooser.selectFile(name)
        chooser.fileSelected.connect(self._chosen)
        chooser.rejected.connect(lambda: self._end(""))
        return chooser

    def _chosen(self, file: str) -> None:
        self._target = file
        self._for_web = self.chooser.selectedNameFilter() == self._texts("clip.files_for_web")
        self._go_on()

    def _go_on(self) -> None:
        """Once it is cut and a place was chosen. What failed is told even before a place was chosen."""
        if self._answer is not None and not self._answer.ok:
            self._end(self._told(self._answer))
        elif self._answer is not None and self._target:
            if self._for_web:
                self.began.emit(self._texts("clip.converting"))
                self._controls.convert_clip(self._conversion_id, self._cut, Path(self._target))
            else:
                self._move(self._answer)

    def _end(self, said: str, folder: str = "") -> None:
        if not self._over:
            self._over = True
            self.finished.emit(said, folder)
            if not self._target:
                self.chooser.reject()

    def _move(self, answer: CheckResult) -> None:
        if _put(self._cut, Path(self._target)):
            self._end(self._saved(answer), str(Path(self._target).parent))
        else:
            self._end(self._texts("saved.failed", file=self._target))

    def _saved(self, answer: CheckResult) -> str:
        return " ".join([self._texts("saved.as", file=self._target), *self._facts(answer)])

    def _told(self, answer: CheckResult) -> str:
        why = [self._texts.cause(answer.code), self._texts.remedy(answer.code)] if answer.code else []
        return " ".join([self._texts("clip.failed"), *self._facts(answer), *why])

    def _facts(self, answer: CheckResult) -> list[str]:
        return [self._texts.fact(key, values) for key, values in answer.facts]


def _put(clip: Path, target: Path) -> bool:
    """Take a clip to where it is wanted; what lies there already goes only once the new one is whole."""
    fresh = target.with_name(f"{target.name}.part")
    try:
        shutil.copyfile(clip, fresh)
        fresh.replace(target)
    except OSError:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        return False
    return True


def _usual_folder() -> str:
    """Where films of this person lie; at home, where there is no such folder. Never where the program was started."""
    films, home = (
        QStandardPaths.writableLocation(place)
        for place in (QStandardPaths.StandardLocation.MoviesLocation, QStandardPaths.StandardLocation.HomeLocation)
    )
    return films if Path(films).is_dir() else home
