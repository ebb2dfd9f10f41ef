"""Settings: language and theme."""

from PySide6.QtWidgets import QButtonGroup, QRadioButton, QVBoxLayout, QWidget

from vigint_desktop.settings import Settings
from vigint_desktop.ui.dialogs.form import label
from vigint_desktop.ui.text import Texts

_LANGUAGES = ("system", "en", "fr")
_THEMES = ("dark", "light")


class GeneralPage(QWidget):
    """Two choices, each with everything there is to choose from in sight."""

    def __init__(self, settings: Settings, texts: Texts) -> None:
        super().__init__()
        self.languages = {name: QRadioButton(texts(f"general.language.{name}")) for name in _LANGUAGES}
        self.themes = {name: QRadioButton(texts(f"general.theme.{name}")) for name in _THEMES}
        self.languages[settings.language].setChecked(True)
        self.themes[settings.theme].setChecked(True)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 16, 24, 16)
        box.setSpacing(4)
        box.addWidget(label(texts("general.title"), "title"))
        self._add_choice(box, texts("general.language_label"), self.languages)
        box.addWidget(label(texts("general.language_note"), "quiet"))
        self._add_choice(box, texts("general.theme_label"), self.themes)
        box.addStretch(1)

    def settings(self, before: Settings) -> Settings:
        """The settings with what was chosen here."""
        return before.model_copy(update={"language": _chosen(self.languages), "theme": _chosen(self.themes)})

    def _add_choice(self, box: QVBoxLayout, title: str, buttons: dict[str, QRadioButton]) -> None:
        group = QButtonGroup(self)
        box.addSpacing(12)
        box.addWidget(label(title, "heading"))
        for button in buttons.values():
            group.addButton(button)
            box.addWidget(button)


def _chosen(buttons: dict[str, QRadioButton]) -> str:
    return next(name for name, button in buttons.items() if button.isChecked())
