"""Opening hours of a week: a line a day, and what each line means beside it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QPushButton, QWidget

from vigint_core.domain.schedule import Week
from vigint_desktop.ui.dialogs.form import label
from vigint_desktop.ui.rows.week import DAYS, read_day, told_day, write_day
from vigint_desktop.ui.text import Texts

_LONGEST = 120
_LINE_PX = 220


class WeekFields(QWidget):
    """Seven lines.

    Signals:
        edited: somebody changed one of them.
    """

    edited = Signal()

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        self.lines = [QLineEdit() for _ in DAYS]
        self._told = [label("", "quiet") for _ in DAYS]
        self.copy = QPushButton(texts("schedule.copy"))
        self.copy.setToolTip(texts("schedule.copy_tip"))
        self.copy.setAutoDefault(False)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(2, 1)
        for row, (day, line, told) in enumerate(zip(DAYS, self.lines, self._told, strict=True)):
            name = QLabel(texts(f"schedule.{day}"))
            name.setBuddy(line)
            line.setMaxLength(_LONGEST)
            line.setFixedWidth(_LINE_PX)
            line.setAccessibleName(name.text())
            line.setPlaceholderText(texts("schedule.day_closed"))
            line.textChanged.connect(self._tell)
            line.textEdited.connect(self.edited)
            grid.addWidget(name, row, 0)
            grid.addWidget(line, row, 1)
            grid.addWidget(told, row, 2)
        grid.addWidget(self.copy, len(DAYS), 1)
        self.copy.clicked.connect(self._copy_first)
        self._tell()

    @property
    def week(self) -> Week | None:
        """What is written, or None where a line can't be understood."""
        days = [read_day(line.text()) for line in self.lines]
        read = [day for day in days if day is not None]
        return tuple(read) if len(read) == len(days) else None

    def show_week(self, week: Week) -> None:
        """Show these hours."""
        for line, day in zip(self.lines, week, strict=True):
            line.setText(write_day(day))

    def _copy_first(self) -> None:
        """The first line that says something, to all days."""
        text = next((line.text() for line in self.lines if line.text().strip()), "")
        for line in self.lines:
            line.setText(text)
        self.edited.emit()

    def _tell(self) -> None:
        for line, told in zip(self.lines, self._told, strict=True):
            day = read_day(line.text())
            told.setText(told_day(day, self._texts) if line.text().strip() else "")
            told.setObjectName("problem" if day is None else "quiet")
            told.style().polish(told)
