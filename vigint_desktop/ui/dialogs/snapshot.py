"""A snapshot at its full size, to be saved elsewhere or copied."""

from collections.abc import Callable

from PySide6.QtCore import QIODevice, QSaveFile, QSize, Qt
from PySide6.QtGui import QGuiApplication, QImage, QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from vigint_core.domain.status import Snapshot
from vigint_desktop.ui.dialogs.form import label
from vigint_desktop.ui.rows.clocks import clock
from vigint_desktop.ui.rows.words import Words
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.picture import paint_image


class StillView(QWidget):
    """One picture, as large as it fits."""

    def __init__(self, image: QImage, theme: Theme) -> None:
        super().__init__()
        self._image = image
        self._theme = theme
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(320, 180))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The picture on its ground."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colour("picture"))
        paint_image(painter, self._image, self.rect())
        painter.end()

    def sizeHint(self) -> QSize:
        """Half of HD."""
        return QSize(960, 540)


class SnapshotDialog(QDialog):
    """Shows one snapshot until it is closed."""

    def __init__(
        self, camera: str, snapshot: Snapshot, png: bytes, words: Words, theme: Theme, parent: QWidget | None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._png = png
        self._snapshot = snapshot
        self._words = words
        self._image = QImage.fromData(png)
        self.setWindowTitle(f"{camera} · {clock(snapshot.at_s)}")
        self._answer = label("", "quiet")
        row = QHBoxLayout()
        row.addWidget(label(f"{snapshot.width} × {snapshot.height}", "quiet"))
        row.addWidget(self._answer, 1)
        buttons: tuple[tuple[str, Callable[[], object]], ...] = (
            ("snapshot.copy", self.copy),
            ("snapshot.save_as", self.ask_where),
            ("snapshot.close", self.close),
        )
        for key, does in buttons:
            button = QPushButton(words(key))
            button.setAutoDefault(False)
            button.clicked.connect(does)
            row.addWidget(button)
        box = QVBoxLayout(self)
        box.addWidget(StillView(self._image, theme), 1)
        box.addLayout(row)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self).activated.connect(self.copy)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Save), self).activated.connect(self.ask_where)
        self.resize(self.sizeHint().boundedTo(self.screen().availableSize()))

    def copy(self) -> None:
        """The picture to the clipboard."""
        QGuiApplication.clipboard().setImage(self._image)
        self._answer.setText(self._words("snapshot.copied"))

    def ask_where(self) -> QFileDialog:
        """Ask for a place to save it."""
        chooser = QFileDialog(self, self._words("snapshot.save_as"))
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setDefaultSuffix("png")
        chooser.selectFile(self._snapshot.file)
        chooser.fileSelected.connect(self.save_as)
        chooser.open()
        return chooser

    def save_as(self, file: str) -> None:
        """The same bytes, elsewhere."""
        written = write_file(file, self._png)
        self._answer.setText(self._words("saved.as" if written else "saved.failed", file=file))


def write_file(file: str, content: bytes) -> bool:
    """Write a file whole or not at all; tells whether it could."""
    saved = QSaveFile(file)
    return saved.open(QIODevice.OpenModeFlag.WriteOnly) and saved.write(content) == len(content) and saved.commit()
