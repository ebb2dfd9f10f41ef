"""Settings: what the AI may cost, and what is left out before a limit is reached."""

from typing import Final, Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from vigint_core.domain.budget import Caps
from vigint_desktop.settings import MOST_USD, AnalysisPlace, BudgetSettings, Settings
from vigint_desktop.ui.dialogs.form import label
from vigint_desktop.ui.rows.budget import STEPS, name_of
from vigint_desktop.ui.rows.money import limit, read, typed
from vigint_desktop.ui.rows.words import Words
from vigint_desktop.ui.widgets.field_row import Remark

Name = Literal["day_usd", "month_usd", "camera_day_usd", "camera_month_usd"]
NAMES: Final[tuple[Name, ...]] = ("day_usd", "month_usd", "camera_day_usd", "camera_month_usd")
_ABOVE: Final[dict[Name, tuple[tuple[Name, str], ...]]] = {
    "day_usd": (("month_usd", "budget.above_month"),),
    "month_usd": (),
    "camera_day_usd": (("day_usd", "budget.above_shop"), ("camera_month_usd", "budget.above_month")),
    "camera_month_usd": (("month_usd", "budget.above_shop"),),
}
"""A limit that is above another one limits nothing: that may be a slip, and is said."""
_FIELD_PX: Final = 264
_LONGEST: Final = 24


class AmountField(QWidget):
    """A line for dollars, and below it what is wrong with them.

    Signals:
        edited: somebody typed.
        left: the keyboard went elsewhere.
    """

    edited = Signal()
    left = Signal()

    def __init__(self, name: str, dollars: float | None, words: Words) -> None:
        super().__init__()
        self._words = words
        self.line = QLineEdit(typed(dollars, words))
        self.line.setMaxLength(_LONGEST)
        self.line.setPlaceholderText(words("budget.no_limit"))
        self.line.setAccessibleName(name)
        self.remark = Remark()
        self.setFixedWidth(_FIELD_PX)
        self.setFocusProxy(self.line)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(3)
        box.addWidget(self.line)
        box.addWidget(self.remark)
        box.addStretch(1)
        self.line.textEdited.connect(self.edited)
        self.line.editingFinished.connect(self.left)

    @property
    def dollars(self) -> float | None:
        """What is typed; None for no limit. Raises ValueError for what is no amount, or too much."""
        amount = read(self.line.text(), self._words)
        if amount is not None and amount > MOST_USD:
            raise ValueError(self.line.text())
        return amount

    @property
    def problem(self) -> str:
        """What is wrong with it, in words, or ""."""
        try:
            amount = read(self.line.text(), self._words)
        except ValueError:
            return self._words("budget.not_money")
        most = limit(round(MOST_USD * 1_000_000), self._words)
        return self._words("budget.too_much", most=most) if amount is not None and amount > MOST_USD else ""

    def say(self, problem: str, doubt: str) -> None:
        """Show what is wrong, or what may be a slip; and both to a screen reader."""
        self.remark.say(problem or doubt, "problem" if problem else "warning")
        self.line.setAccessibleDescription(problem or doubt)


