"""A wall with its bar; or, while there is no camera, what belongs here and the one next step."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QMenu, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from vigint_desktop.ui.models.arrangement import Arrangement
from vigint_desktop.ui.rows.words import Words
from vigint_desktop.ui.widgets.stage import Stage
from vigint_desktop.ui.widgets.wall import Wall
from vigint_desktop.ui.widgets.wall_bar import WallBar
from vigint_desktop.ui.widgets.wall_commands import WallCommands


class WallPane(QWidget):
    """Turns from the empty state to the wall with the first camera.

    Attributes:
        wall, bar, arrangement, commands: the wall, and what it is steered by.
    """

    def __init__(self, stage: Stage, add_camera: QAction, window_actions: Sequence[QAction]) -> None:
        super().__init__()
        self._stage = stage
        self._window_actions = tuple(window_actions)
        words, theme = stage.words, stage.theme
        self.arrangement = Arrangement(stage.views, stage.cameras, self)
        self.wall = Wall(stage.projection, self.arrangement, stage.cameras, words, theme, stage.clock)
        self.commands = WallCommands(self.wall, self.arrangement, words, theme, self)
        self.bar = WallBar(stage, self.arrangement, self.commands)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(_empty_page(words, add_camera))
        self._stack.addWidget(self._wall_page())
        self.wall.menu_made.connect(self._fill_menu)
        stage.cameras.modelReset.connect(self._turn)
        self._turn()

    def state(self) -> dict[str, object]:
        """What is shown, for the window to remember."""
        return self.arrangement.state()

    def restore(self, state: Mapping[str, object]) -> None:
        """Show what was remembered."""
        self.arrangement.restore(state)

    def _wall_page(self) -> QWidget:
        page = QWidget()
        box = QVBoxLayout(page)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2)
        box.addWidget(self.bar)
        box.addWidget(self.wall, 1)
        return page

    def _fill_menu(self, menu: QMenu) -> None:
        self.commands.fill_place_menu(menu, self._window_actions)

    def _turn(self) -> None:
        self._stack.setCurrentIndex(1 if self._stage.cameras.rowCount() else 0)


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
