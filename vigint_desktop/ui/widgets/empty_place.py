"""A place of the wall without a camera: says so, and offers to take one."""

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QMenu, QWidget

from vigint_desktop.ui.rows.words import Words
from vigint_desktop.ui.theme.style import Theme

_PAD = 12


class EmptyPlace(QWidget):
    """A dashed frame with a sentence. A click, Enter or the context menu opens the list of cameras.

    Signals:
        menu_made: carries a menu that is about to open; the wall fills it.
    """

    menu_made = Signal(object)

    def __init__(self, words: Words, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = words
        self._theme = theme
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(words("wall.empty_place"))
        self.setToolTip(words("wall.empty_place_tip"))
        theme.changed.connect(self.update)

    def menu(self) -> QMenu:
        """The menu; deletes itself when it closes."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.menu_made.emit(menu)
        return menu

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Ground, dashes, and words where there is room for them."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        token = "accent" if self.hasFocus() else "line"
        painter.setPen(QPen(self._theme.colour(token), 2 if self.hasFocus() else 1, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(2, 2, -2, -2), 6, 6)
        painter.setPen(self._theme.colour("muted"))
        room = self.rect().adjusted(_PAD, _PAD, -_PAD, -_PAD)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        said = self._words("wall.empty_place")
        needed = painter.fontMetrics().boundingRect(QRect(0, 0, room.width(), 1000), flags, said)
        painter.drawText(room, flags, said if needed.height() <= room.height() else "+")
        painter.end()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click opens the list of cameras."""
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.menu().popup(event.globalPosition().toPoint())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The same by the other button or the menu key."""
        self.menu().popup(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the list of cameras."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.menu().popup(self.mapToGlobal(self.rect().center()))
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The dashes are coloured."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """And grey again."""
        super().focusOutEvent(event)
        self.update()
