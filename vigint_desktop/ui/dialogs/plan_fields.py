"""One plan: who looks, when the shop is open, and in which zones the AI may look."""

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QGridLayout, QRadioButton, QVBoxLayout, QWidget

from vigint_core.domain.schedule import Hours, Mode, Plan, Week
from vigint_core.domain.zone import ZoneKind
from vigint_core.policy.schedule import needs_hours
from vigint_desktop.ui.dialogs.form import label
from vigint_desktop.ui.dialogs.week_fields import WeekFields
from vigint_desktop.ui.text import Texts

USUAL_WEEK: Week = (*((Hours(8 * 60, 20 * 60),),) * 6, ())


class PlanFields(QWidget):
    """Shows a plan and reads it again.

    Signals:
        edited: somebody changed something.
    """

    edited = Signal()

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        self._shown = Plan()
        self.modes = {mode: QRadioButton(texts(f"schedule.mode.{mode}")) for mode in Mode}
        self._group = QButtonGroup(self)
        self.has_hours = QCheckBox(texts("schedule.has_hours"))
        self.week = WeekFields(texts)
        self.kinds = {kind: QCheckBox(texts(f"zone.kind.{kind}")) for kind in ZoneKind}
        self.warning = label("", "warning")
        self._lay_out()
        for button in (*self.modes.values(), self.has_hours, *self.kinds.values()):
            button.clicked.connect(self._changed)
        self.week.edited.connect(self._changed)
        self.show_plan(Plan())

    @property
    def plan(self) -> Plan | None:
        """What is chosen, or None where the hours can't be understood."""
        week = self.week.week if self.has_hours.isChecked() else None
        if self.has_hours.isChecked() and week is None:
            return None
        return replace(
            self._shown,
            mode=next(mode for mode, button in self.modes.items() if button.isChecked()),
            open_hours=week,
            ai_kinds=frozenset(kind for kind, box in self.kinds.items() if box.isChecked()),
        )

    def show_plan(self, plan: Plan) -> None:
        """Show a plan."""
        self._shown = plan
        self.modes[plan.mode].setChecked(True)
        self.has_hours.setChecked(plan.open_hours is not None)
        self.week.show_week(plan.open_hours or USUAL_WEEK)
        for kind, box in self.kinds.items():
            box.setChecked(kind in plan.ai_kinds)
        self._show_needed()

    def _lay_out(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        box.addWidget(label(self._texts("schedule.mode_label"), "heading"))
        for mode, button in self.modes.items():
            self._group.addButton(button)
            box.addWidget(button)
            about = label(self._texts(f"schedule.about.{mode}"), "quiet")
            about.setContentsMargins(28, 0, 0, 4)
            box.addWidget(about)
        box.addWidget(self.warning)
        box.addSpacing(8)
        box.addWidget(label(self._texts("schedule.hours_label"), "heading"))
        box.addWidget(self.has_hours)
        box.addWidget(self.week)
        box.addSpacing(8)
        box.addWidget(label(self._texts("schedule.kinds_label"), "heading"))
        box.addWidget(label(self._texts("schedule.kinds_note"), "quiet"))
        grid = QGridLayout()
        for place, check in enumerate(self.kinds.values()):
            grid.addWidget(check, *divmod(place, 3))
        box.addLayout(grid)

    def _changed(self) -> None:
        self._show_needed()
        self.edited.emit()

    def _show_needed(self) -> None:
        self.week.setVisible(self.has_hours.isChecked())
        plan = self.plan
        lacks = plan is not None and needs_hours(plan)
        self.warning.setText(self._texts("schedule.needs_hours") if lacks else "")
        self.warning.setVisible(lacks)
