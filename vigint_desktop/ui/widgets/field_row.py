"""A row of a form: the label above its field, and a remark below it."""

from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

RemarkStyle = Literal["problem", "warning", "quiet"]


class Remark(QLabel):
    """A sentence beside what it is about; takes no room while there is none."""

    def __init__(self) -> None:
        super().__init__()
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.hide()

    def say(self, text: str, style: RemarkStyle = "quiet") -> None:
        """Show a sentence, or nothing for ""."""
        self.setText(text)
        self.setVisible(bool(text))
        if self.objectName() != style:
            self.setObjectName(style)
            self.style().unpolish(self)
            self.style().polish(self)


class FieldRow(QWidget):
    """A label, the field below it, and a remark below that; the label's ``&`` key leads to the field."""

    def __init__(self, text: str, field: QWidget, *beside: QWidget) -> None:
        super().__init__()
        self.remark = Remark()
        label = QLabel(text)
        writes = field.focusProxy() or field  # the key must lead to what takes it, not to what holds that
        label.setBuddy(writes)
        writes.setAccessibleName(text.replace("&", ""))
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(field, 1)
        for widget in beside:
            line.addWidget(widget)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(3)
        box.addWidget(label)
        box.addLayout(line)
        box.addWidget(self.remark)
