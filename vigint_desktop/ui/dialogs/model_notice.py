"""What the owner has to know about the AI's models though they can be asked: one retires soon, or was replaced."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from vigint_core.domain.fault import Code
from vigint_core.domain.status import PartStatus
from vigint_desktop.ui.dialogs.form import label
from vigint_desktop.ui.rows.words import Words
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.note_sign import NoteSign

TOLD: Final = frozenset(
    {Code.AI_MODEL_RETIRING, Code.AI_MODEL_REPLACED, Code.AI_MODEL_RETIRED, Code.AI_CATALOGUE_UNREADABLE}
)
"""What is about the models themselves; anything else that is wrong with the AI is told by the status bar alone."""


class ModelNotice(QFrame):
    """Cause, what to do, and which model it is about. Hidden while there is nothing to say."""

    def __init__(self, words: Words, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("section")
        self._words = words
        self._code: Code | None = None
        self._cause, self._remedy, self._detail = label("", "heading"), label(""), label("", "quiet")
        self._detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        said = QVBoxLayout()
        said.setSpacing(2)
        for part in (self._cause, self._remedy, self._detail):
            said.addWidget(part)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 10, 16, 10)
        row.setSpacing(10)
        row.addWidget(NoteSign(theme), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(said, 1)
        self.hide()

    def show_status(self, status: PartStatus | None) -> None:
        """Say what a proof of the AI found about its models."""
        self._code = status.code if status and status.code in TOLD else None
        self.setVisible(self._code is not None)
        if status is None or self._code is None:
            return
        self._cause.setText(self._words.cause(self._code))
        self._remedy.setText(self._words.remedy(self._code))
        self._detail.setText(status.detail)
        self._detail.setVisible(bool(status.detail))
        self.setAccessibleName(f"{self._cause.text()} {self._remedy.text()}")

    def said(self) -> str:
        """What it says now; "" while there is nothing to say."""
        parts = (self._cause, self._remedy, self._detail)
        return " ".join(part.text() for part in parts if part.text()) if self._code else ""
