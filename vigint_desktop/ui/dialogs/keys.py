"""The sheet of keys, opened with ``?``."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QWidget

from vigint_desktop.ui.dialogs.form import label
from vigint_desktop.ui.text import Texts

_MORE_KEYS = (
    "camera",
    "arrows",
    "alone",
    "back",
    "swap",
    "second_window",
    "magnify",
    "snapshot",
    "copy",
    "save_clip",
    "zones",
    "time",
    "zoom",
    "now",
    "clip",
    "second",
    "review_verdict",
    "review_state",
    "review_keep",
    "review_comment",
)
"""Keys that are no command of a menu: names of the text catalogue under ``keys.``."""


class KeySheet(QDialog):
    """A key and what it does, line by line; in two columns, so that all of them fit on a small screen."""

    def __init__(self, commands: Sequence[tuple[str, str]], texts: Texts, parent: QWidget | None = None) -> None:
        """``commands``: keys and words of the window's commands; one without a key is left out."""
        super().__init__(parent)
        self.setWindowTitle(texts("keys.title"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        grid = QGridLayout(self)
        grid.setContentsMargins(24, 20, 24, 20)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(8)
        more = [(texts(f"keys.{key}.key"), texts(f"keys.{key}.does")) for key in _MORE_KEYS]
        keys = [pair for pair in (*commands, *more) if pair[0]]
        half = -(-len(keys) // 2)
        for place, (key, meaning) in enumerate(keys):
            column, row = divmod(place, half)
            cap = label(key, "key")
            cap.setWordWrap(False)
            grid.addWidget(cap, row, 2 * column, Qt.AlignmentFlag.AlignLeft)
            said = label(meaning)
            said.setWordWrap(False)
            grid.addWidget(said, row, 2 * column + 1)
