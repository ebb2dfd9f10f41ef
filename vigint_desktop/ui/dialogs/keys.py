"""The sheet of keys, opened with ``?``."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QWidget

from vigint_desktop.ui.dialogs.form import label
from vigint_desktop.ui.text import Texts


class KeySheet(QDialog):
    """Two columns: a key, and what it does."""

    def __init__(self, keys: Sequence[tuple[str, str]], texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(texts("keys.title"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        grid = QGridLayout(self)
        grid.setContentsMargins(24, 20, 24, 20)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        for row, (key, meaning) in enumerate(keys):
            cap = label(key, "key")
            cap.setWordWrap(False)
            grid.addWidget(cap, row, 0, Qt.AlignmentFlag.AlignLeft)
            said = label(meaning)
            said.setWordWrap(False)
            grid.addWidget(said, row, 1)
