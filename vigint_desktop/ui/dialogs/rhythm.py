"""Settings: how long a window is and how often one falls due while something moves."""

from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QGridLayout, QLabel, QVBoxLayout, QWidget

from vigint_desktop.settings import LONGEST_STRIDE_S, LONGEST_WINDOW_S, SHORTEST_STRIDE_S, SHORTEST_WINDOW_S, Settings
from vigint_desktop.ui.dialogs.form import label
from vigint_desktop.ui.text import Texts

_NUMBER_PX = 128


class RhythmFields(QWidget):
    """Two numbers, and whether looks are spared after clear ones; what is left out is said."""

    def __init__(self, settings: Settings, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        unit = texts("analysis.rhythm.unit")
        self.window_s = _seconds(settings.window_s, SHORTEST_WINDOW_S, LONGEST_WINDOW_S, unit)
        self.stride_s = _seconds(settings.stride_s, SHORTEST_STRIDE_S, LONGEST_STRIDE_S, unit)
        self.adaptive = QCheckBox(texts("analysis.rhythm.adaptive"))
        self.adaptive.setChecked(settings.adaptive_stride)
        self.skips = label("", "warning")
        self._about_adaptive = label("", "quiet")
        self._about_adaptive.setContentsMargins(28, 0, 0, 0)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 12, 0, 0)
        box.setSpacing(4)
        box.addWidget(label(texts("analysis.rhythm.label"), "heading"))
        form = QGridLayout()  # beside a tall field, a form's label hangs at its upper edge
        form.setHorizontalSpacing(16)
        form.setColumnStretch(2, 1)
        for row, (key, field) in enumerate((("length", self.window_s), ("stride", self.stride_s))):
            title = QLabel(texts(f"analysis.rhythm.{key}"))
            title.setBuddy(field)
            field.setAccessibleName(title.text())
            form.addWidget(title, row, 0)
            form.addWidget(field, row, 1)
        box.addLayout(form)
        box.addWidget(label(texts("analysis.rhythm.note"), "quiet"))
        box.addWidget(self.skips)
        box.addSpacing(4)
        box.addWidget(self.adaptive)
        box.addWidget(self._about_adaptive)
        self.window_s.valueChanged.connect(self._say)
        self.stride_s.valueChanged.connect(self._say)
        self._say()

    def settings(self, before: Settings) -> Settings:
        """The settings with what was chosen here."""
        return before.model_copy(
            update={
                "window_s": self.window_s.value(),
                "stride_s": self.stride_s.value(),
                "adaptive_stride": self.adaptive.isChecked(),
            }
        )

    def _say(self) -> None:
        left_out = self.stride_s.value() - self.window_s.value()
        self.skips.setText(self._texts("analysis.rhythm.skips", seconds=f"{left_out:g}") if left_out > 0 else "")
        self.skips.setVisible(left_out > 0)
        overlaps = left_out < 0
        self.adaptive.setEnabled(overlaps)
        self._about_adaptive.setText(self._texts(f"analysis.rhythm.adaptive_{'note' if overlaps else 'idle'}"))


def _seconds(value: float, least: float, most: float, unit: str) -> QDoubleSpinBox:
    field = QDoubleSpinBox()
    field.setDecimals(1)
    field.setRange(least, most)
    field.setSuffix(f"\N{NO-BREAK SPACE}{unit}")
    field.setValue(value)
    field.setFixedWidth(_NUMBER_PX)
    field.lineEdit().setTextMargins(6, 0, 6, 0)
    return field
