"""The sign of a note by itself: there is something to know, and nothing is wrong."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from vigint_desktop.ui.theme.signs import paint_note
from vigint_desktop.ui.theme.style import Theme


class NoteSign(QWidget):
    """As large as the sign of a health."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedSize(QSize(20, 20))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The sign in the colour of what wants attention."""
        painter = QPainter(self)
        paint_note(painter, QRectF(2, 2, 16, 16), self._theme.tokens.attention)
        painter.end()
