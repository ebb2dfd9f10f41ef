"""Settings: language and theme."""

from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from vigint_desktop.settings import Settings
from vigint_desktop.ui.dialogs.form import label
from vigint_desktop.ui.text import Texts

_LANGUAGES = ("system", "en", "fr")
_THEMES = ("dark", "light")


class GeneralPage(QWidget):
    """Two choices."""

    def __init__(self, settings: Settings, texts: Texts) -> None:
        super().__init__()
        self.language = _choice([(name, texts(f"general.language.{name}")) for name in _LANGUAGES], settings.language)
        self.theme = _choice([(name, texts(f"general.theme.{name}")) for name in _THEMES], settings.theme)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 16, 24, 16)
        box.setSpacing(8)
        box.addWidget(label(texts("general.title"), "title"))
        box.addWidget(label(texts("general.language_label")))
        box.addWidget(self.language)
        box.addWidget(label(texts("general.language_note"), "quiet"))
        box.addSpacing(8)
        box.addWidget(label(texts("general.theme_label")))
        box.addWidget(self.theme)
        box.addStretch(1)

    def settings(self, before: Settings) -> Settings:
        """The settings with what was chosen here."""
        chosen = {"language": self.language.currentData(), "theme": self.theme.currentData()}
        return before.model_copy(update=chosen)


def _choice(entries: list[tuple[str, str]], current: str) -> QComboBox:
    box = QComboBox()
    for name, said in entries:
        box.addItem(said, name)
    box.setCurrentIndex(box.findData(current))
    return box
