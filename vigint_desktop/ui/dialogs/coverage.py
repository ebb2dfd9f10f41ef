"""What was not looked at today, and why: the reasons with their sums, the gaps of the chosen one."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from vigint_core.domain.ids import CameraId
from vigint_desktop.ui.dialogs.form import label
from vigint_desktop.ui.models.coverage import CoverageToday
from vigint_desktop.ui.models.timeline import TimelineModel
from vigint_desktop.ui.rows.coverage import Gap, Reason, gaps, reasons, summary, today
from vigint_desktop.ui.text import Texts

_ROLE: Final = int(Qt.ItemDataRole.UserRole)
_REASONS_PX: Final = 150


class CoverageDialog(QDialog):
    """Sums above, gaps below; a gap that is chosen is brought onto the timeline. What is shown is of its opening.

    Signals:
        moment_chosen: somebody wants to see a gap on the timeline; carries its Unix time.
    """

    moment_chosen = Signal(float)

    def __init__(
        self, timeline: TimelineModel, sums: CoverageToday, now_s: float, texts: Texts, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(texts("coverage.title"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._texts = texts
        self._sums = sums
        self._names = timeline.names()
        day = today(now_s)
        self._runs = {
            camera_id: [run for run in runs if run.end_s > day.start_s]
            for camera_id, runs in timeline.coverage().items()
        }
        self.cameras = QComboBox()
        self.cameras.addItem(texts("coverage.all_cameras"), None)
        for camera_id, name in self._names.items():
            self.cameras.addItem(name, camera_id)
        self.cameras.setAccessibleName(texts("coverage.column.camera"))
        self.said = label("", "heading")
        self.reasons = _table(texts, ("why", "length"))
        self.gaps = _table(texts, ("time", "camera", "length", "why"))
        self.more = label("", "quiet")
        self._lay_out()
        self.cameras.currentIndexChanged.connect(self._show)
        self.reasons.itemSelectionChanged.connect(self._show_gaps)
        self.gaps.itemActivated.connect(self._show_moment)
        self._show()
        self.resize(self.sizeHint().boundedTo(self.screen().availableSize()))  # Qt alone takes two thirds of a screen

    def sizeHint(self) -> QSize:
        """Room for a handful of reasons and a page of gaps."""
        return QSize(920, 600)

    def _lay_out(self) -> None:
        self.reasons.setFixedHeight(_REASONS_PX)
        buttons = QDialogButtonBox()
        self.show_button = buttons.addButton(self._texts("coverage.show"), QDialogButtonBox.ButtonRole.ActionRole)
        self.show_button.clicked.connect(lambda: self._show_moment(self.gaps.currentItem()))
        close = buttons.addButton(self._texts("coverage.close"), QDialogButtonBox.ButtonRole.RejectRole)
        close.setDefault(True)
        buttons.rejected.connect(self.reject)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 20, 24, 16)
        box.setSpacing(8)
        for widget in (self.cameras, self.said, label(self._texts("coverage.gaps"), "quiet"), self.reasons):
            box.addWidget(widget)
        box.addWidget(self.gaps, 1)
        box.addWidget(self.more)
        box.addWidget(buttons)

    def _show(self) -> None:
        camera_id: CameraId | None = self.cameras.currentData()
        summed = self._sums.totals(camera_id)
        self.said.setText(summary(summed, self._texts))
        found = reasons(summed, self._texts)
        self.reasons.clear()
        for reason in found:
            _add(self.reasons, (reason.text, reason.length), reason).setToolTip(0, reason.text)
        if not found:
            _add(self.reasons, (self._texts("coverage.no_gaps"), ""), None)
        self._show_gaps()

    def _show_gaps(self) -> None:
        chosen = self.reasons.selectedItems()
        reason: Reason | None = chosen[0].data(0, _ROLE) if chosen else None
        camera_id: CameraId | None = self.cameras.currentData()
        runs = {known: of for known, of in self._runs.items() if camera_id in {None, known}}
        listed, left_out = gaps(runs, self._names, reason, self._texts)
        self.gaps.clear()
        rows = [_add(self.gaps, (gap.when, gap.camera, gap.length, gap.why), gap) for gap in reversed(listed)]
        for row in rows:
            gap: Gap = row.data(0, _ROLE)
            row.setToolTip(3, "\n".join(filter(None, (gap.why, gap.remedy))))
        self.more.setText(self._texts("coverage.and_more", count=left_out) if left_out else "")
        self.more.setVisible(bool(left_out))
        self.show_button.setEnabled(bool(listed))
        if rows:
            self.gaps.setCurrentItem(rows[0])

    def _show_moment(self, item: QTreeWidgetItem | None) -> None:
        gap: Gap | None = item.data(0, _ROLE) if item is not None else None
        if gap is not None:
            self.moment_chosen.emit(float(gap.run.start_s))


def _table(texts: Texts, columns: Sequence[str]) -> QTreeWidget:
    made = QTreeWidget()
    made.setRootIsDecorated(False)
    made.setUniformRowHeights(True)
    made.setAllColumnsShowFocus(True)
    made.setHeaderLabels([texts(f"coverage.column.{column}") for column in columns])
    made.setAccessibleName(texts("coverage.gaps"))
    header = made.header()
    header.setSectionsMovable(False)
    header.setStretchLastSection(False)
    for place, column in enumerate(columns):
        wide = column == "why"
        header.setSectionResizeMode(
            place, QHeaderView.ResizeMode.Stretch if wide else QHeaderView.ResizeMode.ResizeToContents
        )
    return made


def _add(table: QTreeWidget, cells: Sequence[str], value: object) -> QTreeWidgetItem:
    item = QTreeWidgetItem(table, list(cells))
    item.setData(0, _ROLE, value)
    return item
