"""A calm line that tells what a wish came to, with what can be done next; it goes by itself."""

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from vigint_desktop.ui.rows.words import Words

SHOWN_MS: Final = 8000  # while neither the pointer nor the keyboard is on it
_GAP: Final = 48  # from the lower edge of what it lies over: above a status bar

Step = tuple[str, Callable[[], object]]


class Note(QFrame):
    """Lies over the lower middle of another widget; a new line replaces the old one."""

    def __init__(self, words: Words, over: QWidget) -> None:
        super().__init__(over)
        self.setObjectName("popup")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._over = over
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        close = QToolButton()
        close.setText("×")
        close.setToolTip(words("note.close"))
        close.setAccessibleName(words("note.close"))
        close.clicked.connect(self.hide)
        self._steps = QHBoxLayout()
        self._buttons: list[QPushButton] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 6, 6)
        row.setSpacing(12)
        row.addWidget(self._text)
        row.addLayout(self._steps)
        row.addWidget(close)
        self._timer = QTimer(self, singleShot=True, interval=SHOWN_MS)
        self._timer.timeout.connect(self._go)
        over.installEventFilter(self)
        self.hide()

    def say(self, text: str, steps: Sequence[Step] = ()) -> None:
        """Say it, and offer the steps as buttons."""
        for button in self._buttons:
            self._steps.removeWidget(button)
            button.deleteLater()
        self._buttons = [self._made(word, does) for word, does in steps]
        self._text.setText(text)
        self.setAccessibleName(text)
        self._place()
        self.show()
        self.raise_()
        self._timer.start()

    def said(self) -> str:
        """What it says now; "" while it is hidden."""
        return "" if self.isHidden() else self._text.text()

    def press(self, word: str) -> None:
        """Take the step of this name. Raises StopIteration for one that is not offered."""
        next(button for button in self._buttons if button.text() == word).click()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the middle."""
        if watched is self._over and event.type() is QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _made(self, word: str, does: Callable[[], object]) -> QPushButton:
        button = QPushButton(word)
        button.clicked.connect(lambda _checked: does())
        self._steps.addWidget(button)
        return button

    def _go(self) -> None:
        """Not while somebody is about to press a button."""
        if self.underMouse() or any(button.hasFocus() for button in self._buttons):
            self._timer.start()
        else:
            self.hide()

    def _place(self) -> None:
        self.adjustSize()
        width = min(self.width(), self._over.width() - 32)
        left, top = (self._over.width() - width) // 2, self._over.height() - self.height() - _GAP
        self.setGeometry(left, max(top, 0), width, self.height())
