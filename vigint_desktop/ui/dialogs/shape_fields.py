"""What a selected zone or line is: name, use, kind, time to stay, direction."""

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from vigint_core.domain.verdict import IncidentType
from vigint_core.domain.zone import Crossing, Line, Zone, ZoneKind, ZoneUse
from vigint_core.policy.polygon import trouble
from vigint_core.policy.zone_kinds import particular
from vigint_desktop.ui.dialogs.form import label
from vigint_desktop.ui.rows.drawing import Drawing
from vigint_desktop.ui.text import Texts

_LONGEST_NAME = 60
_USUAL_DWELL_S = 30
_NAME_PX = 64


class ShapeFields(QWidget):
    """Shows the selected shape of a drawing, and changes it.

    Signals:
        edited: somebody changed it.
    """

    edited = Signal()

    def __init__(self, drawing: Drawing, texts: Texts) -> None:
        super().__init__()
        self._drawing = drawing
        self._texts = texts
        self._showing = False
        self.name = QLineEdit()
        self.name.setMaxLength(_LONGEST_NAME)
        self.use = _choices({use: texts(f"zone.use.{use}") for use in ZoneUse})
        self.kind = _choices({kind: texts(f"zone.kind.{kind}") for kind in ZoneKind})
        self.about = label("", "quiet")
        self.stays = QCheckBox(texts("scene.stays"))
        self.dwell = QSpinBox()
        self.dwell.setRange(1, 3600)
        self.dwell.lineEdit().setTextMargins(6, 0, 6, 0)
        self.dwell.setSuffix("\N{NO-BREAK SPACE}s")
        self.crossing = _choices({way: texts(f"zone.crossing.{way}") for way in Crossing})
        self.trouble = label("", "warning")
        self.stays.setToolTip(texts("scene.stays_tip"))
        self.dwell.setAccessibleName(texts("scene.stays"))
        self._rows = {
            key: _row(texts(f"scene.{key}"), field)
            for key, field in (("name", self.name), ("use", self.use), ("kind", self.kind), ("crossing", self.crossing))
        }
        self._staying = _row("", self.dwell, self.stays)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        for row in (*self._rows.values(), self._staying):
            box.addWidget(row)
        box.addWidget(self.about)
        box.addWidget(self.trouble)
        self.name.editingFinished.connect(self._take)
        for field in (self.use, self.kind, self.crossing):
            field.activated.connect(self._take)
        self.stays.clicked.connect(self._take)
        self.dwell.valueChanged.connect(self._take)

    def show_selected(self) -> None:
        """Show what is selected now."""
        self._showing = True
        zone, line = self._drawing.zone(), self._drawing.line()
        self.setVisible(zone is not None or line is not None)
        watch = zone is not None and zone.use is ZoneUse.WATCH
        for row, shown in (
            (self._rows["use"], zone is not None),
            (self._rows["kind"], watch),
            (self._rows["crossing"], line is not None),
            (self._staying, watch),
        ):
            row.setVisible(shown)
        self._show_zone(zone)
        self._show_line(line)
        self.name.setCursorPosition(0)  # of a long name one sees the beginning
        self._showing = False

    def _show_zone(self, zone: Zone | None) -> None:
        if zone is None:
            self.name.setText("")
            self.trouble.hide()
            self.about.show()
            return
        self.name.setText(zone.name)
        self.use.setCurrentIndex(self.use.findData(zone.use))
        self.kind.setCurrentIndex(self.kind.findData(zone.kind or ZoneKind.AISLE))
        self.stays.setChecked(zone.dwell_s is not None)
        self.dwell.setValue(round(zone.dwell_s or _USUAL_DWELL_S))
        self.dwell.setEnabled(zone.dwell_s is not None)
        self.about.setText(f"{self._texts(f'zone.about.{zone.use}')} {self._kind_said(zone.kind)}".strip())
        found = trouble(zone.points)
        self.trouble.setVisible(found is not None)
        self.about.setVisible(found is None)  # there is not room for both on a small screen
        self.trouble.setText(self._texts(f"zone.trouble.{found}") if found else "")

    def _show_line(self, line: Line | None) -> None:
        if line is not None:
            self.name.setText(line.name)
            self.crossing.setCurrentIndex(self.crossing.findData(line.crossing))
            self.about.setText(self._texts("zone.about.line"))

    def commit(self) -> None:
        """Take in a name that was typed and not ended with Enter or by leaving the field."""
        if self.name.isModified():
            self._take()

    def _kind_said(self, kind: ZoneKind | None) -> str:
        """What may happen in zones of a kind and not everywhere."""
        if kind is None:
            return ""
        types = (self._texts(f"incident.type.{one}") for one in IncidentType if one in particular(kind))
        return self._texts("zone.may_happen", types=", ".join(types))

    def _take(self) -> None:
        if self._showing:
            return
        zone, line = self._drawing.zone(), self._drawing.line()
        name = self.name.text().strip()
        if zone is not None:
            use = ZoneUse(self.use.currentData())  # Qt gives back plain text
            watch = use is ZoneUse.WATCH
            kind = ZoneKind(self.kind.currentData()) if watch else None
            dwell_s = float(self.dwell.value()) if watch and self.stays.isChecked() else None
            changed = replace(zone, name=name or zone.name, use=use, kind=kind, dwell_s=dwell_s)
            self._drawing.change_zone(changed)
        elif line is not None:
            self._drawing.change_line(
                replace(line, name=name or line.name, crossing=Crossing(self.crossing.currentData()))
            )
        self.edited.emit()


def _row(text: str, field: QWidget, before: QWidget | None = None) -> QWidget:
    """A field with its name, or what switches it, at the left."""
    made = QWidget()
    box = QHBoxLayout(made)
    box.setContentsMargins(0, 0, 0, 0)
    if before is None:
        name = QLabel(text)
        name.setBuddy(field)
        name.setFixedWidth(_NAME_PX)
        box.addWidget(name)
        box.addWidget(field, 1)
    else:
        box.addWidget(before, 1)
        box.addWidget(field)
    return made


def _choices(words: dict[ZoneUse, str] | dict[ZoneKind, str] | dict[Crossing, str]) -> QComboBox:
    made = QComboBox()
    for value, word in words.items():
        made.addItem(word, value)
    return made
