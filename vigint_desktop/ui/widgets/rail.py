"""The narrow rail at the left: one button a place, words on hover."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QToolButton, QVBoxLayout

from vigint_desktop.ui.theme.icons import icon
from vigint_desktop.ui.theme.style import Theme

RAIL_PX = 48


class Rail(QFrame):
    """Buttons for actions; those after ``add_gap`` stand at the bottom."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("rail")
        self.setFixedWidth(RAIL_PX)
        self._theme = theme
        self._named: list[tuple[QAction, str]] = []
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(4, 8, 4, 8)
        self._box.setSpacing(4)
        theme.changed.connect(self._tint)

    def add(self, action: QAction, icon_name: str) -> None:
        """A button for an action; its tool tip gives the words and the keys."""
        button = QToolButton()
        button.setDefaultAction(action)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        button.setIconSize(QSize(22, 22))
        button.setFixedSize(QSize(40, 40))
        button.setAccessibleName(action.text())
        self._named.append((action, icon_name))
        self._box.addWidget(button)
        action.setIcon(icon(icon_name, self._theme.tokens.text))

    def add_gap(self) -> None:
        """What follows stands at the bottom."""
        self._box.addStretch(1)

    def _tint(self) -> None:
        for action, icon_name in self._named:
            action.setIcon(icon(icon_name, self._theme.tokens.text))
