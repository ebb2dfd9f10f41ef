"""The narrow rail at the left: one button a place, words on hover."""

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QToolButton, QVBoxLayout

from vigint_desktop.ui.theme.icons import icon
from vigint_desktop.ui.theme.style import Theme

RAIL_PX = 48
_PLACES: Final = {"wall": "wall", "timeline": "timeline", "incidents": "incidents"}
_TOOLS: Final = {
    "full_screen": "full_screen",
    "second_wall": "second_wall",
    "keys": "keys",
    "cameras": "camera",
    "settings": "settings",
}
"""Icons by the names of the actions."""


class Rail(QFrame):
    """Buttons for actions: places at the top, tools at the bottom."""

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

    def fill(self, actions: Mapping[str, QAction]) -> None:
        """A button for each action that belongs here."""
        for name, icon_name in _PLACES.items():
            self._add(actions[name], icon_name)
        self._box.addStretch(1)
        for name, icon_name in _TOOLS.items():
            self._add(actions[name], icon_name)

    def _add(self, action: QAction, icon_name: str) -> None:
        button = QToolButton()
        button.setDefaultAction(action)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        button.setIconSize(QSize(22, 22))
        button.setFixedSize(QSize(40, 40))
        button.setAccessibleName(action.text())
        self._named.append((action, icon_name))
        self._box.addWidget(button)
        action.setIcon(icon(icon_name, self._theme.tokens.text))

    def _tint(self) -> None:
        for action, icon_name in self._named:
            action.setIcon(icon(icon_name, self._theme.tokens.text))
