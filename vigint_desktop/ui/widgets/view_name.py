"""Asks for the name of a view; says while it is typed why one will not do."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialogButtonBox, QInputDialog, QWidget

from vigint_desktop.ui.models.views import LONGEST_NAME, ViewBook
from vigint_desktop.ui.rows.words import Words


class ViewNameDialog(QInputDialog):
    """One line of text. ``textValueSelected`` carries a name that has no problem.

    ``before`` is the name that the view has now, ``""`` for a new one.
    """

    def __init__(self, book: ViewBook, before: str, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self._book = book
        self._before = before
        self._words = words
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(words("view.name_title"))
        self.setOkButtonText(words("settings.save"))
        self.setCancelButtonText(words("settings.cancel"))
        self.setTextValue(before)
        self.textValueChanged.connect(self._judge)
        self._judge(before)

    def _judge(self, name: str) -> None:
        problem = self._book.problem_of(name, self._before) or ("long" if len(name) > LONGEST_NAME else "")
        silent = problem in ("", "empty")
        self.setLabelText(self._words("view.name" if silent else f"view.problem.{problem}", most=LONGEST_NAME))
        buttons = self.findChild(QDialogButtonBox)
        if isinstance(buttons, QDialogButtonBox):
            buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(not problem)
