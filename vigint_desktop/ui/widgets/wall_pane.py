"""The wall, or, while there is no camera, what belongs here and the one next step."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from vigint_desktop.ui.models.cameras import CameraModel
from vigint_desktop.ui.rows.words import Words
from vigint_desktop.ui.widgets.wall import Wall


class WallPane(QWidget):
    """Turns from the empty state to the wall with the first camera."""

    def __init__(self, wall: Wall, model: CameraModel, words: Words, add_camera: QAction) -> None:
        super().__init__()
        self._model = model
        self._stack = QStackedLayout(self)
        self._stack.addWidget(_empty_page(words, add_camera))
        self._stack.addWidget(wall)
        model.modelReset.connect(self._turn)
        self._turn()

    def _turn(self) -> None:
        self._stack.setCurrentIndex(1 if self._model.rowCount() else 0)


def _empty_page(words: Words, add_camera: QAction) -> QWidget:
    page = QWidget()
    box = QVBoxLayout(page)
    box.setSpacing(12)
    box.addStretch(1)
    for name, key in (("title", "wall.empty_title"), ("quiet", "wall.empty")):
        label = QLabel(words(key))
        label.setObjectName(name)
        label.setWordWrap(True)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        box.addWidget(label)
    button = QPushButton(words("wall.add"))
    button.setObjectName("primary")
    button.clicked.connect(add_camera.trigger)
    box.addWidget(button, 0, Qt.AlignmentFlag.AlignCenter)
    box.addStretch(1)
    return page
