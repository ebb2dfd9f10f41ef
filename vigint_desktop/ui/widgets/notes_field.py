"""A few lines that somebody may write, with a count of how many characters are used."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from vigint_desktop.ui.rows.words import Words
from vigint_desktop.ui.widgets.field_row import Remark

_LINES = 3
_PADDING_PX = 14  # the frame and what the style leaves free in it


class NotesField(QWidget):
    """What is too long can be typed, and is said: a limit that swallows keys takes the end of what was pasted.

    Signals:
        edited: the text is another one.
    """

    edited = Signal()

    def __init__(self, words: Words, most: int) -> None:
        super().__init__()
        self._words = words
        self._most = most
        self.edit = QPlainTextEdit()
        self.edit.setTabChangesFocus(True)
        self.edit.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.edit.document().setDocumentMargin(0)  # whole lines alone are in sight
        self.edit.setFixedHeight(_LINES * self.edit.fontMetrics().lineSpacing() + _PADDING_PX)
        self.edit.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusProxy(self.edit)
        self.count = Remark()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(3)
        box.addWidget(self.edit)
        box.addWidget(self.count)
        self.edit.textChanged.connect(self._changed)

    @property
    def text(self) -> str:
        """What is written, without blanks around it."""
        return self.edit.toPlainText().strip()

    @property
    def is_too_long(self) -> bool:
        """Whether it can't be stored."""
        return len(self.text) > self._most

    def show_text(self, text: str) -> None:
        """Show another text, unless it is the one that is written."""
        if text != self.text:
            self.edit.setPlainText(text)

    def _changed(self) -> None:
        used = len(self.text)
        key = "field.over" if self.is_too_long else "field.count"
        said = self._words(key, count=used, most=self._most) if used else ""
        self.count.say(said, "problem" if self.is_too_long else "quiet")
        self.edited.emit()
