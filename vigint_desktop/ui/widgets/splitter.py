"""Two parts of the window with a handle between them."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QWidget


def splitter(orientation: Qt.Orientation, first: QWidget, second: QWidget) -> QSplitter:
    """Two parts with a handle; the first takes the room when the window grows."""
    made = QSplitter(orientation)
    made.setHandleWidth(6)
    made.setChildrenCollapsible(False)
    made.addWidget(first)
    made.addWidget(second)
    made.setStretchFactor(0, 1)
    made.setStretchFactor(1, 0)
    return made
