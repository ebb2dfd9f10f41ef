"""Settings: the plan of the shop, and where a group or a camera has one of its own."""

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QComboBox, QVBoxLayout, QWidget

from vigint_core.domain.schedule import Plan
from vigint_core.ports import Clock
from vigint_desktop.presets import presets
from vigint_desktop.settings import Settings
from vigint_desktop.ui.dialogs.form import label
from vigint_desktop.ui.dialogs.plan_fields import PlanFields
from vigint_desktop.ui.rows.plan import told_now
from vigint_desktop.ui.text import Texts

Scope = tuple[str, str]
"""``("shop", "")``, ``("group", name)`` or ``("camera", id)``."""
_SHOP: Scope = ("shop", "")


class SchedulePage(QWidget):
    """One plan at a time in sight; what was changed of the others is kept until Save."""

    def __init__(self, settings: Settings, texts: Texts, clock: Clock) -> None:
        super().__init__()
        self._texts = texts
        self._clock = clock
        self._plans: dict[Scope, Plan | None] = {_SHOP: settings.plan}
        self._plans |= {("group", name): settings.group_plans.get(name) for name in _groups(settings)}
        self._plans |= {("camera", camera.id): camera.plan for camera in settings.cameras}
        self._groups = {camera.id: camera.group for camera in settings.cameras}
        self._scope = _SHOP
        self.scopes = QComboBox()
        self.scopes.setAccessibleName(texts("schedule.scope"))
        names = {camera.id: camera.name for camera in settings.cameras}
        for kind, name in self._plans:
            shown = texts(f"schedule.scope_{kind}", name=names.get(name, name))
            self.scopes.addItem(shown, (kind, name))
        self.own = QCheckBox("")
        self.presets = QComboBox()
        self.presets.setAccessibleName(texts("schedule.preset_label"))
        self.presets.addItem(texts("schedule.preset_choose"))
        for preset in presets():
            self.presets.addItem(texts(f"schedule.preset_name.{preset.id}"))
        self.about_preset = label("", "quiet")
        self.fields = PlanFields(texts)
        self.now = label("", "heading")
        self._lay_out()
        self.scopes.currentIndexChanged.connect(self._turn)
        self.own.clicked.connect(self._own_clicked)
        self.presets.activated.connect(self._take_preset)
        self.fields.edited.connect(self._edited)
        self._show()

    @property
    def problem(self) -> str:
        """Key of the sentence that says what can't be understood, or ""."""
        return "schedule.unread" if self.fields.plan is None and self._plans[self._scope] is not None else ""

    def settings(self, before: Settings) -> Settings:
        """The settings with the plans that were chosen here; ``before`` has the cameras as they are to be stored."""
        self._keep()
        groups = {name: plan for (kind, name), plan in self._plans.items() if kind == "group" and plan is not None}
        cameras = tuple(
            camera.model_copy(update={"plan": self._plans.get(("camera", camera.id), camera.plan)})
            for camera in before.cameras
        )
        shop = self._plans[_SHOP] or Plan()
        return before.model_copy(update={"plan": shop, "group_plans": groups, "cameras": cameras})

    def _lay_out(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 16, 24, 16)
        box.setSpacing(6)
        box.addWidget(label(self._texts("schedule.title"), "title"))
        box.addWidget(self.scopes)
        box.addWidget(self.own)
        box.addWidget(self.now)
        box.addWidget(self.presets)
        box.addWidget(self.about_preset)
        box.addWidget(self.fields)
        box.addWidget(label(self._texts("schedule.no_advice"), "quiet"))
        box.addStretch(1)

    def _turn(self) -> None:
        """To another plan. One that can't be understood keeps its place."""
        if self.fields.plan is None and self._plans[self._scope] is not None:
            with QSignalBlocker(self.scopes):
                self.scopes.setCurrentIndex(list(self._plans).index(self._scope))
            return
        self._keep()
        self._scope = list(self._plans)[self.scopes.currentIndex()]
        self._show()

    def _keep(self) -> None:
        if self._plans[self._scope] is not None:
            self._plans[self._scope] = self.fields.plan or self._plans[self._scope]

    def _show(self) -> None:
        kind, _ = self._scope
        plan = self._plans[self._scope]
        self.own.setVisible(kind != "shop")
        self.own.setText(self._texts(f"schedule.own_{kind}") if kind != "shop" else "")
        self.own.setChecked(plan is not None)
        self.presets.setCurrentIndex(0)
        self.about_preset.hide()
        self.fields.show_plan(plan or self._inherited())
        for widget in (self.fields, self.presets):
            widget.setEnabled(plan is not None)
        self._say_now()

    def _inherited(self) -> Plan:
        """What holds without a plan of its own."""
        kind, name = self._scope
        of_group = self._plans.get(("group", self._groups.get(name, ""))) if kind == "camera" else None
        return of_group or self._plans[_SHOP] or Plan()

    def _own_clicked(self, own: bool) -> None:
        self._plans[self._scope] = self._inherited() if own else None
        self._show()

    def _take_preset(self, place: int) -> None:
        if place == 0:
            self.about_preset.hide()
            return
        preset = presets()[place - 1]
        before = self.fields.plan or self._plans[self._scope] or Plan()
        hours = before.open_hours
        self.fields.show_plan(Plan(preset.mode, hours, preset.ai_kinds, before.armed))
        said = self._texts(f"schedule.preset.{preset.id}")
        self.about_preset.setText(f"{said} {self._texts('schedule.preset_as_of', month=preset.as_of)}")
        self.about_preset.show()
        self._edited()

    def _edited(self) -> None:
        self._keep()
        self._say_now()

    def _say_now(self) -> None:
        plan = self.fields.plan
        self.now.setText(told_now(plan, self._clock.wall(), self._texts) if plan else self._texts("schedule.unread"))


def _groups(settings: Settings) -> list[str]:
    named = {camera.group for camera in settings.cameras if camera.group} | settings.group_plans.keys()
    return sorted(named, key=str.casefold)