class BudgetPage(QWidget):
    """Four limits. Where an own server judges they are that server's, and can't be set here.

    Signals:
        edited: somebody typed.
    """

    edited = Signal()

    def __init__(self, settings: Settings, words: Words) -> None:
        super().__init__()
        self._words = words
        self._insists = False
        self._place = settings.analysis
        self.fields: dict[Name, AmountField] = {
            name: AmountField(self._title_of(name), getattr(settings.budget, name), words) for name in NAMES
        }
        self.on_server = label(words("budget.on_server"), "warning")
        self._lay_out()
        for field in self.fields.values():
            field.edited.connect(self._say)
            field.edited.connect(self.edited)
            field.left.connect(self._left)
        self.show_place(settings.analysis)

    @property
    def problem(self) -> str:
        """Key of the sentence that says that a limit can't be understood, or ""; that one gets the keyboard."""
        if self._is_elsewhere:
            return ""
        bad = next((field for field in self.fields.values() if field.problem), None)
        if bad is None:
            return ""
        self._insists = True
        self._say()
        bad.line.setFocus(Qt.FocusReason.OtherFocusReason)
        return "budget.unread"

    def show_place(self, place: AnalysisPlace) -> None:
        """Windows are to be judged somewhere else."""
        self._place = place
        self.on_server.setVisible(self._is_elsewhere)
        for field in self.fields.values():
            field.setEnabled(not self._is_elsewhere)
        self._say()

    def settings(self, before: Settings) -> Settings:
        """The settings with what was chosen here; there must be no problem."""
        if self._is_elsewhere:
            return before
        return before.model_copy(
            update={"budget": BudgetSettings(**{name: field.dollars for name, field in self.fields.items()})}
        )

    @property
    def _is_elsewhere(self) -> bool:
        return self._place is AnalysisPlace.SERVER

    def _title_of(self, name: Name) -> str:
        row, column = _cell(name)
        return self._words(
            "budget.field", row=self._words(f"budget.row.{row}"), column=self._words(f"budget.column.{column}")
        )

    def _lay_out(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 16, 24, 16)
        box.setSpacing(6)
        box.addWidget(label(self._words("budget.title"), "title"))
        box.addWidget(label(self._words("budget.about"), "quiet"))
        box.addWidget(self.on_server)
        box.addSpacing(4)
        box.addLayout(self._grid())
        box.addSpacing(12)
        box.addWidget(label(self._words("budget.order_label"), "heading"))
        box.addWidget(label(self._words("budget.order")))
        box.addWidget(self._steps())
        reserve = round(Caps().reserve_share * 100)
        box.addWidget(label(self._words("budget.reserve", share=reserve), "quiet"))
        box.addStretch(1)

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(3, 1)
        for place, column in enumerate(("day", "month"), 1):
            grid.addWidget(QLabel(self._words(f"budget.column.{column}")), 0, place)
        for line, row in enumerate(("shop", "camera"), 1):
            title = QLabel(self._words(f"budget.row.{row}"))
            title.setFixedHeight(self.fields["day_usd"].line.sizeHint().height())
            grid.addWidget(title, line, 0, Qt.AlignmentFlag.AlignTop)
        for name, field in self.fields.items():
            row, column = _cell(name)
            line, place = 2 if row == "camera" else 1, 2 if column == "month" else 1
            grid.addWidget(field, line, place, Qt.AlignmentFlag.AlignTop)
        return grid

    def _steps(self) -> QFrame:
        frame = QFrame()
        frame.setObjectName("section")
        box = QVBoxLayout(frame)
        box.setContentsMargins(16, 10, 16, 10)
        box.setSpacing(4)
        for number, step in enumerate(STEPS, 1):
            said = self._words(f"budget.step.{name_of(step)}")
            box.addWidget(label(self._words("budget.step_line", number=number, said=said)))
        return frame

    def _left(self) -> None:
        """What was understood is shown as it was understood."""
        for field in self.fields.values():
            if not field.problem:
                field.line.setText(typed(field.dollars, self._words))
        self._say()

    def _say(self) -> None:
        """Nobody is told what is wrong while typing it, unless it keeps the dialog from being saved."""
        for name, field in self.fields.items():
            ripe = (self._insists or not field.line.hasFocus()) and not self._is_elsewhere
            problem = field.problem
            field.say(problem if ripe else "", self._doubt(name) if ripe and not problem else "")

    def _doubt(self, name: Name) -> str:
        amount = self.fields[name].dollars
        if amount == 0:
            return self._words("budget.zero")
        for other, key in _ABOVE[name]:
            field = self.fields[other]
            bound = None if field.problem else field.dollars
            if amount is not None and bound is not None and amount > bound:
                return self._words(key)
        return ""


def _cell(name: Name) -> tuple[str, str]:
    """Row and column of a limit, as the texts call them."""
    return "camera" if name.startswith("camera") else "shop", "month" if "month" in name else "day"
