"""The settings dialog: analysis, budget, cameras, schedule, general. Nothing changes before Save."""

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from vigint_core.domain.fault import VigintError
from vigint_desktop.bridge import Bridge
from vigint_desktop.settings import Settings
from vigint_desktop.ui.controls import Controls, NewSecrets
from vigint_desktop.ui.dialogs.analysis_page import AnalysisPage
from vigint_desktop.ui.dialogs.around import Around
from vigint_desktop.ui.dialogs.budget_page import BudgetPage
from vigint_desktop.ui.dialogs.cameras_page import CamerasPage
from vigint_desktop.ui.dialogs.checks import Checks
from vigint_desktop.ui.dialogs.form import label
from vigint_desktop.ui.dialogs.general_page import GeneralPage
from vigint_desktop.ui.dialogs.schedule_page import SchedulePage

PageName = Literal["analysis", "budget", "cameras", "schedule", "general"]
_PAGES: tuple[PageName, ...] = ("analysis", "budget", "cameras", "schedule", "general")
_INDEX_ROW_PX = 36
Apply = Callable[[Settings, NewSecrets], None]


class SettingsDialog(QDialog):
    """Collects the pages into new settings and secrets, and hands them to ``apply``.

    ``apply`` may raise VigintError; then the dialog stays open and says why.
    """

    def __init__(
        self,
        controls: Controls,
        bridge: Bridge,
        around: Around,
        apply: Apply,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        texts, theme = around.texts, around.theme
        self.setWindowTitle(texts("settings.title"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._controls = controls
        self._texts = texts
        self._apply = apply
        checks = Checks(texts, controls.stop_check)
        bridge.check_finished.connect(checks.answer)
        self.finished.connect(lambda: bridge.check_finished.disconnect(checks.answer))
        self.finished.connect(checks.close)
        self.analysis = AnalysisPage(controls, texts, theme, checks)
        bridge.part_changed.connect(self.analysis.show_part)
        self.finished.connect(lambda: bridge.part_changed.disconnect(self.analysis.show_part))
        self.budget = BudgetPage(controls.settings(), texts)
        self.analysis.place_changed.connect(lambda: self.budget.show_place(self.analysis.place))
        self.cameras = CamerasPage(controls, bridge, texts, theme, checks)
        self.schedule = SchedulePage(controls.settings(), texts, around.clock)
        self.general = GeneralPage(controls.settings(), controls.owner_name(), texts)
        self.pages = QStackedWidget()
        self.index = QListWidget()
        self.buttons = self._made_buttons()
        self.problem = label("", "problem")
        self._lay_out()
        self.show_page("analysis")
        self.resize(self.sizeHint().boundedTo(self.screen().availableSize()))

    def show_page(self, name: PageName) -> None:
        """Turn to a page."""
        self.index.setCurrentRow(_PAGES.index(name))

    def sizeHint(self) -> QSize:
        """Fits a screen of 1280 x 720 with its title bar."""
        return QSize(980, 660)

    def accept(self) -> None:
        """Save, and close when that worked."""
        problem = self._problem()
        if problem:
            self._say(problem)
            return
        cameras, passwords = self.cameras.stored()
        settings = self.general.settings(self.budget.settings(self.analysis.settings(self._controls.settings())))
        secrets = NewSecrets(self.analysis.server_key.value, self.analysis.gemini_key.value, passwords or None)
        try:
            self._apply(self.schedule.settings(settings.model_copy(update={"cameras": cameras})), secrets)
        except VigintError as error:
            self._say(f"{self._texts.cause(error.code)} {self._texts.remedy(error.code)}")
            return
        super().accept()

    def _problem(self) -> str:
        pages: tuple[tuple[PageName, str], ...] = (
            ("analysis", self.analysis.problem),
            ("budget", self.budget.problem),
            ("cameras", self.cameras.problem),
            ("schedule", self.schedule.problem),
        )
        for name, problem in pages:
            if problem:
                self.index.setCurrentRow(_PAGES.index(name))
                return self._texts(problem)
        return ""

    def _say(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.show()

    def _made_buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox()
        save = buttons.addButton(self._texts("settings.save"), QDialogButtonBox.ButtonRole.AcceptRole)
        save.setObjectName("primary")
        save.setDefault(True)
        cancel = buttons.addButton(self._texts("settings.cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        cancel.setAutoDefault(False)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        return buttons

    def _lay_out(self) -> None:
        self.index.setObjectName("index")
        self.index.setFixedWidth(160)
        self.index.setAccessibleName(self._texts("settings.title"))
        shown = (self.analysis, self.budget, self.cameras, self.schedule, self.general)
        for name, page in zip(_PAGES, shown, strict=True):
            item = QListWidgetItem(self._texts(f"{name}.tab"), self.index)
            item.setSizeHint(QSize(0, _INDEX_ROW_PX))
            self.pages.addWidget(_scrolling(page))
        self.index.currentRowChanged.connect(self.pages.setCurrentIndex)
        self.problem.hide()
        mended = (self.analysis.place_changed, self.analysis.edited, self.budget.edited, self.cameras.form.edited)
        for changed in mended:
            changed.connect(self.problem.hide)  # what was said is being mended
        columns = QHBoxLayout()
        columns.setSpacing(0)
        columns.addWidget(self.index)
        columns.addWidget(self.pages, 1)
        bottom = QHBoxLayout()
        bottom.setContentsMargins(24, 8, 16, 12)
        bottom.addWidget(self.problem, 1)
        bottom.addWidget(self.buttons)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(columns, 1)
        box.addLayout(bottom)


def _scrolling(page: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidget(page)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    return area
