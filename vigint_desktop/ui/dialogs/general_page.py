"""Settings: language, theme, what the desk is called, and how much of recordings is kept."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QFormLayout,
    QLineEdit,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from vigint_core.domain.review import LONGEST_OWNER
from vigint_desktop.settings import Settings
from vigint_desktop.ui.dialogs.form import label
from vigint_desktop.ui.text import Texts

_LANGUAGES = ("system", "en", "fr")
_THEMES = ("dark", "light")
_NUMBER_PX = 128
_NAME_PX = 320


class GeneralPage(QWidget):
    """Two choices, each with everything there is to choose from in sight, a name, and two limits."""

    def __init__(self, settings: Settings, owner: str, texts: Texts) -> None:
        """``owner``: as whom the desk takes incidents in hand now."""
        super().__init__()
        self.languages = {name: QRadioButton(texts(f"general.language.{name}")) for name in _LANGUAGES}
        self.themes = {name: QRadioButton(texts(f"general.theme.{name}")) for name in _THEMES}
        self.languages[settings.language].setChecked(True)
        self.themes[settings.theme].setChecked(True)
        self.sound = QCheckBox(texts("general.alarm_sound"))
        self.sound.setChecked(settings.alarm_sound)
        self.gib = _number(round(settings.recording_gib), 100_000, texts("general.recordings.gib_unit"))
        self.days = _number(settings.recording_days, 3650, texts("general.recordings.days_unit"))
        self.desk_name = QLineEdit(settings.desk_name)
        self.desk_name.setMaxLength(LONGEST_OWNER)
        self.desk_name.setMaximumWidth(_NAME_PX)
        self.desk_name.setPlaceholderText(texts("general.desk.machine") if settings.desk_name else owner)
        self.desk_name.setAccessibleName(texts("general.desk.name"))
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 16, 24, 16)
        box.setSpacing(4)
        box.addWidget(label(texts("general.title"), "title"))
        self._add_choice(box, texts("general.language_label"), self.languages)
        box.addWidget(label(texts("general.language_note"), "quiet"))
        self._add_choice(box, texts("general.theme_label"), self.themes)
        box.addSpacing(12)
        box.addWidget(label(texts("general.alarm_label"), "heading"))
        box.addWidget(self.sound)
        box.addSpacing(12)
        box.addWidget(label(texts("general.desk.name"), "heading"))
        box.addWidget(label(texts("general.desk.note"), "quiet"))
        box.addWidget(self.desk_name)
        self._add_limits(box, texts)
        box.addStretch(1)

    def settings(self, before: Settings) -> Settings:
        """The settings with what was chosen here."""
        chosen = {"language": _chosen(self.languages), "theme": _chosen(self.themes)}
        limits: dict[str, float] = {"recording_days": self.days.value(), "alarm_sound": self.sound.isChecked()}
        if self.gib.value() != round(before.recording_gib):  # a part of a GiB that the file asks for stays
            limits["recording_gib"] = float(self.gib.value())
        return before.model_copy(update={**chosen, **limits, "desk_name": self.desk_name.text().strip()})

    def _add_limits(self, box: QVBoxLayout, texts: Texts) -> None:
        box.addSpacing(12)
        box.addWidget(label(texts("general.recordings.label"), "heading"))
        box.addWidget(label(texts("general.recordings.note"), "quiet"))
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignVCenter)
        form.addRow(texts("general.recordings.gib"), self.gib)
        form.addRow(texts("general.recordings.days"), self.days)
        box.addLayout(form)

    def _add_choice(self, box: QVBoxLayout, title: str, buttons: dict[str, QRadioButton]) -> None:
        group = QButtonGroup(self)
        box.addSpacing(12)
        box.addWidget(label(title, "heading"))
        for button in buttons.values():
            group.addButton(button)
            box.addWidget(button)


def _number(value: int, most: int, unit: str) -> QSpinBox:
    field = QSpinBox()
    field.setRange(1, most)
    field.setGroupSeparatorShown(True)
    field.setSuffix(f"\N{NO-BREAK SPACE}{unit}")
    field.setValue(value)
    field.setFixedWidth(_NUMBER_PX)
    field.lineEdit().setTextMargins(6, 0, 6, 0)
    return field


def _chosen(buttons: dict[str, QRadioButton]) -> str:
    return next(name for name, button in buttons.items() if button.isChecked())
