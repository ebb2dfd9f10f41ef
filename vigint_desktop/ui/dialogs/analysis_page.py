"""Settings: where windows are judged, and with which key."""

from PySide6.QtWidgets import QButtonGroup, QFrame, QLineEdit, QRadioButton, QVBoxLayout, QWidget

from vigint_desktop.settings import AnalysisPlace, Settings
from vigint_desktop.ui.controls import Controls, StoredSecrets
from vigint_desktop.ui.dialogs.checks import Checks
from vigint_desktop.ui.dialogs.form import label
from vigint_desktop.ui.dialogs.rhythm import RhythmFields
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.fields import CheckLine, SecretField

_WITH_GEMINI_KEY = (AnalysisPlace.EMBEDDED, AnalysisPlace.DIRECT)


class AnalysisPage(QWidget):
    """Four places to choose from; the fields that the chosen one needs stand below."""

    def __init__(self, controls: Controls, texts: Texts, theme: Theme, checks: Checks) -> None:
        super().__init__()
        self._controls = controls
        self._texts = texts
        settings, stored = controls.settings(), controls.secrets()
        self.places = {place: QRadioButton(texts(f"analysis.{place}")) for place in AnalysisPlace}
        self._group = QButtonGroup(self)
        self.url = QLineEdit(settings.server_url)
        self.url.setPlaceholderText(texts("analysis.url_example"))
        self.server_key = SecretField(texts, stored=stored.has_server_key)
        self.gemini_key = SecretField(texts, stored=stored.has_gemini_key)
        self.server_check = CheckLine(texts, theme, lambda: checks.ask(self.server_check, self._check_server))
        self.gemini_check = CheckLine(texts, theme, lambda: checks.ask(self.gemini_check, self._check_gemini))
        self.rhythm = RhythmFields(settings, texts)
        self._server_fields = self._server_section()
        self._gemini_fields = self._gemini_section()
        self._lay_out(stored)
        self.places[settings.analysis].setChecked(True)
        self._show_fields()

    @property
    def place(self) -> AnalysisPlace:
        """The chosen place."""
        return next(place for place, button in self.places.items() if button.isChecked())

    @property
    def problem(self) -> str:
        """Key of the sentence that says what is missing, or ""."""
        missing = self.place is AnalysisPlace.SERVER and not self.url.text().strip()
        return "analysis.no_url" if missing else ""

    def settings(self, before: Settings) -> Settings:
        """The settings with what was chosen here."""
        chosen = before.model_copy(update={"analysis": self.place, "server_url": self.url.text().strip()})
        return self.rhythm.settings(chosen)

    def _lay_out(self, stored: StoredSecrets) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 16, 24, 16)
        box.setSpacing(4)
        box.addWidget(label(self._texts("analysis.title"), "title"))
        box.addSpacing(8)
        for place, button in self.places.items():
            self._group.addButton(button)
            box.addWidget(button)
            about = label(self._texts(f"analysis.about.{place}"), "quiet")
            about.setContentsMargins(28, 0, 0, 6)
            box.addWidget(about)
            button.toggled.connect(self._show_fields)
        box.addWidget(self._server_fields)
        box.addWidget(self._gemini_fields)
        box.addWidget(self.rhythm)
        box.addStretch(1)
        key = "secrets.protected" if stored.protected else "secrets.unprotected"
        box.addWidget(label(self._texts(key, place=stored.place), "quiet" if stored.protected else "warning"))

    def _server_section(self) -> QFrame:
        frame, box = _section()
        box.addWidget(label(self._texts("analysis.url")))
        box.addWidget(self.url)
        box.addWidget(label(self._texts("analysis.server_key")))
        box.addWidget(self.server_key)
        box.addWidget(self.server_check)
        return frame

    def _gemini_section(self) -> QFrame:
        frame, box = _section()
        box.addWidget(label(self._texts("analysis.gemini_key")))
        box.addWidget(self.gemini_key)
        box.addWidget(self.gemini_check)
        box.addWidget(label(self._texts("analysis.free_tier"), "quiet"))
        return frame

    def _show_fields(self) -> None:
        self._server_fields.setVisible(self.place is AnalysisPlace.SERVER)
        self._gemini_fields.setVisible(self.place in _WITH_GEMINI_KEY)

    def _check_server(self, check_id: str) -> None:
        self._controls.check_server(check_id, self.url.text().strip(), self.server_key.value)

    def _check_gemini(self, check_id: str) -> None:
        self._controls.check_gemini(check_id, self.gemini_key.value)


def _section() -> tuple[QFrame, QVBoxLayout]:
    frame = QFrame()
    frame.setObjectName("section")
    box = QVBoxLayout(frame)
    box.setContentsMargins(16, 12, 16, 12)
    box.setSpacing(6)
    return frame, box
