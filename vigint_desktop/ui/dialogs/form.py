"""Labels of forms, in the few styles the dialogs use."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel


def label(text: str, name: str = "") -> QLabel:
    """A wrapping label; ``name`` picks its style: ``heading``, ``quiet``, ``problem`` or none."""
    made = QLabel(text)
    made.setObjectName(name)
    made.setWordWrap(True)
    made.setTextFormat(Qt.TextFormat.PlainText)
    return made
